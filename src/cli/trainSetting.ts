// Trains one bundled setting with one seed, at the page's defaults, and measures what the corpora promise: STS on the
// bundled pairs and on real ones, and the order of the probe groups.
import { join } from 'node:path';
import type { Group, ScoredPair } from '../data/group.ts';
import type { LoadedModel } from '../encoder/folder.ts';
import { groupOrder, type GroupOrder } from '../metrics/order.ts';
import { stsFromEmbeddings } from '../metrics/sts.ts';
import type { Matrix } from '../metrics/vectors.ts';
import { RunRecord } from '../record/runRecord.ts';
import type { RunSummary } from '../record/summary.ts';
import type { Config } from '../run/config.ts';
import type { RunEvent } from '../run/events.ts';
import type { Role } from '../run/roles.ts';
import { settingName, type Setting } from '../run/settings.ts';
import { Embedder } from '../trainer/embedder.ts';
import { train, type RunningTraining } from '../trainer/train.ts';
import type { DeviceInfo } from '../util/devices.ts';
import { anchorFiles, commonAnchors, domainFiles, loadGroups, loadPairs } from './node/files.ts';

export interface Bench {
  corpora: string;
  model: LoadedModel;
  device: DeviceInfo;
  /** Real scored pairs, for example of STS-B dev; undefined if there are none at hand. */
  real: readonly ScoredPair[] | undefined;
}

/** What embeddings give on the pairs and probe groups; correlations are Spearman's, -1 to 1. */
export interface Measured {
  real: number | null;
  probe: GroupOrder;
}

export interface SettingResult {
  setting: string;
  seed: number;
  summary: RunSummary;
  measured: Measured;
  events: RunEvent[];
}

type Embed = (sentences: readonly string[]) => Promise<Matrix>;

async function measured(
  embed: Embed,
  probe: readonly Group[],
  { real }: Pick<Bench, 'real'>,
): Promise<Measured> {
  const level = (role: Role) => embed(probe.flatMap((group) => group[role] ?? []));
  const order = groupOrder({
    anchor: await level('anchor'),
    positive: await level('positive'),
    intermediate: await level('intermediate'),
    negative: await level('negative'),
  });
  return { real: real ? await stsOf(embed, real) : null, probe: order };
}

async function stsOf(embed: Embed, pairs: readonly ScoredPair[]): Promise<number | null> {
  const first = await embed(pairs.map((pair) => pair.first));
  const second = await embed(pairs.map((pair) => pair.second));
  const scores = pairs.map(({ score }) => score);
  return stsFromEmbeddings(first, second, scores).spearman;
}

async function probeGroups({ corpora }: Bench, domain: string): Promise<Group[]> {
  return (await loadGroups([join(corpora, domain, 'probe.jsonl')])).groups;
}

/** The same measurements of the untrained encoder. */
export async function measureUntrained(
  bench: Bench,
  domain: string,
  { pooling }: Pick<Config, 'pooling'>,
): Promise<Measured> {
  const embedder = new Embedder(bench.model, { pooling });
  const embed: Embed = (sentences) => embedder.embedSentences(sentences);
  try {
    return await measured(embed, await probeGroups(bench, domain), bench);
  } finally {
    embedder.dispose();
  }
}

export async function trainSetting(bench: Bench, setting: Setting, config: Config): Promise<SettingResult> {
  const { corpora, model, device } = bench;
  const files = domainFiles(corpora, setting);
  const { groups } = await loadGroups(files);
  const { pairs } = await loadPairs(join(corpora, 'sts', 'dev.tsv'));
  const sharedAnchors = await commonAnchors(anchorFiles(corpora, setting.domain));
  const probe = await probeGroups(bench, setting.domain);
  const record = new RunRecord();
  let result: Measured | undefined;
  let running: RunningTraining | undefined;
  const embed: Embed = (sentences) => {
    if (running === undefined) throw new Error('train() has not accepted the run yet');
    return running.embed(sentences);
  };
  const run = train(
    { setting, config, groups, sharedAnchors, sts: pairs, model, device, files: [settingName(setting)] },
    {
      onReady: (accepted) => (running = accepted),
      control: {
        afterLastStep: async () => {
          result = await measured(embed, probe, bench);
          return false;
        },
      },
    },
  );
  for await (const event of run) record.append([event]);
  if (result === undefined) throw new Error('the run ended before its last step');
  return {
    setting: settingName(setting),
    seed: config.seed,
    summary: record.summary(),
    measured: result,
    events: record.events,
  };
}
