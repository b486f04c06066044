// The threads of the WASM kernels: every chunk of a job is computed once, and a job that fails leaves the next one alone.
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { SLOTS, type ThreadMessage } from '../../src/kernels/wasm/thread.mjs';
import { Threads, type Job } from '../../src/kernels/wasm/threads.ts';

type RunChunk = (kernel: number, args: number, chunk: number, workspace: number) => void;

const memory = () => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
/** The module's instance on the calling thread: only its one export is used. */
const instanceOf = (runChunk: RunChunk) => ({ exports: { runChunk } }) as unknown as WebAssembly.Instance;
const job = (kernel: number, chunks: number): Job => ({
  kernel,
  args: 64,
  chunks,
  workspaces: 1024,
  workspaceStride: 128,
});
const noModule = {} as WebAssembly.Module;
const alone = { helpers: 0, start: () => ({ postMessage: () => undefined }) };

describe('the calling thread alone', () => {
  it('computes each chunk once, with the arguments and the workspace of the job', () => {
    const calls: number[][] = [];
    const threads = new Threads(
      alone,
      memory(),
      noModule,
      instanceOf((...call) => void calls.push(call)),
      0,
    );
    threads.run(job(7, 4));
    expect(calls.map(([, , chunk]) => chunk).sort()).toEqual([0, 1, 2, 3]);
    for (const [kernel, args, , workspace] of calls) expect([kernel, args, workspace]).toEqual([7, 64, 1024]);
  });

  it('names the kernel whose chunk failed after its other chunks, and runs the next job as if nothing had been', () => {
    const computed: string[] = [];
    const runChunk: RunChunk = (kernel, _args, chunk) => {
      if (kernel === 3 && chunk === 1) throw new WebAssembly.RuntimeError('out of bounds');
      computed.push(`${kernel}.${chunk}`);
    };
    const threads = new Threads(alone, memory(), noModule, instanceOf(runChunk), 0);
    expect(() => threads.run(job(3, 3))).toThrow('A chunk of WASM kernel 3 failed.');
    expect(computed.sort()).toEqual(['3.0', '3.2']);
    threads.run(job(4, 2));
    expect(computed.sort()).toEqual(['3.0', '3.2', '4.0', '4.1']);
    expect(() => threads.run(job(3, 3))).toThrow('A chunk of WASM kernel 3 failed.');
  });
});

/**
 * A module whose runChunk(kernel, args, chunk, workspace) traps if the kernel is 3, and else adds 1 to the memory's word
 * at 4096 + 4 * chunk, atomically, in a shared memory.
 */
const MODULE = new Uint8Array([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 8, 1, 0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 0], // type (i32 i32 i32 i32) -> ()
  ...[2, 16, 1, 3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 3, 1, 1], // env.memory, shared, 1 page
  ...[3, 2, 1, 0],
  ...[7, 12, 1, 8, 0x72, 0x75, 0x6e, 0x43, 0x68, 0x75, 0x6e, 0x6b, 0, 0], // export runChunk
  ...[10, 29, 1, 27, 0],
  ...[0x20, 0, 0x41, 3, 0x46, 0x04, 0x40, 0x00, 0x0b], // if kernel == 3: unreachable
  ...[0x41, 0x80, 0x20, 0x20, 2, 0x41, 4, 0x6c, 0x6a], // 4096 + 4 * chunk
  ...[0x41, 1, 0xfe, 0x1e, 2, 0, 0x1a, 0x0b], // add 1, drop
]);

const HELPER = new URL('../../src/cli/node/kernelThread.mjs', import.meta.url);
const workers: Worker[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.terminate();
});

describe('with helpers', () => {
  it('computes each chunk once, and again after a job in which every thread failed', () => {
    const shared = memory();
    const module = new WebAssembly.Module(MODULE);
    const host = {
      helpers: 2,
      start: () => {
        const worker = new Worker(HELPER, { execArgv: [] });
        workers.push(worker);
        return { postMessage: (message: ThreadMessage) => worker.postMessage(message) };
      },
    };
    const instance = new WebAssembly.Instance(module, { env: { memory: shared } });
    const threads = new Threads(host, shared, module, instance, 0);
    const counts = new Int32Array(shared.buffer, 4096, 64);
    for (let round = 1; round <= 50; round++) {
      threads.run(job(1, 64));
      expect([...counts]).toEqual(Array.from({ length: 64 }, () => round));
      expect(() => threads.run(job(3, 64))).toThrow('A chunk of WASM kernel 3 failed.');
    }
    expect(SLOTS * 4).toBeLessThanOrEqual(1024);
  });
});
