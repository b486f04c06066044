// How a step's time grows with the batch, the sentences' length and the number of layers: one of them at a time.
import { table } from '../../src/cli/output.ts';
import { messageOf } from '../../src/util/failure.ts';
import { leavesOutRows } from '../../src/kernels/linear/linear.ts';
import { ours } from './ours.ts';
import { median } from './rounds.ts';
import { CASES, EXTENT, SIZES, stepFlops, type Extent, type Size, type SizeName } from './sizes.ts';
import { makeWork } from './work.ts';

interface Row extends Extent {
  axis: string;
  layers: number;
}

export interface GrowthRow extends Row {
  /** Milliseconds a step; undefined when the row was skipped. */
  ms: number | undefined;
  gflops: number | undefined;
  /** Why it was skipped. */
  reason: string | undefined;
}

/** @param base layers of the size itself */
export function growthAxes(base: number): Row[][] {
  const row = (axis: string, change: Partial<Row>): Row => ({ axis, ...EXTENT, layers: base, ...change });
  return [
    [8, 16, 32, 64, 128, 256, 512].map((pairs) => row('batch', { pairs })),
    [16, 32, 64, 128].map((length) => row('length', { length })),
    [2, 4, 6, 8, 12].map((layers) => row('layers', { layers })),
  ];
}

const SAMPLES = 3;

/** @param budget seconds in all; every axis may take its part, and rows that would not fit are skipped */
export async function measureGrowth(
  name: SizeName,
  budget: number,
  say: (line: string) => void,
): Promise<GrowthRow[]> {
  const axes = growthAxes(SIZES[name].layers);
  const flops = (size: Size, row: Row) => stepFlops(size, row, leavesOutRows() ? 'first' : 'all');
  const rows: GrowthRow[] = [];
  for (const axis of axes) {
    const end = performance.now() + (1000 * budget) / axes.length;
    let rate: number | undefined; // FLOP a millisecond, of the row before
    for (const row of axis) {
      const size: Size = { ...SIZES[name], layers: row.layers };
      const needed = rate === undefined ? 0 : ((SAMPLES + 1) * flops(size, row)) / rate;
      if (performance.now() + needed > end) {
        rows.push(skipped(row, `about ${(needed / 1000).toFixed(0)} s, over the budget`));
        continue;
      }
      try {
        const ms = await stepTime(size, row);
        rate = flops(size, row) / ms;
        rows.push({ ...row, ms, gflops: rate / 1e6, reason: undefined });
        say(`${row.axis}: ${row.pairs} pairs of ${row.length}, ${row.layers} layers: ${ms.toFixed(1)} ms`);
      } catch (error) {
        rows.push(skipped(row, messageOf(error).split('\n')[0]!));
        break; // what follows is larger still
      }
    }
  }
  return rows;
}

function skipped(row: Row, reason: string): GrowthRow {
  return { ...row, ms: undefined, gflops: undefined, reason };
}

async function stepTime(size: Size, extent: Extent): Promise<number> {
  const stepper = ours(makeWork(size, extent, CASES[0]!));
  try {
    await stepper.run(0, 1);
    const samples: number[] = [];
    for (let sample = 1; sample <= SAMPLES; sample++) {
      const started = performance.now();
      await stepper.run(sample, 1);
      samples.push(performance.now() - started);
    }
    return median(samples);
  } finally {
    stepper.dispose();
  }
}

export function growthLines(name: SizeName, rows: readonly GrowthRow[]): string[] {
  const cells = rows.map(({ axis, pairs, length, layers, ms, gflops, reason }) => {
    const tokens = 2 * pairs * length;
    return [
      axis,
      ...[pairs, length, layers, tokens].map(String),
      ms === undefined ? '-' : ms.toFixed(1),
      ms === undefined ? '-' : ((1000 * ms) / tokens).toFixed(2),
      gflops === undefined ? '-' : gflops.toFixed(1),
      reason === undefined ? '' : `skipped: ${reason}`,
    ];
  });
  const head = ['grows', 'pairs', 'length', 'layers', 'tokens', 'ms/step', 'us/token', 'GFLOP/s', ''];
  return [`Time per token as ${name} grows, ours:`, ...table([head, ...cells])];
}
