// Helper threads for the WASM kernels in the browser: workers of the training's worker. Memory can be shared with them
// only where the page is isolated from other origins.
/// <reference lib="webworker" />
import type { WasmThreads } from '../kernels/backend.ts';
import { wasmFiles } from '../kernels/wasmFiles.ts';

/** More threads than this gain nothing at the sizes that are trained here. */
const MAX_HELPERS = 7;

/** @param base address that those of the files are meant from. Returns undefined where there can be no threads. */
export function wasmThreads(base: string): WasmThreads | undefined {
  if (!globalThis.crossOriginIsolated) return undefined;
  const files = wasmFiles(base) as Record<string, string>;
  return {
    helpers: Math.min(navigator.hardwareConcurrency - 1, MAX_HELPERS),
    async binary(name) {
      const response = await fetch(files[name]!);
      if (!response.ok) throw new Error(`${name} could not be fetched (${response.status})`);
      return new Uint8Array(await response.arrayBuffer());
    },
    start: () => new Worker(new URL('./kernel.worker.ts', import.meta.url), { type: 'module' }),
  };
}
