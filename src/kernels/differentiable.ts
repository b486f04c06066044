// Operations with custom gradients, each gradient a function that runs only on demand.
import * as tf from '@tensorflow/tfjs-core';

/** Tensors by name; undefined ones are omitted. */
type NamedTensors = Record<string, tf.Tensor | undefined>;

/**
 * @typeParam Value one output, or a list of them
 * @typeParam Inputs the inputs that have gradients
 * @typeParam Saved what the gradients need
 */
export interface Differentiable<
  Value extends tf.Tensor | tf.Tensor[],
  Inputs extends NamedTensors,
  Saved extends NamedTensors,
> {
  inputs: Inputs;
  /** Computes the value. Tensors in `saved` live until the gradients have been computed. */
  forward: () => { value: Value; saved?: Saved };
  /** One function per input. Work shared by all gradients is done before they are returned. */
  backward: (dy: Value, saved: Saved) => { [Name in keyof Inputs]: () => tf.Tensor };
}

/** The part of tfjs's engine under tf.customGrad, which would compute every gradient, even those not requested. */
interface Engine {
  runKernelFunc<Value extends tf.Tensor | tf.Tensor[]>(op: {
    inputs: Record<string, tf.Tensor>;
    forwardFunc: (backend: unknown, save: (tensors: tf.Tensor[]) => void) => Value;
    backwardsFunc: (dy: Value, saved: tf.Tensor[]) => Record<string, () => tf.Tensor>;
  }): Value;
}

/** Runs an operation with a custom gradient. */
export function differentiable<
  Value extends tf.Tensor | tf.Tensor[],
  Inputs extends NamedTensors,
  Saved extends NamedTensors = NamedTensors,
>({ inputs, forward, backward }: Differentiable<Value, Inputs, Saved>): Value {
  let names: string[] = [];
  // runKernelFunc is missing from the engine's public type.
  return (tf.engine() as unknown as Engine).runKernelFunc<Value>({
    inputs: defined(inputs),
    forwardFunc: (_, save) => {
      const { value, saved = {} } = forward();
      const kept = defined(saved);
      names = Object.keys(kept);
      save(Object.values(kept));
      return value;
    },
    backwardsFunc: (dy, tensors) =>
      backward(dy, Object.fromEntries(names.map((name, i) => [name, tensors[i]])) as Saved),
  });
}

function defined(tensors: NamedTensors): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).filter((entry): entry is [string, tf.Tensor] => entry[1] !== undefined),
  );
}
