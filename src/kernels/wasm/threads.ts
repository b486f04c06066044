// Helper threads for the WASM kernels. The chunks of a kernel are independent of one another, so any thread may take
// any chunk, and the result is bit-identical for any number of threads.
import { runNextChunk, SLOT, SLOTS, type ThreadMessage } from './thread.mjs';

/** A thread as started by a host: it calls runHelperThread() of thread.mjs with the one message it receives. */
export interface HelperThread {
  postMessage(message: ThreadMessage): void;
}

export interface ThreadHost {
  /** Number of threads besides the calling one. */
  helpers: number;
  start(): HelperThread;
}

/** All chunks of one kernel. */
export interface Job {
  /** The kernel's number in signatures.ts. */
  kernel: number;
  /** Address of the kernel's arguments. */
  args: number;
  chunks: number;
  /** Address of the first thread's workspace, and the bytes from one workspace to the next. */
  workspaces: number;
  workspaceStride: number;
}

/** How often the calling thread polls for the helpers' last chunks before it sleeps. */
const MAX_POLLS = 100_000;

export class Threads {
  private readonly slots: Int32Array;

  /** @param control address of the control block, SLOTS words */
  constructor(
    host: ThreadHost,
    memory: WebAssembly.Memory,
    module: WebAssembly.Module,
    private readonly instance: WebAssembly.Instance,
    control: number,
  ) {
    this.slots = new Int32Array(memory.buffer, control, SLOTS).fill(0);
    for (let thread = 1; thread <= host.helpers; thread++)
      host.start().postMessage({ memory, module, control, thread });
  }

  /**
   * Runs all chunks of a job, together with the helpers that are awake.
   * @throws Error when a chunk has failed; other jobs are not affected
   */
  run({ kernel, args, chunks, workspaces, workspaceStride }: Job): void {
    const { slots } = this;
    slots[SLOT.kernel] = kernel;
    slots[SLOT.args] = args;
    slots[SLOT.workspaces] = workspaces;
    slots[SLOT.workspaceStride] = workspaceStride;
    slots[SLOT.chunks] = chunks;
    // A job that failed says nothing about the next one.
    slots[SLOT.failed] = 0;
    Atomics.store(slots, SLOT.finished, 0);
    Atomics.store(slots, SLOT.remaining, chunks);
    Atomics.add(slots, SLOT.job, 1);
    Atomics.notify(slots, SLOT.job);
    while (runNextChunk(slots, this.instance, 0));
    this.waitFor(chunks);
    if (slots[SLOT.failed] !== 0) throw new Error(`A chunk of WASM kernel ${kernel} failed.`);
  }

  private waitFor(chunks: number): void {
    for (let polls = 0; ; polls++) {
      const finished = Atomics.load(this.slots, SLOT.finished);
      if (finished === chunks) return;
      if (polls > MAX_POLLS) Atomics.wait(this.slots, SLOT.finished, finished, 100);
    }
  }
}
