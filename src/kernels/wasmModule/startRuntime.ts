// Starts the compiled module of our WASM kernels (npm run kernels) on tfjs's WASM backend.
import { wasmBackend } from '../tfjsBackends.ts';
import { isShared, memoryOf, WasmRuntime } from '../wasm/runtime.ts';
import type { ThreadHost } from '../wasm/threads.ts';
import { KERNELS_BASE64 } from './binary.ts';

/**
 * Requires that tfjs's WASM backend is in use.
 * @param host helper threads, used when the backend's memory is shared
 */
export function startWasmRuntime(host?: ThreadHost): WasmRuntime {
  const backend = wasmBackend();
  return new WasmRuntime(backend, compileModule(isShared(memoryOf(backend))), host);
}

/** The binary imports a shared memory; for an unshared one, one flag of the import is changed. */
function compileModule(sharedMemory: boolean): WebAssembly.Module {
  const bytes = Uint8Array.from(atob(KERNELS_BASE64), (c) => c.charCodeAt(0));
  if (!sharedMemory) bytes[memoryFlagsAt(bytes)] = 1;
  return new WebAssembly.Module(bytes);
}

/** Index of the flags of the imported memory: they follow its name, "memory", and the import kind, 2. */
function memoryFlagsAt(bytes: Uint8Array): number {
  const name = [6, ...new TextEncoder().encode('memory')];
  const found = bytes.findIndex((_, i) => name.every((c, j) => bytes[i + j] === c) && bytes[i + 7] === 2);
  if (found < 0 || bytes[found + 8] !== 3)
    throw new Error(
      'The module of our WASM kernels imports no shared memory; compile it with npm run kernels.',
    );
  return found + 8;
}
