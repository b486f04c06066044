// Chooses a device and starts it: a hardware GPU through WebGPU, otherwise WASM. A software (CPU) WebGPU adapter is
// far slower than WASM and is used only on request.
import * as tf from '@tensorflow/tfjs-core';
// tfjs's gradients. The package provides them as a module for bundlers only; in Node the whole of tfjs includes them
// (package.json, "imports").
import '#gradients';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { DeviceChoice, DeviceInfo } from '../util/devices.ts';
import { Failure } from '../util/failure.ts';
import { chooseTiles, type TileHost } from './matMul/tileCache.webgpu.ts';
import { findAdapter, requestDevice, type AdapterDescription, type GpuHost } from './adapter.ts';
import { keepMatrixConfigs } from './capabilities.ts';
import { firstLine, releaseDevice, useDevice } from './deviceHealth.ts';
import { registerKernels } from './register.ts';
import { registerWasmKernels } from './registerWasm.ts';
import { webGpuBackend } from './tfjsBackends.ts';
import { defaultKernelConfig, setKernelConfig } from './tuning.ts';
import type { WasmRuntime } from './wasm/runtime.ts';
import { placeSharedBinary, SINGLE_THREAD_FILE } from './wasm/sharedMemory.ts';
import type { ThreadHost } from './wasm/threads.ts';
import { startWasmRuntime } from './wasmModule/startRuntime.ts';

/** Access of a host (browser worker, Node) to a GPU and the WASM files. */
export interface BackendHost extends GpuHost {
  /** Paths of the WASM binaries, by file name; in Node they are found in their package. */
  wasmFiles?: Parameters<typeof setWasmPaths>[0] | undefined;
  /** Helper threads for WASM, where memory can be shared with them. */
  wasmThreads?: WasmThreads | undefined;
  /** Where the fastest tiles of a GPU are stored, and whether they are measured; without it the defaults are used. */
  tiles?: TileHost | undefined;
}

export interface WasmThreads extends ThreadHost {
  /** The bytes of one of tfjs's WASM binaries. */
  binary(name: string): Promise<Uint8Array>;
}

/**
 * Starts the chosen device.
 * @throws Failure when a device that was requested by name is not available
 */
export async function startDevice(choice: DeviceChoice, host: BackendHost): Promise<DeviceInfo> {
  registerKernels();
  switch (choice) {
    case 'cpu':
      await useBackend('cpu');
      return { name: 'cpu', detail: 'plain JavaScript', reason: 'requested (meant for tests)' };
    case 'wasm':
      return startWasm(host, 'requested');
    case 'webgpu':
    case 'software':
      return startAskedWebGpu(choice, host, await findAdapter(host, choice === 'software'));
    case 'auto': {
      const found = await findAdapter(host);
      if (typeof found === 'string') return startWasm(host, `no GPU: ${firstLine(found)}`);
      if (found.software)
        return startWasm(
          host,
          `the only WebGPU adapter (${found.detail}) runs on the processor, where WASM is faster`,
        );
      try {
        return await startWebGpu('webgpu', host, found, 'a hardware GPU was found');
      } catch (error) {
        return startWasm(host, `the GPU (${found.detail}) could not be started: ${firstLine(error)}`);
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
    throw new Failure(`Device "${choice}" is not available: ${found} Use --device wasm.`);
  if (choice === 'webgpu' && found.software) {
    throw new Failure(
      `Device "webgpu" is not available: the only adapter (${found.detail}) runs on the processor. Use --device wasm, or --device software to use it anyway.`,
    );
  }
  if (choice === 'software' && !found.software) {
    throw new Failure(
      `Device "software" is not available: the adapter (${found.detail}) is a hardware GPU. Use --device webgpu.`,
    );
  }
  try {
    return await startWebGpu(choice, host, found, 'requested');
  } catch (error) {
    throw new Failure(
      `Device "${choice}" (${found.detail}) could not be started: ${firstLine(error)}. Use --device wasm.`,
      { cause: error },
    );
  }
}

let wasmPlaced = false;

/** Sets where tfjs finds its WASM binary; tfjs reads this once, before it first starts. */
async function placeWasm({ wasmThreads, wasmFiles }: BackendHost, simd: boolean): Promise<void> {
  if (wasmPlaced) return;
  wasmPlaced = true;
  if (simd && wasmThreads && wasmThreads.helpers > 0) {
    try {
      placeSharedBinary(await wasmThreads.binary(SINGLE_THREAD_FILE));
      return;
    } catch {
      // The binary cannot be loaded or shared: a single thread is used, and the device's description shows it.
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
  const device = await requestDevice(adapter);
  stopWebGpu();
  useDevice(device);
  keepMatrixConfigs(device, adapter.info);
  if (tf.engine().backendNames().includes('webgpu')) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info), 3);
  await useBackend('webgpu');
  setKernelConfig({ device }, defaultKernelConfig(device, found.software));
  const tuned = tiles !== undefined && (await chooseTiles(webGpuBackend(), tiles)) !== 'default';
  return { name, detail: tuned ? `${detail}, tiles tuned` : detail, reason };
}

/** Releases the WebGPU device. */
function stopWebGpu(): void {
  const device = releaseDevice();
  if (!device) return;
  tf.removeBackend('webgpu');
  device.destroy();
}

async function useBackend(name: string): Promise<void> {
  if (name !== 'webgpu') stopWebGpu();
  if (!(await tf.setBackend(name))) throw new Failure(`The ${name} backend could not be started.`);
  await tf.ready();
}
