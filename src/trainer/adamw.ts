// AdamW (Loshchilov & Hutter 2019) in the two forms that matter here, with clipping by the global gradient norm.
//
//   torch   p *= 1 - lr wd;  p -= lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps)
//   hf      p -= lr sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + eps);  p -= lr wd p      (transformers 4.18)
//
// At weight decay 0 they differ through eps alone. State is plain data: two moments per parameter and a step count.
import * as tf from '@tensorflow/tfjs-core';
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
  return tf.tidy(() => {
    const squares = [...gradients.values()].map((g) => tf.sum(tf.square(g)));
    // Not tf.addN: on WebGPU it binds every input at once, and an adapter may allow eight.
    return tf.sqrt<tf.Scalar>(tf.sum(tf.stack(squares)));
  });
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
    const { optimizer, adamBeta1: b1, adamBeta2: b2, adamEpsilon: epsilon } = knobs;
    const correction1 = 1 - b1 ** this.step;
    const correction2 = 1 - b2 ** this.step;
    // Both forms are  p = keep * p - rate * m / (sqrt(v) + eps'), up to the order of decay and step.
    const rate = (learningRate * Math.sqrt(correction2)) / correction1;
    const eps = optimizer === 'adamw-hf' ? epsilon : epsilon * Math.sqrt(correction2);
    for (const name of this.names) {
      const gradient = gradients.get(name);
      if (!gradient) throw new Error(`no gradient for "${name}"`);
      const decay = this.decays(name) ? 1 - learningRate * knobs.weightDecay : 1;
      const { m, v } = this.moments.get(name)!;
      const parameter = this.parameters.get(name);
      tf.tidy(() => {
        const g = tf.mul(gradient, factor);
        m.assign(tf.add(tf.mul(m, b1), tf.mul(g, 1 - b1)));
        v.assign(tf.add(tf.mul(v, b2), tf.mul(tf.square(g), 1 - b2)));
        const update = tf.mul(tf.div(m, tf.add(tf.sqrt(v), eps)), rate);
        if (decay === 1) parameter.assign(tf.sub(parameter, update));
        else if (optimizer === 'adamw-torch') parameter.assign(tf.sub(tf.mul(parameter, decay), update));
        else parameter.assign(tf.mul(tf.sub(parameter, update), decay));
      });
    }
  }

  /** Moments as tensors named "m.<parameter>" and "v.<parameter>". */
  async read(): Promise<TensorMap> {
    const tensors: TensorMap = new Map();
    for (const [name, { m, v }] of this.moments) {
      tensors.set(`m.${name}`, { shape: m.shape.slice(), data: Float32Array.from(await m.data()) });
      tensors.set(`v.${name}`, { shape: v.shape.slice(), data: Float32Array.from(await v.data()) });
    }
    return tensors;
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
