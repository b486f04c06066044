// LayerNorm(dropout(x) + residual) and its gradient as kernels of the WebGPU backend.
import { rowParts } from '../columnSum/columnSum.webgpu.ts';
import { output, release } from '../buffers.webgpu.ts';
import { dispatch } from '../dispatch.webgpu.ts';
import { elementType, type Workgroups } from '../wgsl.ts';
import { maskUniforms } from '../dropout/dropout.webgpu.ts';
import type { DropoutAttributes } from '../dropout/dropout.ts';
import { registerKernel, type InputsOf, type OutputsOf } from '../kernelToken.ts';
import { reducePartials } from '../matMul/matMul.webgpu.ts';
import type { WebGpuBackend } from '../tfjsBackends.ts';
import { kernelConfigFor } from '../tuning.ts';
import { ADD_NORM, ADD_NORM_GRADIENT } from './addNorm.ts';
import {
  addNormCode,
  addNormGradientCode,
  rowVariantKey,
  rowWorkgroups,
  workgroupSize,
  type RowVariant,
} from './addNorm.wgsl.ts';

/** The most invocations per row. */
const LANES = 64;

function variantFor(backend: WebGpuBackend, features: number): { variant: RowVariant; width: number } {
  const { type, count } = elementType(features);
  const { software, subgroups = false } = kernelConfigFor(backend);
  const variant: RowVariant = software ? { type, lanes: 1 } : { type, lanes: LANES, subgroups };
  return { variant, width: count };
}

function inRows(count: number): Workgroups {
  const rows = Math.ceil(count / 65535);
  return [Math.ceil(count / rows), rows, 1];
}

function addNorm(
  { x, residual, gamma, bias }: InputsOf<typeof ADD_NORM>,
  attrs: DropoutAttributes & { epsilon: number },
  backend: WebGpuBackend,
): OutputsOf<typeof ADD_NORM> {
  const [rows, features] = x.shape as [number, number];
  const { variant, width } = variantFor(backend, features);
  const y = output(backend, [rows, features]);
  const normalised = output(backend, [rows, features]);
  const rstd = output(backend, [rows]);
  dispatch(backend, {
    key: `semblance_addNorm_${rowVariantKey(variant)}_${residual !== undefined}`,
    code: () => addNormCode(variant, residual !== undefined),
    writes: [y, normalised, rstd],
    reads: residual ? [x, residual, gamma, bias] : [x, gamma, bias],
    uniforms: [rows, width, features, { f32: attrs.epsilon }, ...maskUniforms(attrs)],
    changing: attrs.threshold > 0,
    workgroups: inRows(rowWorkgroups(rows, variant)),
  });
  return { y, normalised, rstd };
}

function addNormGradient(
  { dy, normalised, rstd, gamma }: InputsOf<typeof ADD_NORM_GRADIENT>,
  attrs: DropoutAttributes,
  backend: WebGpuBackend,
): OutputsOf<typeof ADD_NORM_GRADIENT> {
  const [rows, features] = dy.shape as [number, number];
  const { variant, width } = variantFor(backend, features);
  const masked = attrs.threshold > 0;
  const dResidual = output(backend, [rows, features]);
  const dx = masked ? output(backend, [rows, features]) : dResidual;
  const parts = rowParts(backend, rows);
  const [dBias, dGamma] = [output(backend, [features]), output(backend, [features])];
  const sums = parts === 1 ? undefined : output(backend, [parts, 2, features]);
  const columns = sums ? [sums] : [dBias, dGamma];
  const rowGroups = rowWorkgroups(rows, variant);
  const columnGroups = Math.ceil(width / workgroupSize(variant));
  const sizes = [rows, width, features, rowGroups, columnGroups, parts, Math.ceil(rows / parts)];
  dispatch(backend, {
    key: `semblance_addNormGradient_${rowVariantKey(variant)}_${masked}_${sums !== undefined}`,
    code: () => addNormGradientCode(variant, masked, sums !== undefined),
    writes: masked ? [dResidual, dx, ...columns] : [dResidual, ...columns],
    reads: [dy, normalised, rstd, gamma],
    uniforms: [...sizes, ...(masked ? maskUniforms(attrs) : [])],
    changing: masked,
    workgroups: inRows(rowGroups + columnGroups * parts),
  });
  if (sums) {
    reducePartials(backend, sums, dBias, dGamma);
    release(backend, sums);
  }
  // Without a mask both gradients are one tensor, which then has two owners.
  if (!masked) backend.incRef(dResidual.dataId);
  return { dx, dResidual, dGamma, dBias };
}

export function registerAddNormOnWebGpu(): void {
  registerKernel(ADD_NORM, 'webgpu', addNorm);
  registerKernel(ADD_NORM_GRADIENT, 'webgpu', addNormGradient);
}
