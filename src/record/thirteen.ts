// The recorded settings: the paper's thirteen, and the fourteenth, trained with several seeds and shipped with the page in
// public/runs/thirteen. `npm run thirteen` writes summary.json and the records beside it; the page draws them.
import { z } from 'zod';
import { spearman } from '../metrics/correlation.ts';
import { configSchema } from '../run/config.ts';
import { PATTERN_NAMES } from '../run/settings.ts';
import { mean } from '../util/statistics.ts';
import { runSummarySchema } from './summary.ts';

/** Name of the summary's file, beside the records. */
export const SUMMARY_FILE = 'summary.json';

const count = z.int().min(0);

const recordedRunSchema = z.object({
  setting: z
    .string()
    .regex(new RegExp(`^[^.]+\\.(${PATTERN_NAMES.join('|')})$`), 'not a setting, {domain}.{pattern}'),
  seed: z.int(),
  /** Name of its record; a plain name, so that a damaged summary leads nowhere else. */
  file: z.string().regex(/^[\w.-]+\.jsonl$/, 'not the name of a record'),
  summary: runSummarySchema,
  /** Spearman correlation on STS-B dev after the last step, -1 to 1; null if it was not measured. */
  stsb: z.number().nullable(),
  /** Order of the domain's probe groups after the last step (metrics/order.ts). */
  probe: z.object({ groups: count, ordered: count, positiveFirst: count }),
});
export type RecordedRun = z.infer<typeof recordedRunSchema>;

export const thirteenSchema = z.object({
  version: z.literal(1),
  /** Folder name of the encoder. */
  model: z.string(),
  /** What all runs were trained with, apart from their seed. */
  config: configSchema,
  runs: z
    .array(recordedRunSchema)
    .min(1)
    .refine(
      (runs) => new Set(runs.map(({ setting, seed }) => `${setting} ${seed}`)).size === runs.length,
      'a setting has the same seed twice',
    ),
});
export type Thirteen = z.infer<typeof thirteenSchema>;

/** A figure over the seeds of a setting. */
export interface SeedSpread {
  mean: number;
  low: number;
  high: number;
}

/** The figures of a setting; null where a seed lacks the figure. Correlations are Spearman's, -1 to 1. */
export interface SettingSpread {
  setting: string;
  seeds: readonly number[];
  rfdAlignment: SeedSpread | null;
  rfdUniformity: SeedSpread | null;
  /** On the bundled pairs, after the last step. */
  sts: SeedSpread | null;
  /** On STS-B dev, after the last step. */
  stsb: SeedSpread | null;
}

/** Each setting over its seeds, in the order of the summary. */
export function spreadsOf(runs: readonly RecordedRun[]): SettingSpread[] {
  return [...new Set(runs.map(({ setting }) => setting))].map((setting) => {
    const own = runs.filter((run) => run.setting === setting);
    return {
      setting,
      seeds: own.map(({ seed }) => seed),
      rfdAlignment: overSeeds(own.map(({ summary }) => summary.rfd.alignment)),
      rfdUniformity: overSeeds(own.map(({ summary }) => summary.rfd.uniformity)),
      sts: overSeeds(own.map(({ summary }) => summary.sts.last)),
      stsb: overSeeds(own.map(({ stsb }) => stsb)),
    };
  });
}

function overSeeds(values: readonly (number | null)[]): SeedSpread | null {
  const known = values.filter((value) => value !== null);
  if (known.length < values.length || known.length === 0) return null;
  return { mean: mean(known), low: Math.min(...known), high: Math.max(...known) };
}

export interface RankCorrelation {
  /** Spearman's; null if it is undefined. */
  value: number | null;
  /** The number of items that have both figures. */
  count: number;
}

/** Rank correlation of two figures over the items that have both. */
export function rankCorrelation<T>(
  items: readonly T[],
  x: (item: T) => number | null | undefined,
  y: (item: T) => number | null | undefined,
): RankCorrelation {
  const pairs = items.flatMap((item) => {
    const [a, b] = [x(item) ?? NaN, y(item) ?? NaN];
    return Number.isFinite(a) && Number.isFinite(b) ? [{ a, b }] : [];
  });
  const value = spearman(
    pairs.map(({ a }) => a),
    pairs.map(({ b }) => b),
  );
  return { value, count: pairs.length };
}
