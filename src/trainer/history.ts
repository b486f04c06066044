// The series a run has measured so far, and the summary that its end reports.
import { rfd, type Reading } from '../metrics/rfd.ts';
import type { MetricEvent } from '../run/events.ts';

/** Readings by "{split}/{name}", for example "train/alignment". */
export type Readings = Record<string, Reading[]>;

export interface RunSummary {
  steps: number;
  loss: number | null;
  sts: { first: number | null; best: number | null; last: number | null };
  alignment: { train: number | null; eval: number | null };
  uniformity: { train: number | null; eval: number | null };
  /** Mean over measured steps after the start of (held-out training - evaluation). */
  rfd: { alignment: number | null; uniformity: number | null };
}

export function addReading(readings: Readings, { split, name, step, value }: MetricEvent): void {
  if (value === null) return;
  const series = (readings[`${split}/${name}`] ??= []);
  const known = series.find((reading) => reading.step === step);
  if (known) known.value = value;
  else series.push({ step, value });
}

/** What had been measured when this step was made. */
export function readingsUpTo(readings: Readings, step: number): Readings {
  return Object.fromEntries(
    Object.entries(readings).map(([key, series]) => [
      key,
      series.filter((reading) => reading.step <= step).map((reading) => ({ ...reading })),
    ]),
  );
}

/** The first of the highest STS scores. */
export function bestOf(readings: Readings): { step: number; sts: number } | null {
  let best: { step: number; sts: number } | null = null;
  for (const { step, value } of readings['eval/sts'] ?? [])
    if (best === null || value > best.sts) best = { step, sts: value };
  return best;
}

export function summarise(readings: Readings, steps: number, loss: number | null): RunSummary {
  const series = (key: string) => readings[key] ?? [];
  const last = (key: string) => series(key).at(-1)?.value ?? null;
  const sts = series('eval/sts').map(({ value }) => value);
  const difference = (name: string) => {
    const { value, steps: count } = rfd(series(`train/${name}`), series(`eval/${name}`));
    return count > 0 ? value : null;
  };
  return {
    steps,
    loss,
    sts: { first: sts[0] ?? null, best: sts.length ? Math.max(...sts) : null, last: sts.at(-1) ?? null },
    alignment: { train: last('train/alignment'), eval: last('eval/alignment') },
    uniformity: { train: last('train/uniformity'), eval: last('eval/uniformity') },
    rfd: { alignment: difference('alignment'), uniformity: difference('uniformity') },
  };
}
