// The browser's Worker on top of Node's, for a library that starts its threads from a blob and knows no other kind.
import { resolveObjectURL } from 'node:buffer';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

const GLOBALS = `
  const { parentPort } = require('node:worker_threads');
  globalThis.self = globalThis;
  globalThis.postMessage = (message) => parentPort.postMessage(message);
  parentPort.on('message', (data) => globalThis.onmessage({ data }));
`;

class BlobWorker {
  onmessage: ((event: { data: unknown }) => void) | undefined;
  onerror: ((event: { message: string }) => void) | undefined;
  private readonly started: Promise<Worker>;

  constructor(url: string) {
    this.started = this.start(url);
  }

  private async start(url: string): Promise<Worker> {
    const blob = resolveObjectURL(url);
    if (!blob) throw new Error(`${url} is no blob`);
    const worker = new Worker(GLOBALS + (await blob.text()), { eval: true });
    worker.unref();
    worker.on('message', (data: unknown) => this.onmessage?.({ data }));
    worker.on('error', (error) => this.onerror?.({ message: error.message }));
    return worker;
  }

  postMessage(message: unknown): void {
    void this.started.then((worker) => worker.postMessage(message));
  }
}

/** Gives this process a Worker and says how many of them are worth having. */
export function provideWorkers(): void {
  const { navigator } = globalThis as { navigator?: object };
  if (navigator === undefined)
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
  Object.defineProperty(globalThis.navigator, 'hardwareConcurrency', {
    value: availableParallelism(),
    configurable: true,
  });
  Object.assign(globalThis, { Worker: BlobWorker });
}
