// All numbers of a run as one tidy table with one number per row, which any program can filter, group and plot.
import type { RunEvent } from '../run/events.ts';
import { rfdCurve, type Reading } from './rfd.ts';

export interface MetricRow {
  step: number;
  /** batch: the batch of the step; train: held-out training data; eval: evaluation data; train-eval: their RFD. */
  split: 'batch' | 'train' | 'eval' | 'train-eval';
  name: string;
  /** null if it is undefined. */
  value: number | null;
}

const OF_STEP = ['loss', 'infonce', 'ht', 'learningRate', 'gradNorm'] as const;

/** Every value of a record in the order it was measured, followed by RFD over time. */
export function metricRows(events: readonly RunEvent[]): MetricRow[] {
  const rows: MetricRow[] = [];
  for (const event of events) {
    if (event.type === 'step')
      for (const name of OF_STEP) rows.push({ step: event.step, split: 'batch', name, value: event[name] });
    else if (event.type === 'metric')
      rows.push({ step: event.step, split: event.split, name: event.name, value: event.value });
  }
  return [...rows, ...rfdRows(rows)];
}

function rfdRows(rows: readonly MetricRow[]): MetricRow[] {
  const series = (split: string, name: string): Reading[] =>
    rows.flatMap((row) =>
      row.split === split && row.name === name && row.value !== null
        ? [{ step: row.step, value: row.value }]
        : [],
    );
  return (['alignment', 'uniformity'] as const).flatMap((name) =>
    rfdCurve(series('train', name), series('eval', name)).map(({ step, value }) => ({
      step,
      split: 'train-eval' as const,
      name: `rfd-${name}`,
      value,
    })),
  );
}

/** The table as CSV (RFC 4180), with numbers at full precision. */
export function metricsCsv(events: readonly RunEvent[]): string {
  const lines = metricRows(events).map(({ step, split, name, value }) =>
    [step, split, name, value ?? ''].join(','),
  );
  return ['step,split,name,value', ...lines].join('\r\n') + '\r\n';
}
