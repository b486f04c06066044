// tfjs's Identity kernel for the WASM backend without the copy that its own version makes: a tensor saved for its
// gradient shares its data, as on the other backends.
import * as tf from '@tensorflow/tfjs-core';
import { kernelToken, registerKernel } from '../kernelToken.ts';
import type { WasmRuntime } from '../wasm/runtime.ts';

const IDENTITY = kernelToken(tf.Identity, { inputs: ['x'], outputs: ['y'] });

export function registerIdentityOnWasm(runtime: WasmRuntime): void {
  registerKernel(IDENTITY, 'wasm', ({ x }) => ({ y: runtime.share(x) }));
}
