// Where a bundler puts the WASM binaries of tfjs. In Node they are found in their package instead.
/// <reference types="vite/client" />
import single from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import type { BackendHost } from './backend.ts';

/** @param base URL that relative paths are resolved against */
export function wasmFiles(base: string): BackendHost['wasmFiles'] {
  const absolute = (url: string) => new URL(url, base).href;
  return {
    'tfjs-backend-wasm.wasm': absolute(single),
    'tfjs-backend-wasm-simd.wasm': absolute(simd),
    'tfjs-backend-wasm-threaded-simd.wasm': absolute(threaded),
  };
}
