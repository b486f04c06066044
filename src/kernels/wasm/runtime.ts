// Our own WASM kernels at work in the memory of tfjs's WASM backend: where tensors lie, what a kernel is told, and the
// scratch memory it needs. The kernels are compiled from *.as.ts (npm run kernels).
import * as tf from '@tensorflow/tfjs-core';
import { KERNELS_BASE64 } from './binary.ts';
import { Threads, type ThreadHost } from './threads.ts';

/** Numbers as in module.as.ts. */
const KERNEL_NUMBERS = {
  packPanels: 0,
  multiplyRows: 1,
  geluGradient: 2,
  columnSum: 3,
  addNorm: 4,
  addNormGradient: 5,
  addNormColumns: 6,
  attention: 7,
  attentionGradient: 8,
  embed: 9,
  zero: 10,
  scatterRows: 11,
  dropout: 12,
  adamw: 13,
  squares: 14,
  total: 15,
} as const;
export type WasmKernel = keyof typeof KERNEL_NUMBERS;

interface KernelModule {
  run(kernel: number, args: number, chunks: number, work: number): void;
  leastWork(): number;
  attentionWork(length: number, size: number): number;
  rowWork(width: number): number;
  packedBytes(k: number, n: number): number;
}

/** The part of tfjs's WASM backend that we use. */
interface Backend {
  wasm: {
    /** The exports of its module; the memory stands elsewhere in the build with threads. */
    asm: { memory?: WebAssembly.Memory };
    wasmMemory?: WebAssembly.Memory;
    _malloc(bytes: number): number;
    _free(address: number): void;
  };
  dataIdMap: { get(id: object): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
  incRef(id: object): void;
}

/** A float32 as the 32 bits a kernel reads. */
export function bits(x: number): number {
  FLOAT[0] = x;
  return WORD[0]!;
}
const FLOAT = new Float32Array(1);
const WORD = new Int32Array(FLOAT.buffer);

/** Slots for arguments. */
const ARGUMENTS = 24;

/** The next multiple of 64. */
function cacheLine(bytes: number): number {
  return ((bytes + 63) & ~63) >>> 0;
}

/** Room for the control block of the threads, and to shift it to a cache line's border. */
const CONTROL_BYTES = 256;

/** A block of memory that grows and is kept. */
class Block {
  private address = 0;
  private size = 0;

  constructor(private readonly backend: Backend) {}

  /** @returns an address on a cache line's border */
  atLeast(bytes: number): number {
    if (bytes > this.size) {
      if (this.address !== 0) this.backend.wasm._free(this.address);
      this.size = Math.ceil(bytes * 1.25);
      this.address = this.backend.wasm._malloc(this.size + 64) >>> 0;
      if (this.address === 0) throw new Error(`no memory for ${bytes} bytes`);
    }
    return cacheLine(this.address);
  }
}

export class WasmRuntime {
  private readonly backend: Backend;
  readonly module: KernelModule;
  private readonly memory: WebAssembly.Memory;
  private readonly work: Block;
  private readonly packed: Block;
  private readonly table: Block;
  private readonly args: number;
  private words = new Int32Array(0);

  private readonly threads: Threads | undefined;
  /** Threads that compute, the calling one included. */
  readonly threadCount: number;

  /** @param given tfjs's WASM backend, started; @param host helper threads, used when its memory is shared */
  constructor(given: unknown, host?: ThreadHost) {
    const backend = (this.backend = given as Backend);
    const memory = backend.wasm.wasmMemory ?? backend.wasm.asm.memory;
    if (!memory) throw new Error("tfjs's WASM backend shows no memory");
    this.memory = memory;
    const shared = isShared(memory);
    const module = compiled(shared);
    const instance = new WebAssembly.Instance(module, { env: { memory } });
    this.module = instance.exports as unknown as KernelModule;
    [this.work, this.packed, this.table] = [new Block(backend), new Block(backend), new Block(backend)];
    this.args = backend.wasm._malloc(ARGUMENTS * 4) >>> 0;
    this.threadCount = shared && host ? host.helpers + 1 : 1;
    if (host && this.threadCount > 1) {
      const control = backend.wasm._malloc(CONTROL_BYTES) >>> 0;
      this.threads = new Threads(host, memory, module, instance, cacheLine(control));
    }
  }

  /** A new float32 tensor; what it holds is undefined. */
  output(shape: number[]): tf.TensorInfo {
    return this.backend.makeOutput(shape, 'float32');
  }

  /** A second tensor with the data of a first one. */
  shared(tensor: tf.TensorInfo): tf.TensorInfo {
    this.backend.incRef(tensor.dataId);
    return { ...tensor };
  }

  /** Where a tensor's values lie. */
  at({ dataId }: tf.TensorInfo): number {
    return this.backend.dataIdMap.get(dataId).memoryOffset;
  }

  /** Memory for packed operands, until the next call. */
  packedMemory(bytes: number): number {
    return this.packed.atLeast(bytes);
  }

  /** Memory for a table, filled with these words, until the next call. */
  tableOf(words: Int32Array): number {
    const address = this.table.atLeast(words.byteLength);
    this.view().set(words, address >>> 2);
    return address;
  }

  /**
   * Does all chunks of a kernel.
   * @param args addresses, integers, and floats by bits(); slots that are not given are 0
   * @param work bytes that one thread needs to work in
   */
  run(kernel: WasmKernel, args: readonly number[], chunks: number, work = 0): void {
    const workBytes = cacheLine(Math.max(work, this.module.leastWork()));
    const area = this.work.atLeast(workBytes * this.threadCount);
    const from = this.args >>> 2;
    this.view()
      .fill(0, from + args.length, from + ARGUMENTS)
      .set(args, from);
    const number = KERNEL_NUMBERS[kernel];
    if (this.threads && chunks > 1)
      this.threads.run({ kernel: number, args: this.args, chunks, work: area, workBytes });
    else this.module.run(number, this.args, chunks, area);
  }

  /** The memory as words; it moves when it grows. */
  private view(): Int32Array {
    if (this.words.buffer !== this.memory.buffer) this.words = new Int32Array(this.memory.buffer);
    return this.words;
  }
}

function isShared({ buffer }: WebAssembly.Memory): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && (buffer as unknown) instanceof SharedArrayBuffer;
}

/** The module for a memory of this kind: it is compiled for a shared one, which is one flag of its import. */
function compiled(shared: boolean): WebAssembly.Module {
  const bytes = Uint8Array.from(atob(KERNELS_BASE64), (c) => c.charCodeAt(0));
  if (!shared) bytes[sharedFlagAt(bytes)] = 1;
  return new WebAssembly.Module(bytes);
}

/** Where the import of the memory says what kind it is: after its name "memory" and its sort, 2. */
function sharedFlagAt(bytes: Uint8Array): number {
  const name = [6, ...new TextEncoder().encode('memory')];
  const found = bytes.findIndex((_, i) => name.every((c, j) => bytes[i + j] === c) && bytes[i + 7] === 2);
  if (found < 0 || bytes[found + 8] !== 3)
    throw new Error('the module of our kernels imports no shared memory');
  return found + 8;
}

/** How a kernel of ours computes: inputs by name and attributes to one tensor or several. */
export type WasmKernelFunction = (
  runtime: WasmRuntime,
  inputs: Record<string, tf.TensorInfo>,
  attributes: never,
) => tf.TensorInfo | tf.TensorInfo[];

/** Makes a kernel of the WASM backend out of a function, in place of the one it may have. */
export function register(runtime: WasmRuntime, kernelName: string, compute: WasmKernelFunction): void {
  const present: unknown = tf.getKernel(kernelName, 'wasm');
  if (present) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) =>
      compute(runtime, inputs as Record<string, tf.TensorInfo>, attrs as never),
  });
}
