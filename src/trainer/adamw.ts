// AdamW (Loshchilov & Hutter 2019) as in PyTorch and as in transformers, with clipping by global gradient norm.
//
//   torch   p *= 1 - lr wd;  p -= lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps)
//   hf      p -= lr sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + eps);  p -= lr wd p      (transformers 4.18)
//
// Without weight decay they differ only in eps. The state is two moments per parameter and a step count.
import * as tf from '@tensorflow/tfjs-core';
import { adamwUpdate, gradientNorm, type AdamWParameter, type GradientNorm } from '../kernels/adamw/adamw.ts';
import { join, hasJoinKernel, splitInto } from '../kernels/join/join.ts';
import type { ParameterName, Parameters } from '../encoder/parameters.ts';
import type { NamedTensor, TensorMap } from '../encoder/safetensors.ts';

export interface AdamWKnobs {
  optimizer: 'adamw-hf' | 'adamw-torch';
  adamBeta1: number;
  adamBeta2: number;
  adamEpsilon: number;
  weightDecay: number;
}

/** A unit of the update: one parameter, or several small ones concatenated, with the decayed ones first. */
interface ParameterUnit {
  names: ParameterName[];
  m: tf.Variable;
  v: tf.Variable;
  /** Number of leading elements that weight decay applies to. */
  decayed: number;
}

/** Maximum size of a small parameter, in elements: concatenating it costs less than updating it separately. */
const SMALL = 65536;

/** Does weight decay apply to this parameter? Not to biases and layer norms (as in HF Trainer). */
export function isDecayed(name: ParameterName): boolean {
  return !name.endsWith('.bias') && !name.includes('LayerNorm');
}

export type Gradients = Map<ParameterName, tf.Tensor>;

/** Gradients in the form the update needs, with their norm and clip factor; all of it stays on the device. */
export interface ClippedGradients extends GradientNorm {
  /** One gradient per unit of the optimiser. */
  gradients: tf.Tensor[];
}

export function disposeClipped({ norm, factor, gradients }: ClippedGradients): void {
  tf.dispose([norm, factor, ...gradients]);
}

export class AdamW {
  /** Updates made. */
  step = 0;
  private readonly units: ParameterUnit[];

  constructor(
    private readonly parameters: Parameters,
    /** The trained parameters. */
    readonly names: readonly ParameterName[],
    /** Whether weight decay applies to a parameter. */
    decays: (name: ParameterName) => boolean = isDecayed,
  ) {
    const sizeOf = (name: ParameterName) => parameters.get(name).size;
    const small = hasJoinKernel() ? names.filter((name) => sizeOf(name) <= SMALL) : [];
    const decayedFirst = [...small.filter(decays), ...small.filter((name) => !decays(name))];
    const alone = names.filter((name) => !small.includes(name)).map((name) => [name]);
    this.units = [...alone, decayedFirst]
      .filter((unit) => unit.length > 0)
      .map((unit) => {
        const shape = unit.length === 1 ? parameters.get(unit[0]!).shape : [parameters.count(unit)];
        const zeros = () => tf.tidy(() => tf.variable(tf.zeros(shape), false));
        return { names: unit, m: zeros(), v: zeros(), decayed: parameters.count(unit.filter(decays)) };
      });
  }

  /**
   * Gathers the gradients by unit, and computes their global norm and the clip factor. Dispose of the result with
   * disposeClipped().
   * @param maximum maximum norm; 0 turns clipping off
   */
  clip(gradients: Gradients, maximum: number): ClippedGradients {
    const gradient = (name: ParameterName) => {
      const found = gradients.get(name);
      if (!found) throw new Error(`no gradient for "${name}"`);
      return found;
    };
    const given = this.units.map(({ names: [first, ...others] }) =>
      others.length === 0 ? tf.clone(gradient(first!)) : join([first!, ...others].map(gradient)),
    );
    return { ...gradientNorm(given, maximum), gradients: given };
  }

  /** Performs one update, in place. */
  apply({ gradients, factor }: ClippedGradients, learningRate: number, knobs: AdamWKnobs): void {
    this.step++;
    const { optimizer, adamBeta1: beta1, adamBeta2: beta2, adamEpsilon: epsilon } = knobs;
    const correction1 = 1 - beta1 ** this.step;
    const correction2 = 1 - beta2 ** this.step;
    // Both variants are  p = decayFactor * p - rate * m / (sqrt(v) + eps'), apart from the order of decay and step.
    const rate = (learningRate * Math.sqrt(correction2)) / correction1;
    const eps = optimizer === 'adamw-hf' ? epsilon : epsilon * Math.sqrt(correction2);
    const decayFactor = 1 - learningRate * knobs.weightDecay;
    const learning = this.units.map(({ names, ...unit }, i): AdamWParameter => {
      const variables = names.map((name) => this.parameters.get(name));
      const parameter =
        variables.length === 1 ? variables[0]! : tf.tidy(() => tf.variable(join(variables), false));
      return { ...unit, parameter, gradient: gradients[i]! };
    });
    const decayFirst = optimizer === 'adamw-torch';
    adamwUpdate(learning, factor, { beta1, beta2, rate, epsilon: eps, decayFirst, decayFactor });
    this.units.forEach(({ names }, i) => {
      if (names.length === 1) return;
      const { parameter } = learning[i]!;
      splitInto(
        parameter as tf.Tensor as tf.Tensor1D,
        names.map((name) => this.parameters.get(name)),
      );
      parameter.dispose();
    });
  }

  /** Copies both moments to the host, as "m.<parameter>" and "v.<parameter>". */
  async read(): Promise<TensorMap> {
    const found: TensorMap = new Map();
    // All reads are started at once, so that a GPU handles them together.
    const read = this.units.map(async ({ names, m, v }) => {
      const moments = await Promise.all([m.data<'float32'>(), v.data<'float32'>()]);
      let at = 0;
      for (const name of names) {
        const { shape, size } = this.parameters.get(name);
        const [first, second] = moments.map((data) => ({
          shape: shape.slice(),
          data: data.slice(at, at + size),
        }));
        found.set(`m.${name}`, first!).set(`v.${name}`, second!);
        at += size;
      }
    });
    await Promise.all(read);
    // In the order of the parameters, regardless of how they are concatenated.
    const keys = this.names.flatMap((name) => [`m.${name}`, `v.${name}`]);
    return new Map(keys.map((key) => [key, found.get(key)!]));
  }

  /** Restores the moments returned by read(). @throws Error when a moment is missing */
  write(tensors: TensorMap, step: number): void {
    for (const { names, m, v } of this.units) {
      assign(
        m,
        names.map((name) => momentOf(tensors, `m.${name}`)),
      );
      assign(
        v,
        names.map((name) => momentOf(tensors, `v.${name}`)),
      );
    }
    this.step = step;
  }

  dispose(): void {
    for (const { m, v } of this.units) tf.dispose([m, v]);
    this.units.length = 0;
  }
}

function momentOf(tensors: TensorMap, name: string): NamedTensor {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`the checkpoint has no moment "${name}"`);
  return tensor;
}

/** Sets a variable to the concatenated values of tensors. */
function assign(variable: tf.Variable, tensors: readonly NamedTensor[]): void {
  let data = tensors[0]!.data;
  if (tensors.length > 1) {
    data = new Float32Array(variable.size);
    let at = 0;
    for (const tensor of tensors) {
      data.set(tensor.data, at);
      at += tensor.data.length;
    }
  }
  const value = tf.tensor(data, variable.shape, 'float32');
  variable.assign(value);
  value.dispose();
}
