// Concatenates tensors, and splits them again: this lets one kernel process many small tensors.
//
// Kernel "SemblanceJoin" {x0, x1, ...} {count} -> [total]
// Kernel "SemblanceSplit" {joined [total], x0, x1, ...} {count} -> [] : overwrites every x with its part of `joined`.
import * as tf from '@tensorflow/tfjs-core';
import { makeUnshared } from '../unshared.ts';
import { asList, hasKernel, kernelToken, runKernel } from '../kernelToken.ts';

export const JOIN = kernelToken('SemblanceJoin', {
  inputs: ['x*'],
  attributes: {} as { count: number },
  outputs: ['joined'],
});
export const SPLIT = kernelToken('SemblanceSplit', {
  inputs: ['joined', 'x*'],
  attributes: {} as { count: number },
  outputs: [],
});

/** Whether the backend in use can concatenate tensors at almost no cost. */
export function hasJoinKernel(): boolean {
  return hasKernel(JOIN);
}

/** All elements of all tensors, in order. Not differentiable. */
export function join(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  if (!hasKernel(JOIN)) return composedJoin(tensors);
  return runKernel(JOIN, asList('x', tensors), { count: tensors.length }).joined as tf.Tensor1D;
}

export function composedJoin(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  return tf.tidy(() => tf.concat1d(tensors.map((x) => tf.reshape(x, [x.size]))));
}

/** Overwrites variables with their parts of `joined`, a result of join() that may have been modified since. */
export function splitInto(joined: tf.Tensor1D, variables: readonly tf.Variable[]): void {
  if (!hasKernel(SPLIT)) {
    composedSplit(joined, variables);
    return;
  }
  variables.forEach(makeUnshared);
  runKernel(SPLIT, { joined, ...asList('x', variables) }, { count: variables.length });
}

export function composedSplit(joined: tf.Tensor1D, variables: readonly tf.Variable[]): void {
  let at = 0;
  for (const variable of variables) {
    tf.tidy(() => variable.assign(tf.reshape(tf.slice1d(joined, at, variable.size), variable.shape)));
    at += variable.size;
  }
}
