// Snapshots: the whole state of a run at a step, small enough that many of them fit into memory. Only rows that differ
// from the start of the run are stored: most tokens of the vocabulary never occur in a small corpus, so their rows, and
// the moments of these, never change.
import type { BatchCursor } from '../data/batches.ts';
import type { Group } from '../data/group.ts';
import type { NamedTensor, TensorMap } from '../encoder/safetensors.ts';
import type { Config } from '../run/config.ts';

/** The state of a run at a step, except for weights and moments. */
export interface TrainerState {
  config: Config;
  batches: BatchCursor;
  /** Groups added during training, and the first epoch that includes them. */
  joined: { group: Group; epoch: number }[];
  /** Steps, tokens and time since the last logged step. */
  spent: { steps: number; tokens: number; milliseconds: number };
  lastLoss: number | null;
}

/** The rows of a tensor that differ from the start of the run (the origin). */
export interface ChangedRows {
  /** Row indices; null when all rows are stored. */
  rows: Uint32Array | null;
  data: Float32Array;
}

export interface Snapshot {
  readonly step: number;
  readonly state: TrainerState;
  /** The changed rows of the trained parameters and of both moments, by name. */
  readonly tensors: ReadonlyMap<string, ChangedRows>;
  /** Size of the tensors in memory, in bytes. */
  readonly bytes: number;
}

export function makeSnapshot(step: number, state: TrainerState, now: TensorMap, origin: TensorMap): Snapshot {
  const tensors = new Map<string, ChangedRows>();
  let bytes = 0;
  for (const [name, tensor] of now) {
    const changed = changedRows(tensor, origin.get(name));
    tensors.set(name, changed);
    bytes += changed.data.byteLength + (changed.rows?.byteLength ?? 0);
  }
  return { step, state: structuredClone(state), tensors, bytes };
}

/** The state before any step: nothing differs from the origin. */
export function initialSnapshot(state: TrainerState, trained: readonly string[]): Snapshot {
  const none: ChangedRows = { rows: new Uint32Array(), data: new Float32Array() };
  const names = trained.flatMap((name) => [name, `m.${name}`, `v.${name}`]);
  return {
    step: 0,
    state: structuredClone(state),
    tensors: new Map(names.map((name) => [name, none])),
    bytes: 0,
  };
}

/** Restores the full tensors of a snapshot. */
export function restoreTensors(
  { tensors }: Snapshot,
  origin: TensorMap,
  shapes: ReadonlyMap<string, number[]>,
) {
  const whole: TensorMap = new Map();
  for (const [name, changed] of tensors) {
    const shape = shapes.get(name);
    if (shape) whole.set(name, { shape, data: wholeTensor(changed, shape, origin.get(name)) });
  }
  return whole;
}

function wholeTensor(
  { rows, data }: ChangedRows,
  shape: readonly number[],
  origin: NamedTensor | undefined,
): Float32Array {
  if (rows === null) return data.slice();
  const size = shape.reduce((product, n) => product * n, 1);
  const whole = origin ? origin.data.slice() : new Float32Array(size);
  const width = widthOf(shape);
  rows.forEach((row, at) => whole.set(data.subarray(at * width, (at + 1) * width), row * width));
  return whole;
}

/** @param origin undefined: zeros */
function changedRows({ shape, data }: NamedTensor, origin: NamedTensor | undefined): ChangedRows {
  const width = widthOf(shape);
  const count = data.length / width;
  // Compared bitwise, so that every row is restored exactly.
  const now = bitsOf(data);
  const then = origin && bitsOf(origin.data);
  const rows: number[] = [];
  for (let row = 0; row < count; row++) {
    const end = (row + 1) * width;
    for (let i = row * width; i < end; i++) {
      if (now[i] === (then ? then[i] : 0)) continue;
      rows.push(row);
      break;
    }
  }
  if (rows.length === count) return { rows: null, data: data.slice() };
  const kept = new Float32Array(rows.length * width);
  rows.forEach((row, at) => kept.set(data.subarray(row * width, (row + 1) * width), at * width));
  return { rows: Uint32Array.from(rows), data: kept };
}

function bitsOf({ buffer, byteOffset, length }: Float32Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length);
}

/** Number of elements per row; a vector is one row. */
function widthOf(shape: readonly number[]): number {
  return shape.length > 1
    ? shape.slice(1).reduce((product, n) => product * n, 1)
    : Math.max(1, shape[0] ?? 1);
}
