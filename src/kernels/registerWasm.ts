// Registers the kernels of the WASM backend.
import { registerAdamWOnWasm } from './adamw/adamw.wasm.ts';
import { registerAddNormOnWasm } from './addNorm/addNorm.wasm.ts';
import { registerAttentionOnWasm } from './attention/attention.wasm.ts';
import { registerColumnSumOnWasm } from './columnSum/columnSum.wasm.ts';
import { registerDropoutOnWasm } from './dropout/dropout.wasm.ts';
import { registerEmbedOnWasm } from './embed/embed.wasm.ts';
import { registerGeluOnWasm } from './gelu/gelu.wasm.ts';
import { registerIdentityOnWasm } from './identity/identity.wasm.ts';
import { registerLinearOnWasm } from './linear/linear.wasm.ts';
import { registerMatMulOnWasm } from './matMul/matMul.wasm.ts';
import { registerScatterRowsOnWasm } from './scatterRows/scatterRows.wasm.ts';
import type { WasmRuntime } from './wasm/runtime.ts';

export function registerWasmKernels(runtime: WasmRuntime): void {
  registerMatMulOnWasm(runtime);
  registerLinearOnWasm(runtime);
  registerGeluOnWasm(runtime);
  registerColumnSumOnWasm(runtime);
  registerAddNormOnWasm(runtime);
  registerAttentionOnWasm(runtime);
  registerEmbedOnWasm(runtime);
  registerScatterRowsOnWasm(runtime);
  registerDropoutOnWasm(runtime);
  registerAdamWOnWasm(runtime);
  registerIdentityOnWasm(runtime);
}
