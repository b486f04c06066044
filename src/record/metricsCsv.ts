// All numbers of a run as one tidy table with one number per row, which any program can filter, group and plot.
import { rfdCurve } from '../metrics/rfd.ts';
import type { RunRecord } from './runRecord.ts';

interface MetricRow {
  step: number;
  /** batch: the batch of the step; train: held-out training data; eval: evaluation data; train-eval: their RFD. */
  split: 'batch' | 'train' | 'eval' | 'train-eval';
  name: string;
  /** null if it is undefined. */
  value: number | null;
}

const OF_STEP = ['loss', 'infonce', 'ht', 'learningRate', 'gradNorm'] as const;

/** Every value of a record by step, in the order in which it was measured, followed by RFD over time. */
function metricRows({ events, series }: RunRecord): MetricRow[] {
  const measured = events.flatMap((event): MetricRow[] => {
    if (event.type === 'step')
      return OF_STEP.map((name) => ({ step: event.step, split: 'batch', name, value: event[name] }));
    if (event.type === 'metric')
      return [{ step: event.step, split: event.split, name: event.name, value: event.value }];
    return [];
  });
  const difficulty = (['alignment', 'uniformity'] as const).flatMap((name) =>
    rfdCurve(series[name].train, series[name].eval).map(({ step, value }): MetricRow => ({
      step,
      split: 'train-eval',
      name: `rfd-${name}`,
      value,
    })),
  );
  return [...measured, ...difficulty];
}

/** The table as CSV (RFC 4180), with numbers at full precision. */
export function metricsCsv(record: RunRecord): string {
  const lines = metricRows(record).map(({ step, split, name, value }) =>
    [step, split, name, value ?? ''].join(','),
  );
  return ['step,split,name,value', ...lines].join('\r\n') + '\r\n';
}
