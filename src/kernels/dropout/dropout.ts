// Dropout with a mask that is a function of (key, element): nothing is stored, the gradient regenerates the same
// mask, and every backend generates the same bits. See util/random.ts for the generator.
//
// One Threefry block gives 64 bits, four lanes of 16: element i takes lane i mod 4 of block floor(i / 4) and is kept
// when its lane is not below round(rate * 65536). Kept elements are scaled so that the mean stays exactly the same.
//
// Kernel "SemblanceDropout" {x} {key0, key1, threshold} -> x's shape; its gradient is the same kernel.
import * as tf from '@tensorflow/tfjs-core';
import { threefryBlocks, type Key } from '../../util/random.ts';
import { kernelToken, registerKernel, runKernel } from '../kernelToken.ts';

export interface DropoutAttributes {
  key0: number;
  key1: number;
  /** Lanes below this are dropped: round(rate * 65536). */
  threshold: number;
}

export const DROPOUT = kernelToken('SemblanceDropout', {
  inputs: ['x'],
  attributes: {} as DropoutAttributes,
  outputs: ['y'],
});

/** Defines which elements are dropped: a rate, and the key of the random draw. */
export interface DropoutMask {
  rate: number;
  key: Key;
}

export const NO_MASK: DropoutMask = { rate: 0, key: [0, 0] };

/** The kernel attributes of a mask. */
export function maskAttributes({ rate, key }: DropoutMask): DropoutAttributes {
  return { key0: key[0], key1: key[1], threshold: Math.round(rate * 65536) };
}

/** The factor for kept elements. */
export function dropoutScale(threshold: number): number {
  return 65536 / (65536 - threshold);
}

/**
 * Dropout of x. Returns x itself for rate 0.
 * @param key identifies the mask: fork it per step, site and pass
 */
export function dropout<T extends tf.Tensor>(x: T, rate: number, key: Key): T {
  const attributes = maskAttributes({ rate, key });
  if (attributes.threshold === 0) return x;
  return runKernel(DROPOUT, { x }, attributes).y as T;
}

/**
 * The plain form: multiplies by a mask generated here. The reference for the shader, and used by backends without a
 * kernel.
 */
export function composedDropout(
  values: Float32Array,
  output: Float32Array,
  attributes: DropoutAttributes,
): void {
  const { key0, key1, threshold } = attributes;
  const scale = Math.fround(dropoutScale(threshold));
  const block = threefryBlocks([key0, key1]);
  const bits = new Uint32Array(2);
  // Writes past the end of a typed array are ignored, so the last block needs no special case.
  for (let i = 0; i < values.length; i += 4) {
    block(i >>> 2, 0, bits);
    const [a, b] = [bits[0]!, bits[1]!];
    output[i] = (a & 0xffff) < threshold ? 0 : values[i]! * scale;
    output[i + 1] = a >>> 16 < threshold ? 0 : values[i + 1]! * scale;
    output[i + 2] = (b & 0xffff) < threshold ? 0 : values[i + 2]! * scale;
    output[i + 3] = b >>> 16 < threshold ? 0 : values[i + 3]! * scale;
  }
}

/** Registers the gradient for every backend, and the kernel of the cpu backend. */
export function registerDropout(): void {
  tf.registerGradient({
    kernelName: DROPOUT.name,
    gradFunc: (dy, _saved, attributes) => ({
      // tfjs passes the attributes of the forward kernel back untyped.
      x: () => runKernel(DROPOUT, { x: dy as tf.Tensor }, attributes as unknown as DropoutAttributes).y,
    }),
  });
  registerKernel(DROPOUT, 'cpu', ({ x }, attributes, backend) => {
    const values = backend.readSync(x.dataId) as Float32Array;
    const output = new Float32Array(values.length);
    composedDropout(values, output, attributes);
    return { y: backend.makeTensorInfo(x.shape, 'float32', output) };
  });
}
