// A helper thread of the WASM kernels in the browser: a worker of the training's worker.
/// <reference lib="webworker" />
import { runHelperThread, type ThreadMessage } from '../kernels/wasm/thread.mjs';

addEventListener('message', ({ data }: MessageEvent<ThreadMessage>) => runHelperThread(data), { once: true });
