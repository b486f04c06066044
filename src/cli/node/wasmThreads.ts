// Helper threads for the WASM kernels in Node: as many as there are cores, less the one that calls.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { WasmThreads } from '../../kernels/backend.ts';

/** Threads that compute, for who wants another number than there are cores: SEMBLANCE_WASM_THREADS=1 for one. */
const asked = Number.parseInt(process.env.SEMBLANCE_WASM_THREADS ?? '', 10);
const threads = asked >= 1 ? asked : availableParallelism();

/** More threads than this gain nothing at the sizes that are trained here. */
const MAX_HELPERS = 7;

export const wasmThreads: WasmThreads = {
  helpers: Math.min(threads - 1, MAX_HELPERS),
  binary: (name) =>
    readFile(createRequire(import.meta.url).resolve(`@tensorflow/tfjs-backend-wasm/dist/${name}`)),
  start() {
    // Without the loader of TypeScript that this process may have: the thread's code is plain JavaScript.
    const thread = new Worker(new URL('kernelThread.mjs', import.meta.url), { execArgv: [] });
    thread.unref();
    return thread;
  },
};
