// Starts WebGPU in Node: Dawn, with a software Vulkan driver on machines without a GPU.
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import type { BackendHost } from '../../kernels/backend.ts';
import type { TileHost } from '../../kernels/matMul/tileCache.webgpu.ts';
import { tileFile } from './tileFile.ts';
import { wasmThreads } from './wasmThreads.ts';
import { messageOf } from '../../util/failure.ts';
import { findChromium, findDriver, isFile } from '../chromium.mjs';

/** RTLD_NODELETE: the library stays loaded when Node closes it. */
const KEEP_LOADED = 0x1000;

/** Dawn, started once. A failure is not cached, because the next call may look for a software driver. */
let started: GPU | undefined;

/**
 * The host interface of the kernels in Node: starts WebGPU, WASM threads and the tile cache.
 * @param software look for SwiftShader if VK_ICD_FILENAMES names no Vulkan driver
 * @param tuning how a GPU's tiles are measured; by default cached measurements are used and nothing is measured
 */
export function nodeHost(
  software: boolean,
  tuning: Omit<TileHost, 'store'> = { measure: 'never' },
): BackendHost {
  return {
    async gpu() {
      if (started) return started;
      const gpu = await startDawn(software);
      if (typeof gpu !== 'string') started = gpu;
      return gpu;
    },
    wasmThreads,
    tiles: software ? undefined : { store: tileFile(), ...tuning },
  };
}

async function startDawn(software: boolean): Promise<GPU | string> {
  if (software && process.env.VK_ICD_FILENAMES === undefined) useSwiftShader();
  if (process.platform === 'linux' && !hasVulkan())
    return 'no Vulkan driver is installed (libvulkan.so.1 is missing).';
  try {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    // Subgroup matrices are experimental in Dawn, and off by default.
    const gpu = create(['enable-dawn-features=allow_unsafe_apis']);
    // tfjs checks navigator.gpu; Node 21 and later have a navigator of their own.
    Object.defineProperty(globalThis, 'navigator', {
      value: { gpu },
      configurable: true,
    });
    return gpu;
  } catch (error) {
    return `the webgpu package could not be loaded (${messageOf(error)}).`;
  }
}

/** Is there a Vulkan loader? Checked first, because Dawn prints errors to stderr when there is none. */
function hasVulkan(): boolean {
  try {
    process.dlopen({ exports: {} }, 'libvulkan.so.1', constants.dlopen.RTLD_NOW | KEEP_LOADED);
  } catch (error) {
    return !messageOf(error).includes('cannot open shared object');
  }
  return true;
}

/** Points Vulkan to the driver that comes with Chromium, and loads Chromium's Vulkan loader if it has one. */
function useSwiftShader(): void {
  const program = findChromium();
  const driver = program === undefined ? undefined : findDriver(program);
  if (driver === undefined) return;
  process.env.VK_ICD_FILENAMES = driver;
  const loader = join(dirname(driver), 'libvulkan.so.1');
  if (!isFile(loader)) return;
  try {
    process.dlopen({ exports: {} }, loader, constants.dlopen.RTLD_NOW | KEEP_LOADED);
  } catch {
    // dlopen always throws, because the library is not a Node addon, but it does load the library.
  }
}
