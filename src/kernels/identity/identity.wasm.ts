// tfjs's own Identity for the WASM backend, without the copy it makes there: a tensor that is saved for its gradient
// then shares its data, as on the other backends.
import * as tf from '@tensorflow/tfjs-core';
import { register, type WasmRuntime } from '../wasm/runtime.ts';

export function registerIdentityOnWasm(runtime: WasmRuntime): void {
  register(runtime, tf.Identity, (_, inputs) => runtime.share(inputs.x!));
}
