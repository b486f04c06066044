// What training on the bundled corpora must show (`npm run corpora:check -- --train`, minutes): with the page's
// defaults, as the mean of three seeds, each pattern with groups beats dropout on real STS-B dev and dropout beats the
// untrained encoder; and the order of the probe groups, which no setting trains on, comes out by HT most.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nodeHost } from '../../src/cli/node/gpu.ts';
import { loadPairs, openModel } from '../../src/cli/node/files.ts';
import { formatNumber, log, table } from '../../src/cli/output.ts';
import { DEFAULT_MODEL } from '../../src/cli/modelPath.ts';
import { measureUntrained, trainSetting, type Bench, type Measured } from '../../src/cli/trainSetting.ts';
import { startDevice } from '../../src/kernels/backend.ts';
import { pageDefaults } from '../../src/run/pageDefaults.ts';
import { PATTERN_NAMES, PATTERNS, type PatternName } from '../../src/run/settings.ts';
import { Failure } from '../../src/util/failure.ts';
import { mean } from '../../src/util/statistics.ts';
import { DOMAINS } from './read.ts';

const SEEDS = [1, 2, 3];
/** Probe groups of 60 that sts_ht must have in order. */
const LEAST_ORDERED = 30;

const TRAINED = PATTERN_NAMES.filter((name) => name === 'dropout' || 'groups' in PATTERNS[name]);

/** Trains and judges. @returns whether every promise holds; @throws Failure without real STS-B pairs */
export async function checkTraining(corpora: string, data: string | undefined): Promise<boolean> {
  const file = data === undefined ? undefined : join(data, 'sts', 'stsb', 'dev.tsv');
  if (file === undefined || !existsSync(file))
    throw new Failure(
      '--train needs real scored pairs: set SEMBLANCE_DATA to a folder with sts/stsb/dev.tsv.',
    );
  const bench: Bench = {
    corpora,
    model: await openModel(DEFAULT_MODEL),
    device: await startDevice('wasm', nodeHost(false)),
    real: (await loadPairs(file)).pairs,
  };
  const verdicts: Verdict[] = [];
  for (const domain of DOMAINS) verdicts.push(...(await judgeDomain(bench, domain)));
  const rows = verdicts.map(({ promise, measured, holds }) => [promise, measured, holds ? 'ok' : 'BROKEN']);
  console.log(table([['promise', 'measured', ''], ...rows]).join('\n'));
  return verdicts.every(({ holds }) => holds);
}

interface Verdict {
  promise: string;
  measured: string;
  holds: boolean;
}

async function judgeDomain(bench: Bench, domain: string): Promise<Verdict[]> {
  const { config } = pageDefaults();
  const start = await measureUntrained(bench, domain, config);
  const runs = new Map<PatternName, Measured[]>();
  for (const pattern of TRAINED) {
    const measured: Measured[] = [];
    for (const seed of SEEDS) {
      log(`${domain}.${pattern}, seed ${seed}`);
      measured.push((await trainSetting(bench, { domain, pattern }, { ...config, seed })).measured);
    }
    runs.set(pattern, measured);
  }
  const real = (pattern: PatternName) => runs.get(pattern)!.map(({ real }) => 100 * real!);
  const ordered = (pattern: PatternName) => mean(runs.get(pattern)!.map(({ probe }) => probe.ordered));
  const spread = (values: number[]) => Math.max(...values) - Math.min(...values);
  const dropout = real('dropout');
  const untrained = 100 * start.real!;
  const beats = TRAINED.filter((pattern) => pattern !== 'dropout').map((pattern): Verdict => {
    const values = real(pattern);
    const widest = Math.max(spread(values), spread(dropout));
    return {
      promise: `${domain}.${pattern} beats ${domain}.dropout on STS-B dev by more than the spread`,
      measured: `${formatNumber(mean(values), 1)}, ${formatNumber(mean(dropout), 1)}, spread ${formatNumber(widest, 1)}`,
      holds: mean(values) - mean(dropout) > widest,
    };
  });
  const [ht, sts, plain] = (['sts_ht', 'sts', 'dropout'] as const).map(ordered);
  return [
    {
      promise: `${domain}.dropout beats the untrained encoder on STS-B dev`,
      measured: `${formatNumber(mean(dropout), 1)}, ${formatNumber(untrained, 1)}`,
      holds: mean(dropout) > untrained,
    },
    ...beats,
    {
      promise: `${domain}: at least ${LEAST_ORDERED} probe groups in order with sts_ht, more than sts, more than dropout`,
      measured: [ht!, sts!, plain!].map((count) => formatNumber(count, 1)).join(', '),
      holds: ht! >= LEAST_ORDERED && ht! > sts! && sts! > plain!,
    },
  ];
}
