// Helper threads for the WASM kernels. Chunks of a kernel do not depend on one another, so who does which is left to
// chance, and the result has the same bits for any number of threads.
import { SLOT, SLOTS, takeChunk, type ThreadMessage } from './thread.mjs';

/** A thread as a host starts it: it runs help() of thread.mjs on the one message it gets. */
export interface HelperThread {
  postMessage(message: ThreadMessage): void;
}

export interface ThreadHost {
  /** Threads besides the one that calls. */
  helpers: number;
  start(): HelperThread;
}

/** One kernel's work. */
export interface Job {
  kernel: number;
  args: number;
  chunks: number;
  /** Address of the work areas, one a thread, and their size. */
  work: number;
  workBytes: number;
}

/** Looks before the thread that waits for the others sleeps. */
const LOOKS = 100_000;

export class Threads {
  private readonly slots: Int32Array;

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

  /** Does all chunks of a job together with the helpers that are awake. */
  run({ kernel, args, chunks, work, workBytes }: Job): void {
    const { slots } = this;
    slots[SLOT.kernel] = kernel;
    slots[SLOT.args] = args;
    slots[SLOT.work] = work;
    slots[SLOT.workStep] = workBytes;
    slots[SLOT.chunks] = chunks;
    Atomics.store(slots, SLOT.done, 0);
    Atomics.store(slots, SLOT.left, chunks);
    Atomics.add(slots, SLOT.turn, 1);
    Atomics.notify(slots, SLOT.turn);
    while (takeChunk(slots, this.instance, 0));
    this.waitFor(chunks);
    if (slots[SLOT.failed] !== 0) throw new Error(`a chunk of WASM kernel ${kernel} failed`);
  }

  private waitFor(chunks: number): void {
    for (let looks = 0; ; looks++) {
      const done = Atomics.load(this.slots, SLOT.done);
      if (done === chunks) return;
      if (looks > LOOKS) Atomics.wait(this.slots, SLOT.done, done, 100);
    }
  }
}
