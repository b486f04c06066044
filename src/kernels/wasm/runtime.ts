// Runs our own WASM kernels in the memory of tfjs's WASM backend: passes arguments, provides scratch memory, and
// distributes chunks among threads. The kernels are compiled from *.as.ts (npm run kernels).
import type * as tf from '@tensorflow/tfjs-core';
import type { WasmBackend } from '../tfjsBackends.ts';
import {
  RECORDS,
  SIGNATURES,
  type ArgumentType,
  type KernelArguments,
  type KernelName,
  type Layout,
  type RecordName,
  type RecordValues,
} from './signatures.ts';
import { Threads, type ThreadHost } from './threads.ts';

/** The exports of module.as.ts. */
interface KernelExports {
  runChunks(kernel: number, args: number, chunks: number, workspace: number): void;
  minWorkspace(): number;
  attentionWorkspace(length: number, headSize: number): number;
  addNormWorkspace(width: number): number;
  packedBytes(k: number, n: number): number;
}

export function memoryOf({ wasm }: WasmBackend): WebAssembly.Memory {
  const memory = wasm.wasmMemory ?? wasm.asm.memory;
  if (!memory) throw new Error("tfjs's WASM backend exposes no memory: our WASM kernels cannot run in it.");
  return memory;
}

export function isShared({ buffer }: WebAssembly.Memory): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && (buffer as unknown) instanceof SharedArrayBuffer;
}

/** A layout as a list, which is faster to iterate than an object. */
type Words = readonly { name: string; type: ArgumentType }[];
type Values = Readonly<Record<string, tf.TensorInfo | number | boolean | undefined>>;

interface Kernel {
  number: number;
  words: Words;
}

const KERNELS = Object.fromEntries(
  Object.entries(SIGNATURES).map(([name, { args }], number) => [name, { number, words: wordsOf(args) }]),
) as Record<KernelName, Kernel>;

const RECORD_WORDS = Object.fromEntries(
  Object.entries(RECORDS).map(([name, layout]) => [name, wordsOf(layout)]),
) as Record<RecordName, Words>;

function wordsOf(layout: Layout): Words {
  return Object.entries(layout).map(([name, type]) => ({ name, type }));
}

const MAX_ARGUMENTS = Math.max(...Object.values(KERNELS).map(({ words }) => words.length));

/** Bytes of a cache line, and of the threads' control block. */
const CACHE_LINE = 64;
const CONTROL_BYTES = 128;

function alignToCacheLine(address: number): number {
  return ((address + CACHE_LINE - 1) & -CACHE_LINE) >>> 0;
}

/** A block of memory that grows on demand and is never freed. */
class GrowingBlock {
  private address = 0;
  private size = 0;

  constructor(private readonly wasm: WasmBackend['wasm']) {}

  /** Makes room for `bytes`; the block's contents may be lost. Returns its address, aligned to a cache line. */
  reserve(bytes: number): number {
    if (bytes > this.size) {
      if (this.address !== 0) this.wasm._free(this.address);
      this.size = Math.ceil(bytes * 1.25);
      this.address = this.wasm._malloc(this.size + CACHE_LINE) >>> 0;
      if (this.address === 0) throw new Error(`Out of WASM memory: no room for ${bytes} bytes.`);
    }
    return alignToCacheLine(this.address);
  }
}

export class WasmRuntime {
  readonly exports: KernelExports;
  /** Number of threads that compute, the calling one included. */
  readonly threadCount: number;
  private readonly memory: WebAssembly.Memory;
  private readonly workspaces: GrowingBlock;
  private readonly scratch: GrowingBlock;
  private readonly table: GrowingBlock;
  private readonly args: number;
  private ints = new Int32Array(0);
  private floats = new Float32Array(0);
  private readonly threads: Threads | undefined;

  /**
   * @param module our kernels, compiled to match the backend's memory
   * @param host helper threads, used when the memory is shared
   */
  constructor(
    private readonly backend: WasmBackend,
    module: WebAssembly.Module,
    host?: ThreadHost,
  ) {
    const { wasm } = backend;
    const memory = (this.memory = memoryOf(backend));
    const instance = new WebAssembly.Instance(module, { env: { memory } });
    // The types of module.as.ts's exports are known only to the AssemblyScript compiler.
    this.exports = instance.exports as unknown as KernelExports;
    this.workspaces = new GrowingBlock(wasm);
    this.scratch = new GrowingBlock(wasm);
    this.table = new GrowingBlock(wasm);
    this.args = wasm._malloc(MAX_ARGUMENTS * 4) >>> 0;
    this.threadCount = host && isShared(memory) ? host.helpers + 1 : 1;
    if (host && this.threadCount > 1) {
      const control = wasm._malloc(CONTROL_BYTES + CACHE_LINE) >>> 0;
      this.threads = new Threads(host, memory, module, instance, alignToCacheLine(control));
    }
  }

  /** A new float32 tensor with uninitialised values. */
  output(shape: number[]): tf.TensorInfo {
    return this.backend.makeOutput(shape, 'float32');
  }

  /** A second tensor that shares the data of the first one. */
  share(tensor: tf.TensorInfo): tf.TensorInfo {
    this.backend.incRef(tensor.dataId);
    return { ...tensor };
  }

  /** Address of a tensor's values. */
  addressOf({ dataId }: tf.TensorInfo): number {
    return this.backend.dataIdMap.get(dataId).memoryOffset;
  }

  /** Scratch memory, valid until the next call. Returns its address. */
  scratchMemory(bytes: number): number {
    return this.scratch.reserve(bytes);
  }

  /** Writes a table of records, valid until the next call. Returns its address. */
  writeTable<Name extends RecordName>(name: Name, records: readonly RecordValues<Name>[]): number {
    const words = RECORD_WORDS[name];
    const recordBytes = 4 * words.length;
    const address = this.table.reserve(records.length * recordBytes);
    records.forEach((record, i) => this.write(words, record as Values, address + i * recordBytes));
    return address;
  }

  /**
   * Runs all chunks of a kernel.
   * @param args by their names in signatures.ts
   * @param workspaceBytes needed per thread
   */
  run<Name extends KernelName>(
    name: Name,
    args: KernelArguments<Name>,
    chunks: number,
    workspaceBytes = 0,
  ): void {
    const stride = alignToCacheLine(Math.max(workspaceBytes, this.exports.minWorkspace()));
    const workspaces = this.workspaces.reserve(stride * this.threadCount);
    const { number, words } = KERNELS[name];
    this.write(words, args as Values, this.args);
    if (this.threads && chunks > 1)
      this.threads.run({ kernel: number, args: this.args, chunks, workspaces, workspaceStride: stride });
    else this.exports.runChunks(number, this.args, chunks, workspaces);
  }

  /** Writes values in the order of their layout, one 32-bit word each. */
  private write(words: Words, values: Values, address: number): void {
    this.refreshViews();
    let index = address >>> 2;
    for (const { name, type } of words) {
      const value = values[name];
      if (type === 'f32') this.floats[index++] = value as number;
      else if (typeof value === 'object') this.ints[index++] = this.addressOf(value);
      else this.ints[index++] = Number(value ?? 0);
    }
  }

  /** The memory's buffer object is replaced when the memory grows. */
  private refreshViews(): void {
    const { buffer } = this.memory;
    if (this.ints.buffer === buffer) return;
    this.ints = new Int32Array(buffer);
    this.floats = new Float32Array(buffer);
  }
}
