// Compute pipelines in the cache of tfjs's WebGPU backend: compiled when they are first needed, or ahead of that.
import { env } from '@tensorflow/tfjs-core';
import type { WebGpuBackend } from './tfjsBackends.ts';

function descriptorOf(backend: WebGpuBackend, key: string, code: () => string): GPUComputePipelineDescriptor {
  const module = backend.device.createShaderModule({ code: code(), label: key });
  return { compute: { module, entryPoint: 'main' }, layout: 'auto', label: key };
}

/** The pipeline of this key, compiled at its first use. @param code WGSL with an entry point `main` */
export function pipelineOf(backend: WebGpuBackend, key: string, code: () => string): GPUComputePipeline {
  const known = backend.pipelineCache[key];
  // One that is still being compiled in the background is compiled at once, now that it is needed.
  if (known && !(known instanceof Promise)) return known;
  return (backend.pipelineCache[key] = backend.device.createComputePipeline(
    descriptorOf(backend, key, code),
  ));
}

/** tfjs's flag: its programs are compiled in the background and not run. Ours do the same. */
const ONLY_COMPILE = 'WEBGPU_ENGINE_COMPILE_ONLY';
/** tfjs's flag: small tensors that are not on the device are computed with on the host. */
const ON_HOST = 'WEBGPU_CPU_FORWARD';

/** Are kernels only compiled at present, not run? */
export function onlyCompiling(): boolean {
  return env().getBool(ONLY_COMPILE);
}

/** While kernels are only compiled: begins to compile this one in the background. */
export function compileInBackground(backend: WebGpuBackend, key: string, code: () => string): void {
  backend.pipelineCache[key] ??= backend.device.createComputePipelineAsync(descriptorOf(backend, key, code));
}

/**
 * Compiles the kernels that `work` runs, all at once and in the background. Nothing is computed: the tensors that the work
 * makes hold no numbers and must not be read back. A pipeline that cannot be compiled is left out; its error comes when
 * it is needed.
 * @param onProgress called with the number of new pipelines that are compiled, and of all new ones
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
