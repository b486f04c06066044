// How our own operations stand on tfjs: a kernel by name where the backend in use has one, and gradients as functions
// that run only when they are asked for.
import * as tf from '@tensorflow/tfjs-core';

/** Has the backend in use a kernel of this name? If not, the plain composition computes. */
export function hasKernel(name: string): boolean {
  const kernel: unknown = tf.getKernel(name, tf.getBackend());
  return kernel !== undefined && kernel !== null;
}

/** Do the kernels of the backend in use leave out the padding rows they are told of? Others compute them too. */
export function leavesOutRows(): boolean {
  return tf.getBackend() === 'wasm' && hasKernel('SemblanceLinear');
}

type Inputs = Record<string, tf.Tensor>;
type Attributes = Record<string, number | boolean | number[]>;

/** Runs a kernel with one output, outside of any gradient. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as tf.engine().runKernel has it
export function runKernel<T extends tf.Tensor>(name: string, inputs: Inputs, attributes: Attributes = {}): T {
  return tf.engine().runKernel<T>(name, inputs, attributes);
}

/** Runs a kernel with several outputs. */
export function runKernelForAll(name: string, inputs: Inputs, attributes: Attributes = {}): tf.Tensor[] {
  return tf.engine().runKernel<tf.Tensor[]>(name, inputs, attributes);
}

/** @typeParam T one output, or a list of them */
export interface Differentiable<T extends tf.Tensor | tf.Tensor[]> {
  inputs: Inputs;
  /** Makes the value; what `save` is given lives until the gradient has been taken. */
  forward: (save: (tensors: tf.Tensor[]) => void) => T;
  /** One function an input. Work that all gradients share is done before they are returned. */
  backward: (dy: T, saved: tf.Tensor[]) => Record<string, () => tf.Tensor>;
}

/** The part of tfjs's engine under tf.customGrad: there every gradient is computed, also those nobody asked for. */
interface EngineLike {
  runKernelFunc<T extends tf.Tensor | tf.Tensor[]>(op: {
    inputs: Inputs;
    forwardFunc: (backend: unknown, save: (tensors: tf.Tensor[]) => void) => T;
    backwardsFunc: Differentiable<T>['backward'];
  }): T;
}

/** An operation with gradients of its own. */
export function differentiable<T extends tf.Tensor | tf.Tensor[]>({
  inputs,
  forward,
  backward,
}: Differentiable<T>): T {
  return (tf.engine() as unknown as EngineLike).runKernelFunc({
    inputs,
    forwardFunc: (_, save) => forward(save),
    backwardsFunc: backward,
  });
}
