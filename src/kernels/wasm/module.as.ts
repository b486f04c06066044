// The WASM module of our own kernels. It works in the memory of tfjs's WASM backend and has none of its own.
//
// A kernel does one chunk of its work; chunks do not depend on one another, so any thread may do any of them, and the
// result is the same for every number of threads.
import { addNorm, addNormColumns, addNormGradient, rowWork } from '../addNorm/addNorm.as';
import { adamw, squares, total } from '../adamw/adamw.as';
import { attention, attentionGradient, attentionWork } from '../attention/attention.as';
import { columnSum } from '../columnSum/columnSum.as';
import { dropout } from '../dropout/dropout.as';
import { embed } from '../embed/embed.as';
import { geluGradient } from '../gelu/gelu.as';
import { multiplyRows, packPanels } from '../matMul/matMul.as';
import { scatterRows, zero } from '../scatterRows/scatterRows.as';
import { packedBytes, WORK_BYTES } from './gemm.as';

export { attentionWork, packedBytes, rowWork };

/** What a thread needs for any kernel whose need does not grow with its shapes. */
export function leastWork(): usize {
  return WORK_BYTES + 4096;
}

/** One chunk. The numbers are those of runtime.ts. */
export function once(kernel: i32, args: usize, chunk: i32, work: usize): void {
  switch (kernel) {
    case 0:
      packPanels(args, chunk, work);
      break;
    case 1:
      multiplyRows(args, chunk, work);
      break;
    case 2:
      geluGradient(args, chunk, work);
      break;
    case 3:
      columnSum(args, chunk, work);
      break;
    case 4:
      addNorm(args, chunk, work);
      break;
    case 5:
      addNormGradient(args, chunk, work);
      break;
    case 6:
      addNormColumns(args, chunk, work);
      break;
    case 7:
      attention(args, chunk, work);
      break;
    case 8:
      attentionGradient(args, chunk, work);
      break;
    case 9:
      embed(args, chunk, work);
      break;
    case 10:
      zero(args, chunk, work);
      break;
    case 11:
      scatterRows(args, chunk, work);
      break;
    case 12:
      dropout(args, chunk, work);
      break;
    case 13:
      adamw(args, chunk, work);
      break;
    case 14:
      squares(args, chunk, work);
      break;
    case 15:
      total(args, chunk, work);
      break;
  }
}

/** All chunks, one after the other. */
export function run(kernel: i32, args: usize, chunks: i32, work: usize): void {
  for (let chunk = 0; chunk < chunks; chunk++) once(kernel, args, chunk, work);
}
