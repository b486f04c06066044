// Choosing what computes, and starting it. The ladder: a hardware GPU through WebGPU, else WASM. A WebGPU driver that
// runs on the processor (SwiftShader, lavapipe, WARP) is far slower than WASM and is used only when asked for.
import * as tf from '@tensorflow/tfjs-core';
// tfjs's gradients. Its package has them as a module for bundlers only; in Node the whole tfjs brings them along
// (package.json, "imports").
import '#gradients';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { DeviceChoice, DeviceInfo } from '../util/devices.ts';
import { Failure, messageOf } from '../util/failure.ts';
import { chooseTiles, type TileHost } from './matMul/keptTiles.webgpu.ts';
import { keepMatrixConfigs, MATRIX_FEATURE } from './capabilities.ts';
import { registerKernels } from './register.ts';
import { registerWasmKernels } from './registerWasm.ts';
import { webGpuBackend } from './tfjsBackends.ts';
import type { WasmRuntime } from './wasm/runtime.ts';
import { placeSharedBinary, SINGLE_THREAD_FILE } from './wasm/sharedMemory.ts';
import type { ThreadHost } from './wasm/threads.ts';
import { startWasmRuntime } from './wasmModule/startRuntime.ts';

/** What a host (browser worker, Node) knows about getting at a GPU and the WASM files. */
export interface BackendHost {
  /** The entry point of WebGPU, or a sentence that says why there is none. */
  gpu(): Promise<GPU | string>;
  /** Where the WASM binaries are, by file name; in Node they are found beside their package. */
  wasmFiles?: Parameters<typeof setWasmPaths>[0] | undefined;
  /** Helper threads for WASM, where memory can be shared with them. */
  wasmThreads?: WasmThreads | undefined;
  /** Where the fastest tiles of a GPU are kept, and whether they are measured; without it the defaults stand. */
  tiles?: TileHost | undefined;
}

export interface WasmThreads extends ThreadHost {
  /** The bytes of one of tfjs's WASM binaries. */
  binary(name: string): Promise<Uint8Array>;
}

/** An adapter as WebGPU describes it. */
export interface AdapterDescription {
  adapter: GPUAdapter;
  detail: string;
  /** Does it compute on the processor? */
  software: boolean;
}

const SOFTWARE_ADAPTER = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|\bwarp\b/i;

/** Features that kernels may use when the adapter offers them. */
const WANTED_FEATURES = ['shader-f16', 'subgroups', 'timestamp-query', MATRIX_FEATURE];

/**
 * The adapter WebGPU gives, described; or a sentence that says why there is none.
 * @param software prefer a driver that runs on the processor, on a machine that has a GPU too
 */
export async function findAdapter(host: BackendHost, software = false): Promise<AdapterDescription | string> {
  try {
    const gpu = await host.gpu();
    if (typeof gpu === 'string') return gpu;
    const adapter =
      (software ? await gpu.requestAdapter({ forceFallbackAdapter: true }) : null) ??
      (await gpu.requestAdapter({ powerPreference: 'high-performance' }));
    if (!adapter) return 'WebGPU is there but offers no adapter (no GPU driver).';
    const { vendor, architecture, device, description } = adapter.info;
    const detail =
      [vendor, architecture, description || device].filter((part) => part !== '').join(' ') ||
      'unnamed adapter';
    return { adapter, detail, software: isFallback(adapter) || SOFTWARE_ADAPTER.test(detail) };
  } catch (error) {
    return `WebGPU failed to start (${messageOf(error)}).`;
  }
}

/** Does the adapter itself say that it runs on the processor? Older browsers keep the word elsewhere, or have none. */
function isFallback(adapter: GPUAdapter): boolean {
  const places = [adapter, adapter.info] as { isFallbackAdapter?: boolean }[];
  return places.some(({ isFallbackAdapter }) => isFallbackAdapter === true);
}

/**
 * Starts the device that was chosen.
 * @throws Failure when a device asked for by name is not there.
 */
export async function startDevice(choice: DeviceChoice, host: BackendHost): Promise<DeviceInfo> {
  registerKernels();
  switch (choice) {
    case 'cpu':
      await useBackend('cpu');
      return { name: 'cpu', detail: 'plain JavaScript', reason: 'asked for (meant for tests)' };
    case 'wasm':
      return startWasm(host, 'asked for');
    case 'webgpu':
    case 'software':
      return startAskedWebGpu(choice, host, await findAdapter(host, choice === 'software'));
    case 'auto': {
      const found = await findAdapter(host);
      if (typeof found === 'string') return startWasm(host, `no GPU: ${sentenceOf(found)}`);
      if (found.software)
        return startWasm(
          host,
          `the only WebGPU adapter (${found.detail}) runs on the processor, where WASM is faster`,
        );
      try {
        return await startWebGpu('webgpu', host, found, 'a hardware GPU was found');
      } catch (error) {
        return startWasm(host, `the GPU (${found.detail}) could not be started: ${sentenceOf(error)}`);
      }
    }
  }
}

async function startAskedWebGpu(
  choice: 'webgpu' | 'software',
  host: BackendHost,
  found: AdapterDescription | string,
): Promise<DeviceInfo> {
  if (typeof found === 'string')
    throw new Failure(`Device "${choice}" is not here: ${found} Use --device wasm.`);
  if (choice === 'webgpu' && found.software) {
    throw new Failure(
      `Device "webgpu" is not here: the only adapter (${found.detail}) runs on the processor. Use --device wasm, or --device software to use it all the same.`,
    );
  }
  if (choice === 'software' && !found.software) {
    throw new Failure(
      `Device "software" is not here: the adapter (${found.detail}) is a hardware GPU. Use --device webgpu.`,
    );
  }
  try {
    return await startWebGpu(choice, host, found, 'asked for');
  } catch (error) {
    throw new Failure(
      `Device "${choice}" (${found.detail}) could not be started: ${sentenceOf(error)}. Use --device wasm.`,
      { cause: error },
    );
  }
}

/** The first line of an error, without its full stop. */
function sentenceOf(error: unknown): string {
  return messageOf(error).split('\n')[0]!.replace(/\.$/, '');
}

let wasmPlaced = false;

/** Says where tfjs finds its WASM binary, which it asks once, before it first starts. */
async function placeWasm({ wasmThreads, wasmFiles }: BackendHost, simd: boolean): Promise<void> {
  if (wasmPlaced) return;
  wasmPlaced = true;
  if (simd && wasmThreads && wasmThreads.helpers > 0) {
    try {
      placeSharedBinary(await wasmThreads.binary(SINGLE_THREAD_FILE));
      return;
    } catch {
      // A binary that cannot be had or shared: one thread it is, and the device's description says so.
    }
  }
  if (wasmFiles !== undefined) setWasmPaths(wasmFiles);
}

async function startWasm(host: BackendHost, reason: string): Promise<DeviceInfo> {
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  await placeWasm(host, simd === true);
  await useBackend('wasm');
  const threads = simd ? startOwnKernels(host) : 1;
  const detail = `WebAssembly${simd ? ' SIMD' : ''}, ${threads === 1 ? 'one thread' : `${threads} threads`}`;
  return { name: 'wasm', detail, reason };
}

/** Our own kernels on the WASM backend, and that backend. */
let ownKernels: { backend: unknown; runtime: WasmRuntime } | undefined;

/** Registers our own kernels, which need SIMD. Returns the number of threads that compute. */
function startOwnKernels(host: BackendHost): number {
  const backend = tf.backend();
  if (ownKernels?.backend !== backend) {
    ownKernels = { backend, runtime: startWasmRuntime(host.wasmThreads) };
    registerWasmKernels(ownKernels.runtime);
  }
  return ownKernels.runtime.threadCount;
}

async function startWebGpu(
  name: 'webgpu' | 'software',
  { tiles }: BackendHost,
  found: AdapterDescription,
  reason: string,
): Promise<DeviceInfo> {
  const { adapter, detail } = found;
  const { limits } = adapter;
  const device = await adapter.requestDevice({
    requiredFeatures: WANTED_FEATURES.filter((feature) => adapter.features.has(feature)) as GPUFeatureName[],
    requiredLimits: {
      maxBufferSize: limits.maxBufferSize,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      // More tensors share a dispatch of the optimiser.
      maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    },
  });
  stopWebGpu();
  watch(device);
  keepMatrixConfigs(device, adapter.info);
  if (tf.engine().backendNames().includes('webgpu')) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info), 3);
  await useBackend('webgpu');
  const tuned = tiles !== undefined && (await chooseTiles(webGpuBackend(), tiles)) !== 'default';
  return { name, detail: tuned ? `${detail}, tiles tuned` : detail, reason };
}

/** The WebGPU device in use, and what went wrong with it. */
let running: GPUDevice | undefined;
let fault: string | undefined;
/** Called with what went wrong, once for each device. */
let onFault: ((what: string) => void) | undefined;

/** tfjs would go on after a lost device or a refused command, with garbage; what happened is kept here instead. */
function watch(device: GPUDevice): void {
  running = device;
  const note = (what: string, error: unknown) => {
    if (device !== running || fault !== undefined) return;
    fault = `${what}${sentenceOf(error)}`;
    onFault?.(fault);
  };
  device.addEventListener('uncapturederror', ({ error }) =>
    note('WebGPU refused a command: ', error.message),
  );
  void device.lost.then(({ reason, message }) => note('The GPU device was lost: ', message || reason));
}

/** Gives the device back, and forgets its faults: they say nothing about the next one. */
function stopWebGpu(): void {
  const device = running;
  running = fault = undefined;
  if (!device) return;
  tf.removeBackend('webgpu');
  device.destroy();
}

/** How long the news of a lost device may take: a read-back that waits for it fails first. */
const NEWS = 500; // milliseconds

/** After an error: what went wrong with the WebGPU device in use, if anything did. */
export async function deviceFault(): Promise<string | undefined> {
  if (fault === undefined && running) {
    await Promise.race([running.lost, new Promise((resolve) => setTimeout(resolve, NEWS))]);
  }
  return fault;
}

/** Tells a host at once when the device in use is lost or refuses work, rather than at the next read-back. */
export function watchDevice(listener: (what: string) => void): void {
  onFault = listener;
}

/** Destroys the device in use, as a driver's crash would: for tests of recovery. Returns whether there was one. */
export function loseDevice(): boolean {
  running?.destroy();
  return running !== undefined;
}

/** @throws Failure when the device has been lost or has refused work since it was started. */
export function assertDeviceSound(): void {
  if (fault !== undefined)
    throw new Failure(`${fault}. The last checkpoint is kept; go on with --resume, or with --device wasm.`);
}

async function useBackend(name: string): Promise<void> {
  if (name !== 'webgpu') stopWebGpu();
  if (!(await tf.setBackend(name))) throw new Failure(`The ${name} backend could not be started.`);
  await tf.ready();
}
