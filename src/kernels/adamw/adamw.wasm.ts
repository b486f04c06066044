// AdamW and the gradient's norm on WASM, all parameters in one go.
import type * as tf from '@tensorflow/tfjs-core';
import { bits, register, type WasmRuntime } from '../wasm/runtime.ts';
import { ADAMW, SQUARED_NORM, type AdamWScalars } from './adamw.ts';

/** Elements of one piece; a multiple of 4. */
const PIECE = 16384;

interface Attributes extends AdamWScalars {
  count: number;
  decayed: number[];
}

function sizeOf({ shape }: tf.TensorInfo): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Cuts tensors into pieces. @param words what the table holds of a piece: offset in bytes, count of elements */
function pieces(
  sizes: number[],
  words: (tensor: number, offset: number, count: number) => number[],
): number[] {
  return sizes.flatMap((size, tensor) => {
    const of: number[] = [];
    for (let from = 0; from < size; from += PIECE)
      of.push(...words(tensor, 4 * from, Math.min(PIECE, size - from)));
    return of;
  });
}

export function registerAdamWOnWasm(runtime: WasmRuntime): void {
  register(runtime, ADAMW, (_, inputs, attributes: Attributes) => {
    const { beta1, beta2, rate, epsilon, decayFirst, count, keep, decayed } = attributes;
    const parts = Array.from({ length: count }, (_unused, i) =>
      ['p', 'g', 'm', 'v'].map((name) => runtime.at(inputs[`${name}${i}`]!)),
    );
    // What is decayed of a parameter, then the rest of it.
    const stretches = decayed.flatMap((first, i) => {
      const rest = sizeOf(inputs[`p${i}`]!) - first;
      return [
        { i, from: 0, size: first, kept: keep },
        { i, from: first, size: rest, kept: 1 },
      ];
    });
    const sizes = stretches.map(({ size }) => size);
    const table = pieces(sizes, (stretch, offset, elements) => {
      const { i, from, kept } = stretches[stretch]!;
      return [...parts[i]!.map((address) => address + 4 * from + offset), elements, bits(kept), 0, 0];
    });
    const args = [runtime.tableOf(Int32Array.from(table)), runtime.at(inputs.factor!)];
    const scalars = [beta1, beta2, 1 - beta1, 1 - beta2, rate, epsilon].map(bits);
    runtime.run('adamw', [...args, ...scalars, +decayFirst], table.length / 8);
    return [];
  });
  register(runtime, SQUARED_NORM, (_, inputs, { count }: { count: number }) => {
    const tensors = Array.from({ length: count }, (_unused, i) => inputs[`x${i}`]!);
    const norm = runtime.output([]);
    const table = pieces(tensors.map(sizeOf), (i, offset, elements) => [
      runtime.at(tensors[i]!) + offset,
      elements,
    ]);
    const chunks = table.length / 2;
    // The sums, float64, stand behind the table.
    const room = new Int32Array(2 * table.length);
    room.set(table);
    const at = runtime.tableOf(room);
    const args = [at, at + 8 * chunks];
    runtime.run('squares', args, chunks);
    runtime.run('total', [...args, chunks, runtime.at(norm)], 1);
    return norm;
  });
}
