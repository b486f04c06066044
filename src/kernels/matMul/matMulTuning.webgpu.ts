// Measures which tiles of a matrix product are fastest on the device in use: bounded in time, and left off at will.
import * as tf from '@tensorflow/tfjs-core';
import { compile, dispatch, finished, internals, output, release } from '../dispatch.webgpu.ts';
import { HARDWARE_TILES, setSuited, SOFTWARE_TILES, suitedTo, type Tile, type Turn } from '../tuning.ts';
import { matMulCode } from './matMul.wgsl.ts';
import { formKey, tileOf, type MatMulForm } from './matMulForm.wgsl.ts';
import { memoryOf } from './matMulShared.wgsl.ts';

/** The products of a training step: forward, by the input, by the weight. Sizes as [m, n, k]. */
const TURNS: Partial<Record<Turn, readonly [number, number, number]>> = {
  NT: [2048, 512, 256],
  NN: [2048, 256, 512],
  TN: [512, 512, 1024],
};

/** Tiles that are tried besides the defaults. */
const FURTHER: Record<'software' | 'hardware', readonly Tile[]> = {
  software: [{ kind: 'direct', rows: 16, quads: 8, across: 4, down: 1 }],
  hardware: [
    { kind: 'shared', rows: 8, quads: 1, across: 16, down: 8 },
    { kind: 'shared', rows: 8, quads: 2, across: 8, down: 8 },
    { kind: 'direct', rows: 4, quads: 1, across: 8, down: 8 },
    { kind: 'direct', rows: 8, quads: 1, across: 8, down: 8 },
  ],
};

const REPEATS = 3;

export interface TuningOptions {
  /** Milliseconds after which no further tile is tried. */
  budget?: number;
  signal?: AbortSignal;
  /** Is told what is tried, and how fast it was. */
  onMeasured?: (turn: Turn, tile: Tile, gflops: number) => void;
}

/**
 * Orders the tiles of every kind of product by their speed on this device, and uses that order from now on. Keep what
 * it returns per adapter, and give it to setSuited() the next time. Kinds that the budget did not reach keep theirs.
 */
export async function tuneProducts(
  backend: unknown,
  { budget = 500, signal, onMeasured }: TuningOptions = {},
): Promise<Partial<Record<Turn, Tile[]>>> {
  const until = performance.now() + budget;
  const { software } = suitedTo(backend);
  const candidates = software
    ? [...SOFTWARE_TILES, ...FURTHER.software]
    : [...HARDWARE_TILES, ...FURTHER.hardware];
  const measured: Partial<Record<Turn, Tile[]>> = {};
  for (const [turn, size] of Object.entries(TURNS) as [Turn, [number, number, number]][]) {
    const rates: { tile: Tile; gflops: number }[] = [];
    for (const tile of candidates) {
      if (signal?.aborted || (rates.length > 0 && performance.now() > until)) break;
      const gflops = await rateOf(backend, turn, tile, size);
      if (gflops === undefined) continue;
      rates.push({ tile, gflops });
      onMeasured?.(turn, tile, gflops);
    }
    // An order made of some of the candidates would forget the others.
    if (rates.length < candidates.length && performance.now() > until) break;
    if (signal?.aborted || rates.length === 0) break;
    measured[turn] = rates.sort((a, b) => b.gflops - a.gflops).map(({ tile }) => tile);
  }
  setSuited(backend, { software, tiles: { ...suitedTo(backend).tiles, ...measured } });
  return measured;
}

/** GFLOP/s of one tile; undefined when the device has too little workgroup memory for it. */
async function rateOf(
  backend: unknown,
  turn: Turn,
  tile: Tile,
  [m, n, k]: readonly [number, number, number],
): Promise<number | undefined> {
  const [transposeA, transposeB] = [turn.startsWith('T'), turn.endsWith('T')];
  const form: MatMulForm = { ...tile, transposeA, transposeB, epilogue: 'none' };
  if (memoryOf(form) > internals(backend).device.limits.maxComputeWorkgroupStorageSize) return undefined;
  const [key, code] = [formKey(form), () => matMulCode(form)];
  await compile(backend, key, code);
  const [a, b, y] = [output(backend, [m, k]), output(backend, [k, n]), output(backend, [m, n])];
  const { rows, columns } = tileOf(form);
  const run = () =>
    dispatch(backend, {
      key,
      code,
      writes: [y],
      reads: [a, b],
      uniforms: [m, n, k, 1, k],
      workgroups: [Math.ceil(n / columns), Math.ceil(m / rows), 1],
    });
  run();
  await finished(backend);
  const from = tf.util.now();
  for (let i = 0; i < REPEATS; i++) run();
  await finished(backend);
  const elapsed = Math.max(1e-3, tf.util.now() - from);
  for (const tensor of [a, b, y]) release(backend, tensor);
  return (2 * m * n * k * REPEATS) / elapsed / 1e6;
}
