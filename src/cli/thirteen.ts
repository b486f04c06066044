// `npm run thirteen`: trains the paper's thirteen settings, and the fourteenth, with several seeds at the page's
// defaults, writes their records (thinned to what the plots need) and their summary to public/runs/thirteen for the page,
// and prints the table of README.md. SEMBLANCE_DATA may name a folder with real data, whose sts/stsb/dev.tsv is then scored too.
//
//   npm run thirteen -- [--seeds 1,2,3] [--settings scenes.sts,scenes.sup] [--set knob=value ...] [--model DIR]
//                       [--corpora DIR] [--out DIR | --dry]
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { startDevice } from '../kernels/backend.ts';
import { rankCorrelation, spreadsOf } from '../record/thirteen.ts';
import { parseKnobAssignment } from '../run/config.ts';
import { pageDefaults } from '../run/pageDefaults.ts';
import { PAPER_DOMAINS, PAPER_SETTINGS } from '../run/paperSettings.ts';
import { parseSettingName, PATTERN_NAMES, settingName } from '../run/settings.ts';
import { Failure, UsageFailure } from '../util/failure.ts';
import { mean } from '../util/statistics.ts';
import { loadPairs, openModel } from './node/files.ts';
import { nodeHost } from './node/gpu.ts';
import { formatNumber, log, table } from './output.ts';
import { recordedRun, refuseOtherFiles, writeRecord, writeSummary } from './recordedSettings.ts';
import { root } from './root.ts';
import { DEFAULT_MODEL } from './modelPath.ts';
import { DEFAULT_CORPORA } from './startRun.ts';
import { measureUntrained, trainSetting, type Bench, type SettingResult } from './trainSetting.ts';

const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3' },
    settings: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
    model: { type: 'string', default: DEFAULT_MODEL },
    corpora: { type: 'string', default: DEFAULT_CORPORA },
    out: { type: 'string', default: join(root, 'public', 'runs', 'thirteen') },
    dry: { type: 'boolean', default: false },
  },
});

// What the user can mend is said in one sentence; anything else is a bug, with its stack.
process.on('uncaughtException', (error) => {
  log(`error: ${error instanceof Failure ? error.message : (error.stack ?? error.message)}`);
  process.exit(error instanceof UsageFailure ? 2 : 1);
});

const settings = (
  options.settings?.split(',') ??
  // Every domain has all patterns; the paper lacks one of them.
  PAPER_DOMAINS.flatMap((domain) => PATTERN_NAMES.map((pattern) => `${domain}.${pattern}`))
).map(parseSettingName);
const seeds = options.seeds.split(',').map(Number);
if (!seeds.every(Number.isInteger))
  throw new UsageFailure(
    `--seeds takes whole numbers with commas, for example 1,2,3, not "${options.seeds}".`,
  );
const overrides = Object.assign({}, ...options.set.map(parseKnobAssignment)) as object;
const config = { ...pageDefaults().config, ...overrides };

if (!options.dry)
  refuseOtherFiles(
    options.out,
    settings.flatMap((setting) => seeds.map((seed) => ({ setting: settingName(setting), seed }))),
  );

const bench: Bench = {
  corpora: options.corpora,
  // Its folder's name alone: the records are published.
  model: { ...(await openModel(options.model)), name: basename(options.model) },
  device: await startDevice('wasm', nodeHost(false)),
  real: await realPairs(),
};

for (const domain of new Set(settings.map((setting) => setting.domain))) {
  const { real, probe } = await measureUntrained(bench, domain, config);
  log(
    `${domain}, untrained: STS-B dev ${percent(real)}, probe groups in order ${probe.ordered} of ${probe.groups}`,
  );
}

const results: SettingResult[] = [];
for (const setting of settings) {
  for (const seed of seeds) {
    const result = await trainSetting(bench, setting, { ...config, seed });
    results.push(result);
    if (!options.dry) writeRecord(options.out, result);
    const { summary, measured } = result;
    log(
      `${result.setting} ${seed}: STS ${percent(summary.sts.first)} -> ${percent(summary.sts.last)}, STS-B dev ${percent(measured.real)}, ` +
        `RFD_a ${formatNumber(summary.rfd.alignment, 3)}, probe ${measured.probe.ordered}, positive first ${measured.probe.positiveFirst}`,
    );
  }
}
if (!options.dry)
  writeSummary(options.out, { model: bench.model.name, config, runs: results.map(recordedRun) });
console.log(tableOf(results).join('\n'));

async function realPairs(): Promise<Bench['real']> {
  const folder = process.env.SEMBLANCE_DATA;
  if (!folder) return undefined;
  const file = join(folder, 'sts', 'stsb', 'dev.tsv');
  if (!existsSync(file)) throw new Failure(`SEMBLANCE_DATA is set, but there is no ${file}.`);
  return (await loadPairs(file)).pairs;
}

/** One row per setting, mean and spread (highest minus lowest) over the seeds, and the rank correlations. */
function tableOf(all: readonly SettingResult[]): string[] {
  const names = [...new Set(all.map(({ setting }) => setting))];
  const figures = (name: string, figure: (result: SettingResult) => number | null): number[] =>
    all.filter(({ setting }) => setting === name).map((result) => figure(result) ?? NaN);
  const columns: [name: string, digits: number, figure: (result: SettingResult) => number | null][] = [
    ['RFD_a', 3, ({ summary }) => summary.rfd.alignment],
    ['RFD_u', 3, ({ summary }) => summary.rfd.uniformity],
    ['bundled dev', 1, ({ summary }) => times100(summary.sts.last)],
    ['STS-B dev', 1, ({ measured }) => times100(measured.real)],
    ['probe in order', 1, ({ measured }) => measured.probe.ordered],
    ['positive first', 1, ({ measured }) => measured.probe.positiveFirst],
  ];
  const cell = (values: number[], digits: number) =>
    `${formatNumber(mean(values), digits)} (${formatNumber(Math.max(...values) - Math.min(...values), digits)})`;
  const rows = names.map((name) => [
    `\`${name}\``,
    ...columns.map(([, digits, figure]) => cell(figures(name, figure), digits)),
  ]);
  const head = ['setting', ...columns.map(([name]) => name)];
  const markdown = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return [...markdown, '', ...ranksOf(all)];
}

/** The rank correlations over the settings that the paper has, of the means over the seeds. */
function ranksOf(all: readonly SettingResult[]): string[] {
  const paper = PAPER_SETTINGS.map(({ setting }) => settingName(setting));
  const ours = spreadsOf(all.map(recordedRun)).filter(({ setting }) => paper.includes(setting));
  const cell = (rfd: 'rfdAlignment' | 'rfdUniformity', sts: 'sts' | 'stsb') => {
    const { value, count } = rankCorrelation(
      ours,
      (one) => one[rfd]?.mean,
      (one) => one[sts]?.mean,
    );
    return `${formatNumber(value, 2)} (${count})`;
  };
  return table([
    ["Spearman (the paper's settings)", 'RFD_a', 'RFD_u'],
    ['bundled dev', cell('rfdAlignment', 'sts'), cell('rfdUniformity', 'sts')],
    ['STS-B dev', cell('rfdAlignment', 'stsb'), cell('rfdUniformity', 'stsb')],
  ]);
}

function times100(value: number | null): number | null {
  return value === null ? null : 100 * value;
}

function percent(value: number | null): string {
  return formatNumber(times100(value), 1);
}
