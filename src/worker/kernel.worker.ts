// Entry point of a helper thread for the WASM kernels in the browser: a worker started by the training worker.
/// <reference lib="webworker" />
import { runHelperThread, type ThreadMessage } from '../kernels/wasm/thread.mjs';

addEventListener('message', ({ data }: MessageEvent<ThreadMessage>) => runHelperThread(data), { once: true });
