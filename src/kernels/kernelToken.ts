// A kernel's token: its name in tfjs's registry with the names of its inputs and outputs and the type of its
// attributes. Operations run a kernel by its token and backends register their version of it under the same token, so
// the compiler checks both sides against one declaration.
import * as tf from '@tensorflow/tfjs-core';
import type { TfjsBackends } from './tfjsBackends.ts';

/**
 * Tensors by name. A name ending in "?" is optional; one ending in "*" is a list: "x*" for x0, x1, ...
 * @typeParam T tf.Tensor for operations, tf.TensorInfo for kernels
 */
type TensorsByName<Names extends string, T> = {
  [Name in Names as Name extends `${string}?` | `${string}*` ? never : Name]: T;
} & {
  [Name in Names as Name extends `${infer Base}?` ? Base : never]?: T | undefined;
} & {
  [Name in Names as Name extends `${infer Base}*` ? `${Base}${number}` : never]: T;
};

export interface KernelToken<Inputs extends string, Outputs extends string, Attributes extends object> {
  readonly name: string;
  readonly inputs: readonly Inputs[];
  /** In the order in which tfjs passes them. Only the last ones may be optional. */
  readonly outputs: readonly Outputs[];
  /** Type-only, never read at run time: pass `{} as LinearAttributes`. */
  readonly attributes?: Attributes;
}

/** @param name as in tfjs's kernel registry: "Semblance..." for kernels of our own */
export function kernelToken<
  const Inputs extends string,
  const Outputs extends string,
  Attributes extends object = object,
>(
  name: string,
  types: Omit<KernelToken<Inputs, Outputs, Attributes>, 'name'>,
): KernelToken<Inputs, Outputs, Attributes> {
  return { name, ...types };
}

/** The inputs of a token's kernel, for functions that a backend registers under it. */
export type InputsOf<Token> =
  Token extends KernelToken<infer Inputs, string, object> ? TensorsByName<Inputs, tf.TensorInfo> : never;

/** The outputs of a token's kernel. */
export type OutputsOf<Token> =
  Token extends KernelToken<string, infer Outputs, object> ? TensorsByName<Outputs, tf.TensorInfo> : never;

type NamedTensors<T> = Record<string, T | undefined>;

/** The arguments of tfjs's kernel functions, typed by a token and a backend. */
interface KernelCall<Inputs extends string, Attributes, Backend> {
  inputs: TensorsByName<Inputs, tf.TensorInfo>;
  attrs: Attributes;
  backend: Backend;
}

/** Registers a backend's version of a kernel, replacing an existing one. */
export function registerKernel<
  Inputs extends string,
  Outputs extends string,
  Attributes extends object,
  BackendName extends keyof TfjsBackends,
>(
  { name: kernelName, outputs: names }: KernelToken<Inputs, Outputs, Attributes>,
  backendName: BackendName,
  compute: (
    inputs: TensorsByName<Inputs, tf.TensorInfo>,
    attributes: Attributes,
    backend: TfjsBackends[BackendName],
  ) => TensorsByName<Outputs, tf.TensorInfo>,
): void {
  if (isRegistered(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({
    kernelName,
    backendName,
    // tfjs passes everything untyped; runKernel() checks the types of what operations pass.
    kernelFunc: (call: unknown) => {
      const { inputs, attrs, backend } = call as KernelCall<Inputs, Attributes, TfjsBackends[BackendName]>;
      const outputs: NamedTensors<tf.TensorInfo> = compute(inputs, attrs, backend);
      const tensors = names.flatMap((name) => outputs[baseName(name)] ?? []);
      // A single output is returned by itself, as the kernels of tfjs's own operations must do.
      return names.length === 1 ? tensors[0]! : tensors;
    },
  });
}

/** Kernels without attributes are run with two arguments. */
type AttributeArguments<Attributes> = object extends Attributes ? [] : [attributes: Attributes];

/** Runs the kernel of the backend in use; it is differentiable only if a gradient is registered under its name. */
export function runKernel<Inputs extends string, Outputs extends string, Attributes extends object>(
  { name, outputs }: KernelToken<Inputs, Outputs, Attributes>,
  inputs: TensorsByName<Inputs, tf.Tensor>,
  ...[attributes]: AttributeArguments<Attributes>
): TensorsByName<Outputs, tf.Tensor> {
  const given: NamedTensors<tf.Tensor> = inputs;
  const present = Object.entries(given).filter(([, tensor]) => tensor !== undefined);
  const result = tf
    .engine()
    .runKernel<tf.Tensor | tf.Tensor[]>(name, Object.fromEntries(present) as tf.NamedTensorMap, {
      ...attributes,
    });
  const tensors = Array.isArray(result) ? result : [result];
  // registerKernel() returns the outputs in the order of the token's names.
  const entries = tensors.map((tensor, i) => [baseName(outputs[i]!), tensor]);
  return Object.fromEntries(entries) as TensorsByName<Outputs, tf.Tensor>;
}

/** Whether the backend in use has this kernel. If not, the operation is composed of tfjs ops. */
export function hasKernel({ name }: { readonly name: string }): boolean {
  return isRegistered(name, tf.getBackend());
}

function isRegistered(kernelName: string, backendName: string): boolean {
  const kernel: unknown = tf.getKernel(kernelName, backendName);
  return kernel !== undefined && kernel !== null;
}

function baseName(name: string): string {
  return name.replace(/[?*]$/, '');
}

/** Tensors as the inputs "x*": x0, x1, ... */
export function asList<T, Name extends string>(
  name: Name,
  tensors: readonly T[],
): Record<`${Name}${number}`, T> {
  return Object.fromEntries(tensors.map((tensor, i) => [`${name}${i}`, tensor])) as Record<
    `${Name}${number}`,
    T
  >;
}

/** The inputs "x*" as a list again. */
export function fromList<Name extends string>(
  name: Name,
  inputs: Record<`${Name}${number}`, tf.TensorInfo>,
  count: number,
): tf.TensorInfo[] {
  return Array.from({ length: count }, (_, i) => inputs[`${name}${i}`]);
}
