// AdamW (Loshchilov & Hutter 2019) in the two forms that matter here, with clipping by the global gradient norm.
//
//   torch   p *= 1 - lr wd;  p -= lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps)
//   hf      p -= lr sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + eps);  p -= lr wd p      (transformers 4.18)
//
// At weight decay 0 they differ through eps alone. State is plain data: two moments per parameter and a step count.
import * as tf from '@tensorflow/tfjs-core';
import { adamwUpdate, squaredNorm } from '../kernels/adamw/adamw.ts';
import type { ParameterName, Parameters } from '../encoder/parameters.ts';
import type { NamedTensor, TensorMap } from '../encoder/safetensors.ts';

export interface AdamWKnobs {
  optimizer: 'adamw-hf' | 'adamw-torch';
  adamBeta1: number;
  adamBeta2: number;
  adamEpsilon: number;
  weightDecay: number;
}

interface Moments {
  m: tf.Variable;
  v: tf.Variable;
}

/** Biases and layer norms are not decayed (HF Trainer). */
export function isDecayed(name: ParameterName): boolean {
  return !name.endsWith('.bias') && !name.includes('LayerNorm');
}

export type Gradients = Map<ParameterName, tf.Tensor>;

/** Square root of the sum of all squared gradient entries: a scalar that stays on the device. */
export function globalNorm(gradients: Gradients): tf.Scalar {
  return tf.tidy(() => tf.sqrt<tf.Scalar>(squaredNorm([...gradients.values()])));
}

/** min(1, maximum / (norm + 1e-6)), as torch's clip_grad_norm_; 1 when maximum is 0. */
export function clipFactor(norm: tf.Scalar, maximum: number): tf.Scalar {
  return tf.tidy(() =>
    maximum > 0 ? tf.minimum<tf.Scalar>(1, tf.div(maximum, tf.add(norm, 1e-6))) : tf.scalar(1),
  );
}

export class AdamW {
  /** Updates made. */
  step = 0;
  private readonly moments = new Map<ParameterName, Moments>();

  constructor(
    private readonly parameters: Parameters,
    /** The parameters that learn. */
    readonly names: readonly ParameterName[],
    /** Which of them weight decay touches. */
    private readonly decays: (name: ParameterName) => boolean = isDecayed,
  ) {
    for (const name of names) {
      const zeros = () => tf.tidy(() => tf.variable(tf.zeros(parameters.get(name).shape), false));
      this.moments.set(name, { m: zeros(), v: zeros() });
    }
  }

  /** One update in place. @param factor scales every gradient first (clipping). */
  apply(gradients: Gradients, factor: tf.Scalar, learningRate: number, knobs: AdamWKnobs): void {
    this.step++;
    const { optimizer, adamBeta1: beta1, adamBeta2: beta2, adamEpsilon: epsilon } = knobs;
    const correction1 = 1 - beta1 ** this.step;
    const correction2 = 1 - beta2 ** this.step;
    // Both forms are  p = keep * p - rate * m / (sqrt(v) + eps'), up to the order of decay and step.
    const rate = (learningRate * Math.sqrt(correction2)) / correction1;
    const eps = optimizer === 'adamw-hf' ? epsilon : epsilon * Math.sqrt(correction2);
    const learning = this.names.map((name) => {
      const gradient = gradients.get(name);
      if (!gradient) throw new Error(`no gradient for "${name}"`);
      const keep = this.decays(name) ? 1 - learningRate * knobs.weightDecay : 1;
      return { parameter: this.parameters.get(name), gradient, ...this.moments.get(name)!, keep };
    });
    const decayFirst = optimizer === 'adamw-torch';
    adamwUpdate(learning, factor, { beta1, beta2, rate, epsilon: eps, decayFirst });
  }

  /** Moments as tensors named "m.<parameter>" and "v.<parameter>". */
  async read(): Promise<TensorMap> {
    const moments = [...this.moments].flatMap(([name, { m, v }]) => [
      { name: `m.${name}`, moment: m },
      { name: `v.${name}`, moment: v },
    ]);
    // All at once: a GPU answers them together.
    const read = moments.map(async ({ name, moment }): Promise<[string, NamedTensor]> => {
      const data = (await moment.data<'float32'>()).slice();
      return [name, { shape: moment.shape.slice(), data }];
    });
    return new Map(await Promise.all(read));
  }

  /** Restores what read() gave. @throws Error when a moment is missing. */
  write(tensors: TensorMap, step: number): void {
    const assign = (variable: tf.Variable, tensor: NamedTensor | undefined, name: string) => {
      if (!tensor) throw new Error(`the checkpoint has no moment "${name}"`);
      const value = tf.tensor(tensor.data, tensor.shape, 'float32');
      variable.assign(value);
      value.dispose();
    };
    for (const [name, { m, v }] of this.moments) {
      assign(m, tensors.get(`m.${name}`), `m.${name}`);
      assign(v, tensors.get(`v.${name}`), `v.${name}`);
    }
    this.step = step;
  }

  dispose(): void {
    for (const { m, v } of this.moments.values()) {
      m.dispose();
      v.dispose();
    }
    this.moments.clear();
  }
}
