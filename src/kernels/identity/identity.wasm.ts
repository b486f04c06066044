// tfjs's own Identity for the WASM backend, without the copy it makes there: a tensor that is saved for its gradient
// then shares its data, as on the other backends.
import * as tf from '@tensorflow/tfjs-core';
import { kernelToken, registerKernel } from '../kernelToken.ts';
import type { WasmRuntime } from '../wasm/runtime.ts';

const IDENTITY = kernelToken(tf.Identity, { inputs: ['x'], outputs: ['y'] });

export function registerIdentityOnWasm(runtime: WasmRuntime): void {
  registerKernel(IDENTITY, 'wasm', ({ x }) => ({ y: runtime.share(x) }));
}
