// Entry point of the WASM module: what it exports. It works in the memory of tfjs's WASM backend and has none of its own.
//
// A kernel does one chunk of its work at a time. Chunks do not depend on one another, so any thread may do any of them,
// and the result has the same bits for any number of threads.
import { addNormWorkspace } from '../addNorm/addNorm.as';
import { attentionWorkspace } from '../attention/attention.as';
import { GEMM_WORKSPACE } from '../wasm/gemm.as';
import { packedBytes } from '../wasm/pack.as';
import { runChunk } from './dispatch.as';

export { addNormWorkspace, attentionWorkspace, packedBytes, runChunk };

/** Bytes of workspace that a thread needs for the kernels whose need does not depend on shapes. */
export function minWorkspace(): usize {
  return GEMM_WORKSPACE + 4096;
}

/** Does all chunks of a kernel, one after the other. */
export function runChunks(kernel: i32, args: usize, chunks: i32, workspace: usize): void {
  for (let chunk = 0; chunk < chunks; chunk++) runChunk(kernel, args, chunk, workspace);
}
