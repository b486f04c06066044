// tfjs's WASM backend with memory that threads can share, without the eight threads that its own threaded build
// starts: the single-threaded build with one flag of the module changed.
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

export const SINGLE_THREAD_FILE = 'tfjs-backend-wasm-simd.wasm';
const ALL_FILES = ['tfjs-backend-wasm.wasm', SINGLE_THREAD_FILE, 'tfjs-backend-wasm-threaded-simd.wasm'];

/** Id of the section of a module that declares its memories, and the flags of a memory. */
const MEMORY_SECTION = 5;
const [HAS_MAXIMUM, SHARED] = [1, 2];

/** Makes tfjs start with this binary, with its memory made shared. Call before the backend first starts. */
export function placeSharedBinary(binary: Uint8Array): void {
  const blob = new Blob([withSharedMemory(binary) as Uint8Array<ArrayBuffer>], { type: 'application/wasm' });
  const url = URL.createObjectURL(blob);
  // Fetched through tfjs's platform, which accepts such a URL in Node too.
  setWasmPaths(Object.fromEntries(ALL_FILES.map((name) => [name, url])), true);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
}

/**
 * A copy of a module whose own memory is shared.
 * @throws Error when the module declares no memory with a maximum
 */
export function withSharedMemory(binary: Uint8Array): Uint8Array {
  const copy = binary.slice();
  let at = 8; // after the magic number and the version
  while (at < copy.length) {
    const section = copy[at++]!;
    const size = readNumber(copy, at);
    if (section === MEMORY_SECTION) {
      const count = readNumber(copy, size.next);
      if (count.value === 1 && copy[count.next] === HAS_MAXIMUM) {
        copy[count.next] = HAS_MAXIMUM | SHARED;
        return copy;
      }
    }
    at = size.next + size.value;
  }
  throw new Error("tfjs's WASM module declares no memory that can be shared");
}

/** An unsigned LEB128 number. */
function readNumber(bytes: Uint8Array, from: number): { value: number; next: number } {
  let [value, shift, next] = [0, 0, from];
  for (;;) {
    const byte = bytes[next++]!;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value: value >>> 0, next };
    shift += 7;
  }
}
