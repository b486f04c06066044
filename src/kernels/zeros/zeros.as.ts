// Fills a tensor with 0.
import { ZeroArgs } from '../wasm/arguments.as';

/** Chunk: some bytes. */
export function zero(args: ZeroArgs, chunk: i32, _workspace: usize): void {
  const from = <usize>chunk * args.bytesPerChunk;
  memory.fill(args.x + from, 0, min(args.bytesPerChunk, args.bytes - from));
}
