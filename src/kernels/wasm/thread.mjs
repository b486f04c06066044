// What a helper thread of the WASM kernels does: it takes chunks of the work at hand until there is none, and sleeps.
// Plain JavaScript, since Node runs it as it is. Started by a host (worker/kernel.worker.ts, cli/node/kernelThread.mjs).

/** Slots of the control block, 32-bit words in the shared memory. */
export const SLOT = {
  /** Chunks that nobody has taken. Taking is counting down: who counts from n to n - 1 does chunk n - 1. */
  left: 0,
  /** Chunks that are done. */
  done: 1,
  chunks: 2,
  kernel: 3,
  args: 4,
  /** First address of the threads' work areas, and bytes from one to the next. */
  work: 5,
  workStep: 6,
  /** Counts pieces of work; sleepers wait for it to change. */
  turn: 7,
  /** 1 when a chunk has failed. */
  failed: 8,
};
export const SLOTS = 16;

/** Looks at the counter this often before sleeping: some 50 microseconds, more than lie between two kernels. */
const LOOKS = 20_000;

/**
 * Takes one chunk if there is any, does it and counts it. What describes the work is read after taking: it cannot
 * change until every chunk taken is done.
 */
export function takeChunk(slots, instance, thread) {
  for (;;) {
    const left = Atomics.load(slots, SLOT.left);
    if (left <= 0) return false;
    if (Atomics.compareExchange(slots, SLOT.left, left, left - 1) !== left) continue;
    const work = (slots[SLOT.work] >>> 0) + thread * slots[SLOT.workStep];
    try {
      instance.exports.once(slots[SLOT.kernel], slots[SLOT.args], left - 1, work);
    } catch {
      Atomics.store(slots, SLOT.failed, 1);
    }
    const chunks = slots[SLOT.chunks];
    if (Atomics.add(slots, SLOT.done, 1) + 1 === chunks) Atomics.notify(slots, SLOT.done);
    return true;
  }
}

/** Works for ever; the host ends the thread. @param message {memory, module, control, thread} */
export function help({ memory, module, control, thread }) {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const slots = new Int32Array(memory.buffer, control, SLOTS);
  for (;;) {
    const turn = Atomics.load(slots, SLOT.turn);
    let looks = 0;
    while (looks++ < LOOKS) if (takeChunk(slots, instance, thread)) looks = 0;
    Atomics.wait(slots, SLOT.turn, turn);
  }
}
