// Tensors laid end to end, and brought back to where they came from: many small ones are then the work of one kernel.
//
// Kernel "SemblanceJoin" {x0, x1, ...} {count} -> [total]
// Kernel "SemblancePart" {joined [total], x0, x1, ...} {count} -> [] : overwrites every x with its stretch of `joined`.
import * as tf from '@tensorflow/tfjs-core';
import { makeSole } from '../inPlace.ts';
import { hasKernel, runKernel, runKernelForAll } from '../op.ts';

export const JOIN = 'SemblanceJoin';
export const PART = 'SemblancePart';

/** Does the backend in use lay tensors end to end for next to nothing? */
export function joinsForNothing(): boolean {
  return hasKernel(JOIN);
}

function named(tensors: readonly tf.Tensor[]): Record<string, tf.Tensor> {
  return Object.fromEntries(tensors.map((x, i) => [`x${i}`, x]));
}

/** All elements of all tensors, in order. Has no gradient. */
export function join(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  return hasKernel(JOIN) ? runKernel(JOIN, named(tensors), { count: tensors.length }) : composedJoin(tensors);
}

export function composedJoin(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  return tf.tidy(() => tf.concat1d(tensors.map((x) => tf.reshape(x, [x.size]))));
}

/** Overwrites variables with what join() made of them, or with what has been made of that since. */
export function part(joined: tf.Tensor1D, variables: readonly tf.Variable[]): void {
  if (!hasKernel(PART)) {
    composedPart(joined, variables);
    return;
  }
  variables.forEach(makeSole);
  runKernelForAll(PART, { joined, ...named(variables) }, { count: variables.length });
}

export function composedPart(joined: tf.Tensor1D, variables: readonly tf.Variable[]): void {
  let at = 0;
  for (const variable of variables) {
    tf.tidy(() => variable.assign(tf.reshape(tf.slice1d(joined, at, variable.size), variable.shape)));
    at += variable.size;
  }
}
