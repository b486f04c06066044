// Registers the kernels of the WebGPU backend.
import { registerAdamWOnWebGpu } from './adamw/adamw.webgpu.ts';
import { registerAddNormOnWebGpu } from './addNorm/addNorm.webgpu.ts';
import { registerAttentionOnWebGpu } from './attention/attention.webgpu.ts';
import { registerColumnSumOnWebGpu } from './columnSum/columnSum.webgpu.ts';
import { registerDropoutOnWebGpu } from './dropout/dropout.webgpu.ts';
import { registerEmbedOnWebGpu } from './embed/embed.webgpu.ts';
import { registerGatherRowsOnWebGpu } from './gatherRows/gatherRows.webgpu.ts';
import { registerGeluOnWebGpu } from './gelu/gelu.webgpu.ts';
import { registerTripletOnWebGpu } from './hierarchicalTriplet/hierarchicalTriplet.webgpu.ts';
import { registerInfoNceOnWebGpu } from './infoNCE/infoNCE.webgpu.ts';
import { registerJoinOnWebGpu } from './join/join.webgpu.ts';
import { registerLinearOnWebGpu } from './linear/linear.webgpu.ts';
import { registerMatMulOnWebGpu } from './matMul/matMul.webgpu.ts';
import { registerMeanTokensOnWebGpu } from './meanTokens/meanTokens.webgpu.ts';
import { registerProjectionsOnWebGpu } from './projections/projections.webgpu.ts';
import { registerScatterRowsOnWebGpu } from './scatterRows/scatterRows.webgpu.ts';
import { registerWeightedSumOnWebGpu } from './weightedSum/weightedSum.webgpu.ts';

export function registerWebGpuKernels(): void {
  registerAdamWOnWebGpu();
  registerAddNormOnWebGpu();
  registerAttentionOnWebGpu();
  registerColumnSumOnWebGpu();
  registerDropoutOnWebGpu();
  registerEmbedOnWebGpu();
  registerGatherRowsOnWebGpu();
  registerGeluOnWebGpu();
  registerTripletOnWebGpu();
  registerInfoNceOnWebGpu();
  registerJoinOnWebGpu();
  registerLinearOnWebGpu();
  registerMatMulOnWebGpu();
  registerMeanTokensOnWebGpu();
  registerProjectionsOnWebGpu();
  registerScatterRowsOnWebGpu();
  registerWeightedSumOnWebGpu();
}
