// Helper threads for the WASM kernels in the browser: workers started by the training worker. They need shared memory,
// which is available only if the page is cross-origin isolated.
/// <reference lib="webworker" />
import type { WasmThreads } from '../kernels/backend.ts';
import { wasmFiles } from '../kernels/wasmFiles.ts';

/** More helper threads bring no speedup at the model sizes trained here. */
const MAX_HELPERS = 7;

/** @param base URL that the files' URLs are relative to @returns undefined if threads are not available */
export function wasmThreads(base: string): WasmThreads | undefined {
  if (!globalThis.crossOriginIsolated) return undefined;
  const files = wasmFiles(base) as Record<string, string>;
  return {
    helpers: Math.min(navigator.hardwareConcurrency - 1, MAX_HELPERS),
    async binary(name) {
      const url = files[name];
      if (url === undefined) throw new Error(`There is no WASM file "${name}".`);
      const response = await fetch(url);
      if (!response.ok) throw new Error(`${name} could not be fetched (${response.status})`);
      return new Uint8Array(await response.arrayBuffer());
    },
    start: () => new Worker(new URL('./kernel.worker.ts', import.meta.url), { type: 'module' }),
  };
}
