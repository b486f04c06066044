// Values derived from a trace that are shared by pictures and formulas.
import { rowOf, type StepTrace, type Table } from '../../../run/trace.ts';
import { dot } from './arrows.ts';

export interface BatchCounts {
  /** Number of anchors. */
  plain: number;
  generated: number;
  /** Number of sentences. */
  plainRows: number;
  generatedRows: number;
}

export function batchCounts(trace: StepTrace): BatchCounts {
  const anchors = trace.infonce.anchors.map((row) => trace.rows[row]!);
  const generated = anchors.filter((row) => row.generated).length;
  const generatedRows = trace.rows.filter((row) => row.generated).length;
  return {
    plain: anchors.length - generated,
    generated,
    plainRows: trace.rows.length - generatedRows,
    generatedRows,
  };
}

/** Indices of the largest values, largest first. */
export function strongest(values: ArrayLike<number>, count: number): number[] {
  return Array.from(values, (_, i) => i)
    .sort((a, b) => values[b]! - values[a]!)
    .slice(0, count);
}

/** Cosine of two rows of `vectors`; NaN if one of them is zero. */
export function cosineOf(vectors: Table, a: number, b: number): number {
  const [x, y] = [rowOf(vectors, a), rowOf(vectors, b)];
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

/** Position of a value on a scale, in percent, clamped to 0..100. */
export function percentOn(scale: readonly [number, number], value: number): number {
  const [low, high] = scale;
  return high > low ? Math.min(100, Math.max(0, (100 * (value - low)) / (high - low))) : 50;
}

/** Minimum and maximum of a scale that contains all values with some padding, at least `least` apart. */
export function scaleAround(values: readonly number[], least = 0.02, room = 0.08): [number, number] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const middle = (low + high) / 2;
  const half = (Math.max(high - low, least) / 2) * (1 + 2 * room);
  return [middle - half, middle + half];
}

/** About `count` round numbers within a scale. */
export function ticksOn([low, high]: readonly [number, number], count = 5): number[] {
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= raw) ?? 10 * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
    Number(((first + i) * step).toPrecision(10)),
  );
}
