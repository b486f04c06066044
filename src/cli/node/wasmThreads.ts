// Helper threads for the WASM kernels in Node: one per core, less the calling thread.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { WasmThreads } from '../../kernels/backend.ts';

/** Number of computing threads when it should not be the number of cores: SEMBLANCE_WASM_THREADS=1 for one. */
const requested = Number.parseInt(process.env.SEMBLANCE_WASM_THREADS ?? '', 10);
const threads = requested >= 1 ? requested : availableParallelism();

/** At the sizes trained here, more threads gain nothing. */
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
