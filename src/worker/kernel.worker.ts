// A helper thread of the WASM kernels in the browser: a worker of the training's worker.
/// <reference lib="webworker" />
import { help, type ThreadMessage } from '../kernels/wasm/thread.mjs';

addEventListener('message', ({ data }: MessageEvent<ThreadMessage>) => help(data), { once: true });
