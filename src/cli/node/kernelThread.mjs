// A helper thread of the WASM kernels in Node.
import { parentPort } from 'node:worker_threads';
import { runHelperThread } from '../../kernels/wasm/thread.mjs';

parentPort.once('message', runHelperThread);
