// Vanilla must be vanilla: kernels live in one registry for all of a process, so ours are compared with tfjs's own.
import * as tf from '@tensorflow/tfjs-core';

const BACKENDS = ['webgpu', 'wasm', 'cpu'];

type Registry = Map<string, unknown>;

/** The kernels that are registered now, of all backends. */
export function registeredKernels(): Registry {
  const registry: Registry = new Map();
  for (const backend of BACKENDS)
    for (const { kernelName, kernelFunc } of tf.getKernelsForBackend(backend))
      registry.set(`${backend} ${kernelName}`, kernelFunc);
  return registry;
}

/**
 * What vanilla gets from us, in words.
 * @param before the registry before our kernels joined it
 */
export function lentKernels(before: Registry, backend: string): string[] {
  const notes: string[] = [];
  for (const [key, kernel] of registeredKernels()) {
    const [owner, name] = key.split(' ') as [string, string];
    if (owner !== backend || name.startsWith('Semblance') || before.get(key) === kernel) continue;
    notes.push(
      before.has(key)
        ? `vanilla tfjs runs our ${name} instead of its own: its figures are not vanilla.`
        : `vanilla tfjs has no ${name} on ${backend}; it is lent ours, without which it could not run.`,
    );
  }
  return notes;
}
