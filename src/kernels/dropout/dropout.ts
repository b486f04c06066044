// Dropout with a mask that is a function of (key, element): nothing is stored, the gradient makes the same mask again,
// and every backend makes the same bits. See util/random.ts for the generator.
//
// One Threefry block gives 64 bits, four lanes of 16: element i takes lane i mod 4 of block floor(i / 4) and is kept
// when its lane is not below round(rate * 65536). Kept elements are scaled so that the mean stays exactly the same.
//
// Kernel "SemblanceDropout" {x} {key0, key1, threshold} -> x's shape; its gradient is the same kernel.
import * as tf from '@tensorflow/tfjs-core';
import { threefryBlocks, type Key } from '../../util/random.ts';

export const DROPOUT = 'SemblanceDropout';

export interface DropoutAttributes {
  key0: number;
  key1: number;
  /** Lanes below this are dropped: round(rate * 65536). */
  threshold: number;
}

/** Which elements are dropped: a rate, and the key that names the draw. */
export interface Mask {
  rate: number;
  key: Key;
}

export const NO_MASK: Mask = { rate: 0, key: [0, 0] };

/** A mask as the kernels take it. */
export function maskAttributes({ rate, key }: Mask): { key0: number; key1: number; threshold: number } {
  return { key0: key[0], key1: key[1], threshold: Math.round(rate * 65536) };
}

/** What kept elements are multiplied by. */
export function keptScale(threshold: number): number {
  return 65536 / (65536 - threshold);
}

/** @param key names the mask: fork it per step, site and pass. Returns x itself for rate 0. */
export function dropout<T extends tf.Tensor>(x: T, rate: number, key: Key): T {
  const attributes = maskAttributes({ rate, key });
  if (attributes.threshold === 0) return x;
  return tf.engine().runKernel<T>(DROPOUT, { x }, attributes);
}

/** The plain form: multiplies by a mask made here. Oracle of the shader, and the path of backends without one. */
export function composedDropout(
  values: Float32Array,
  output: Float32Array,
  attributes: DropoutAttributes,
): void {
  const { key0, key1, threshold } = attributes;
  const scale = Math.fround(keptScale(threshold));
  const block = threefryBlocks([key0, key1]);
  const bits = new Uint32Array(2);
  // Writes past the end of a typed array are ignored, so the last block needs no care.
  for (let i = 0; i < values.length; i += 4) {
    block(i >>> 2, 0, bits);
    const [a, b] = [bits[0]!, bits[1]!];
    output[i] = (a & 0xffff) < threshold ? 0 : values[i]! * scale;
    output[i + 1] = a >>> 16 < threshold ? 0 : values[i + 1]! * scale;
    output[i + 2] = (b & 0xffff) < threshold ? 0 : values[i + 2]! * scale;
    output[i + 3] = b >>> 16 < threshold ? 0 : values[i + 3]! * scale;
  }
}

/** The gradient on every backend, and the kernel of the cpu backend. */
export function registerDropout(): void {
  tf.registerGradient({
    kernelName: DROPOUT,
    gradFunc: (dy, _saved, attrs) => ({
      x: () => tf.engine().runKernel(DROPOUT, { x: dy as tf.Tensor }, attrs),
    }),
  });
  tf.registerKernel({
    kernelName: DROPOUT,
    backendName: 'cpu',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const cpu = backend as CpuBackendLike;
      const values = cpu.readSync(inputs.x!.dataId) as Float32Array;
      const output = new Float32Array(values.length);
      composedDropout(values, output, attrs as unknown as DropoutAttributes);
      return cpu.makeTensorInfo(inputs.x!.shape, 'float32', output);
    },
  });
}

interface CpuBackendLike {
  readSync(id: object): tf.TypedArray;
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: tf.TypedArray): tf.TensorInfo;
}
