// What the tests of kernels, encoder and losses share: seeded values, comparisons that name the first wrong element,
// and one way to take values and gradients off a device without leaving a tensor behind.
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { Random } from '../../src/util/random.ts';
import { start } from '../support/backends.ts';

/** A tensor's values on the host. */
export interface Plain {
  shape: number[];
  data: Float32Array;
}

export type Op = (...inputs: tf.Tensor[]) => tf.Tensor;

export interface Outcome {
  value: Float32Array;
  shape: number[];
  /** d sum(value * weight) / d input, one per input. */
  gradients: Float32Array[];
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Normal values; the seed is the name of the draw. */
export function normals(name: string, ...shape: number[]): Plain {
  const random = Random.seeded(20240).fork(name);
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()) };
}

export function toTensor({ shape, data }: Plain): tf.Tensor {
  return tf.tensor(data, shape, 'float32');
}

/** Values of a tensor, which is disposed of. */
export async function take(tensor: tf.Tensor): Promise<Float32Array> {
  const data = Float32Array.from(await tensor.data());
  tensor.dispose();
  return data;
}

/** The value of an op, and its gradients under a seeded weighting of the output. Fails when a tensor is left behind. */
export async function outcome(op: Op, inputs: readonly Plain[]): Promise<Outcome> {
  const before = tf.memory().numTensors;
  const given = inputs.map(toTensor);
  const value = tf.tidy(() => op(...given));
  const { shape } = value;
  const weight = toTensor(normals('weight', ...shape));
  const gradients = tf.grads(op)(given, weight);
  const result: Outcome = { shape, value: await take(value), gradients: [] };
  for (const gradient of gradients) result.gradients.push(await take(gradient));
  tf.dispose([weight, ...given]);
  expect(tf.memory().numTensors - before, 'tensors left behind').toBe(0);
  return result;
}

/** What an op gives on the cpu backend, for each of several inputs: the oracle of the other backends. */
export async function oracle<T extends { inputs: Plain[] }>(
  op: Op,
  cases: readonly T[],
): Promise<(T & { expected: Outcome })[]> {
  await start('cpu');
  const answered = [];
  for (const given of cases) answered.push({ ...given, expected: await outcome(op, given.inputs) });
  return answered;
}

/** @throws at the first element that is off by more than absolute + relative * |expected|, or is NaN. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { absolute = 1e-5, relative = 1e-5, what = 'element' } = {},
): void {
  expect(actual.length, `${what}: length`).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [ours, theirs] = [actual[i]!, expected[i]!];
    if (!(Math.abs(ours - theirs) <= absolute + relative * Math.abs(theirs)))
      expect.fail(`${what} ${i} of ${expected.length} is ${ours} instead of ${theirs}`);
  }
}

export function expectSameOutcome(
  actual: Outcome,
  expected: Outcome,
  tolerance: { absolute?: number; relative?: number } = {},
): void {
  expect(actual.shape).toEqual(expected.shape);
  expectClose(actual.value, expected.value, { ...tolerance, what: 'value' });
  expect(actual.gradients.length).toBe(expected.gradients.length);
  expected.gradients.forEach((gradient, i) =>
    expectClose(actual.gradients[i]!, gradient, { ...tolerance, what: `gradient ${i}, element` }),
  );
}

/** @throws at the first element whose bits differ (so 0 is not -0). */
export function expectSameBits(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length);
  const [ours, theirs] = [bits(actual), bits(expected)];
  const at = ours.findIndex((word, i) => word !== theirs[i]);
  if (at >= 0) expect.fail(`element ${at} of ${ours.length} is ${actual[at]} instead of ${expected[at]}`);
}

function bits({ buffer, byteOffset, length }: Float32Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length);
}
