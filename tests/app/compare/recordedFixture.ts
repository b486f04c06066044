// Recorded settings for the tests: a summary and its records, with figures that follow from setting and seed.
import { EMPTY_SUMMARY } from '../../../src/record/summary.ts';
import type { RecordedRun, Thirteen } from '../../../src/record/thirteen.ts';
import { runFileText } from '../../../src/run/runFile.ts';
import { PATTERN_NAMES } from '../../../src/run/settings.ts';
import { BASE, record } from './records.ts';

export const SEEDS = [1, 2, 3];
const SETTINGS = ['encyclopedia', 'scenes'].flatMap((domain) =>
  PATTERN_NAMES.map((pattern) => `${domain}.${pattern}`),
);

/** @param figures of the i-th setting */
export function recordedRun(
  setting: string,
  seed: number,
  figures: { a: number | null; u: number | null; sts: number | null; stsb: number | null },
): RecordedRun {
  return {
    setting,
    seed,
    file: `${setting}.${seed}.jsonl`,
    summary: {
      ...EMPTY_SUMMARY,
      steps: 120,
      rfd: { alignment: figures.a, uniformity: figures.u },
      sts: { first: 0.3, best: figures.sts, last: figures.sts },
    },
    stsb: figures.stsb,
    probe: { groups: 60, ordered: 25, positiveFirst: 45 },
  };
}

export const thirteen: Thirteen = {
  version: 1,
  model: 'pocket',
  config: BASE.config,
  runs: SETTINGS.flatMap((setting, i) =>
    SEEDS.map((seed) => {
      const off = 0.01 * (seed - 2);
      const [a, u] = [-0.3 + 0.04 * i + off, 0.2 * Math.sin(i) + off];
      return recordedRun(setting, seed, { a, u, sts: 0.4 + a / 5, stsb: 0.6 - u / 5 });
    }),
  ),
};

const recordText = ({ setting, seed }: RecordedRun) =>
  runFileText(record({ seed }, seed / 50, 120, { setting }));

/** Answers as a server that has the folder; `missing` and `damaged` concern the summary. */
export function serveRecorded(kind: string | null): (url: string) => Promise<Response> {
  return (url) => {
    const file = url.split('/').at(-1)!;
    const page = { status: 200, headers: { 'content-type': 'text/html' } };
    if (kind === 'missing') return Promise.resolve(new Response('<!doctype html>', page));
    if (file === 'summary.json')
      return Promise.resolve(new Response(kind === 'damaged' ? '{"version":1}' : JSON.stringify(thirteen)));
    const run = thirteen.runs.find((one) => one.file === file);
    const lost = run === undefined || (run.setting === 'scenes.nli' && run.seed === 3);
    return Promise.resolve(lost ? new Response('', { status: 404 }) : new Response(recordText(run)));
  };
}
