// Layer normalisation of dropout(x) + residual on WASM.
import { maskArguments } from '../dropout/dropout.wasm.ts';
import { registerKernel } from '../kernelToken.ts';
import type { WasmRuntime } from '../wasm/runtime.ts';
import { fillWithZeros } from '../zeros/zeros.wasm.ts';
import { ADD_NORM, ADD_NORM_GRADIENT } from './addNorm.ts';

/** Approximate number of elements per chunk of rows. */
const ELEMENTS_PER_CHUNK = 8192;
const COLUMNS_PER_CHUNK = 16;

export function registerAddNormOnWasm(runtime: WasmRuntime): void {
  registerKernel(ADD_NORM, 'wasm', ({ x, residual, gamma, bias, rows }, attributes) => {
    const [allRows, width] = x.shape as [number, number];
    const [y, xhat, rstd] = [runtime.output(x.shape), runtime.output(x.shape), runtime.output([allRows])];
    if (rows) for (const output of [y, xhat, rstd]) fillWithZeros(runtime, output);
    const rowCount = rows ? rows.shape[0]! : allRows;
    const rowsPerChunk = Math.ceil(ELEMENTS_PER_CHUNK / width);
    const tensors = { x, residual, gamma, bias, y, xhat, rstd, rows };
    const sizes = { rowCount, width, rowsPerChunk, epsilon: attributes.epsilon };
    runtime.run(
      'addNorm',
      { ...tensors, ...sizes, ...maskArguments(attributes) },
      Math.ceil(rowCount / rowsPerChunk),
      runtime.exports.addNormWorkspace(width),
    );
    return { y, normalised: xhat, rstd };
  });
  registerKernel(ADD_NORM_GRADIENT, 'wasm', ({ dy, normalised: xhat, rstd, gamma }, attributes) => {
    const [rowCount, width] = dy.shape as [number, number];
    const dResidual = runtime.output(dy.shape);
    const dx = attributes.threshold > 0 ? runtime.output(dy.shape) : runtime.share(dResidual);
    const [dGamma, dBias] = [runtime.output([width]), runtime.output([width])];
    const rowsPerChunk = Math.ceil(ELEMENTS_PER_CHUNK / width);
    const tensors = { dy, xhat, rstd, gamma, dx, dResidual };
    runtime.run(
      'addNormGradient',
      { ...tensors, rowCount, width, rowsPerChunk, ...maskArguments(attributes) },
      Math.ceil(rowCount / rowsPerChunk),
      runtime.exports.addNormWorkspace(width),
    );
    runtime.run(
      'addNormColumns',
      { dy, xhat, dGamma, dBias, rowCount, width, columnsPerChunk: COLUMNS_PER_CHUNK },
      Math.ceil(width / COLUMNS_PER_CHUNK),
    );
    return { dx, dResidual, dGamma, dBias };
  });
}
