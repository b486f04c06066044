// Compute pipelines in the cache of tfjs's WebGPU backend: compiled on first use or ahead of time.
import { env } from '@tensorflow/tfjs-core';
import type { WebGpuBackend } from './tfjsBackends.ts';

function descriptorOf(backend: WebGpuBackend, key: string, code: () => string): GPUComputePipelineDescriptor {
  const module = backend.device.createShaderModule({ code: code(), label: key });
  return { compute: { module, entryPoint: 'main' }, layout: 'auto', label: key };
}

/**
 * The pipeline of a key, compiled on first use.
 * @param code WGSL with an entry point `main`
 */
export function pipelineOf(backend: WebGpuBackend, key: string, code: () => string): GPUComputePipeline {
  const known = backend.pipelineCache[key];
  // A pipeline still being compiled in the background is compiled synchronously, because it is needed now.
  if (known && !(known instanceof Promise)) return known;
  return (backend.pipelineCache[key] = backend.device.createComputePipeline(
    descriptorOf(backend, key, code),
  ));
}

/** tfjs's flag: its programs are compiled in the background and not run. Our kernels do the same. */
const ONLY_COMPILE = 'WEBGPU_ENGINE_COMPILE_ONLY';
/** tfjs's flag: operations on small tensors that are not on the device run on the host. */
const ON_HOST = 'WEBGPU_CPU_FORWARD';

/** Whether kernels are currently only compiled, not run. */
export function onlyCompiling(): boolean {
  return env().getBool(ONLY_COMPILE);
}

/** While kernels are only compiled: starts compiling this one in the background. */
export function compileInBackground(backend: WebGpuBackend, key: string, code: () => string): void {
  backend.pipelineCache[key] ??= backend.device.createComputePipelineAsync(descriptorOf(backend, key, code));
}

/**
 * Compiles the kernels that `work` runs, all at once and in the background. Nothing is computed: the tensors that
 * `work` creates hold no values and must not be read back. A pipeline that fails to compile is skipped; its error is
 * raised when it is needed.
 * @param onProgress called with the number of new pipelines compiled so far, and of all new ones
 * @returns whether all could be compiled
 */
export async function compileAhead(
  backend: WebGpuBackend,
  work: () => void,
  onProgress?: (done: number, all: number) => void,
): Promise<boolean> {
  const { device, pipelineCache } = backend;
  const before = new Set(Object.keys(pipelineCache));
  device.pushErrorScope('validation');
  const onHost = env().getBool(ON_HOST);
  env().set(ONLY_COMPILE, true);
  // Tensors that were not computed have no values on the host either.
  env().set(ON_HOST, false);
  try {
    work();
  } finally {
    env().set(ONLY_COMPILE, false);
    env().set(ON_HOST, onHost);
    device.popErrorScope().catch(() => undefined);
  }
  const waiting = Object.entries(pipelineCache).filter(([key]) => !before.has(key));
  let done = 0;
  const arrive = async ([key, promise]: (typeof waiting)[number]): Promise<boolean> => {
    const pipeline = await Promise.resolve(promise).catch(() => undefined);
    if (pipelineCache[key] === promise) {
      if (pipeline) pipelineCache[key] = pipeline;
      else Reflect.deleteProperty(pipelineCache, key);
    }
    onProgress?.(++done, waiting.length);
    return pipeline !== undefined;
  };
  return (await Promise.all(waiting.map(arrive))).every(Boolean);
}
