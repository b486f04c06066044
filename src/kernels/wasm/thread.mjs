// A helper thread of the WASM kernels: it takes chunks of the current job until none is left, then sleeps.
// Plain JavaScript, since Node runs it without TypeScript. Started by a host (worker/kernel.worker.ts,
// cli/node/kernelThread.mjs).

/** The control block in shared memory: one 32-bit slot each. */
export const SLOT = {
  /** Chunks that have not been taken. A thread takes a chunk by decrementing: from n to n - 1 takes chunk n - 1. */
  remaining: 0,
  /** Chunks that are finished. */
  finished: 1,
  chunks: 2,
  kernel: 3,
  args: 4,
  /** Address of the first thread's workspace, and the bytes from one workspace to the next. */
  workspaces: 5,
  workspaceStride: 6,
  /** Number of the job; sleeping threads wait for it to change. */
  job: 7,
  /** 1 when a chunk of the current job has failed. */
  failed: 8,
};
export const SLOTS = 16;

/** Polls before sleeping: about 50 microseconds, longer than the gap between two kernels. */
const MAX_POLLS = 20_000;

/**
 * Takes a chunk if one is left, computes it and counts it as finished. The job's description is read after taking the
 * chunk: it cannot change before all taken chunks are finished.
 * @returns whether there was one
 */
export function runNextChunk(slots, instance, thread) {
  for (;;) {
    const remaining = Atomics.load(slots, SLOT.remaining);
    if (remaining <= 0) return false;
    if (Atomics.compareExchange(slots, SLOT.remaining, remaining, remaining - 1) !== remaining) continue;
    const workspace = (slots[SLOT.workspaces] >>> 0) + thread * slots[SLOT.workspaceStride];
    try {
      instance.exports.runChunk(slots[SLOT.kernel], slots[SLOT.args], remaining - 1, workspace);
    } catch {
      Atomics.store(slots, SLOT.failed, 1);
    }
    const chunks = slots[SLOT.chunks];
    if (Atomics.add(slots, SLOT.finished, 1) + 1 === chunks) Atomics.notify(slots, SLOT.finished);
    return true;
  }
}

/**
 * Never returns; the host terminates the thread.
 * @param message {memory, module, control, thread}
 */
export function runHelperThread({ memory, module, control, thread }) {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const slots = new Int32Array(memory.buffer, control, SLOTS);
  for (;;) {
    const job = Atomics.load(slots, SLOT.job);
    let polls = 0;
    while (polls++ < MAX_POLLS) if (runNextChunk(slots, instance, thread)) polls = 0;
    Atomics.wait(slots, SLOT.job, job);
  }
}
