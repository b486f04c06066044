// Helper threads for the WASM kernels in Node: one per core, minus the calling thread.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { WasmThreads } from '../../kernels/backend.ts';

/** Total number of threads, if SEMBLANCE_WASM_THREADS is set; by default it is the number of cores. */
const requested = Number.parseInt(process.env.SEMBLANCE_WASM_THREADS ?? '', 10);
const threads = requested >= 1 ? requested : availableParallelism();

/** For the model sizes trained here, more threads do not help. */
const MAX_HELPERS = 7;

export const wasmThreads: WasmThreads = {
  helpers: Math.min(threads - 1, MAX_HELPERS),
  binary: (name) =>
    readFile(createRequire(import.meta.url).resolve(`@tensorflow/tfjs-backend-wasm/dist/${name}`)),
  start() {
    // Without the TypeScript loader that this process may use: the thread's code is plain JavaScript.
    const thread = new Worker(new URL('kernelThread.mjs', import.meta.url), { execArgv: [] });
    thread.unref();
    return thread;
  },
};
