// Matrix product, in two passes: B is packed, then the rows of C are computed. Linear adds bias and GELU.
import { gelu } from '../gelu/gelu.as';
import { MultiplyRowsArgs, PackPanelsArgs } from '../wasm/arguments.as';
import { gemm } from '../wasm/gemm.as';
import { int32At } from '../wasm/memory.as';
import { packedBytes, packPanel, panelCount } from '../wasm/pack.as';

/** Chunk: a group of panels of one of the products. */
export function packPanels(args: PackPanelsArgs, chunk: i32, _workspace: usize): void {
  const k = args.k,
    n = args.n;
  const product = <usize>(chunk / args.chunksPerProduct);
  const first = (chunk % args.chunksPerProduct) * args.panelsPerChunk;
  const last = min(panelCount(n), first + args.panelsPerChunk);
  const b = args.b + product * args.bBytes;
  const packed = args.packed + product * packedBytes(k, n);
  for (let panel = first; panel < last; panel++)
    packPanel(b, args.bStride, args.transposeB != 0, k, n, panel, packed, args.rows);
}

/** Chunk: some rows of one of the products. */
export function multiplyRows(args: MultiplyRowsArgs, chunk: i32, workspace: usize): void {
  const n = args.n,
    k = args.k,
    stride = args.cStride,
    rows = args.rows;
  const product = <usize>(chunk / args.chunksPerProduct);
  const from = (chunk % args.chunksPerProduct) * args.rowsPerChunk;
  const to = min(args.m, from + args.rowsPerChunk);
  const c = args.c + product * args.cBytes;
  gemm(
    args.a + product * args.aBytes,
    args.aStride,
    args.transposeA != 0,
    args.packed + product * packedBytes(k, n),
    args.bias,
    c,
    stride,
    from,
    to,
    n,
    k,
    workspace,
    rows,
  );
  const y = args.gelu;
  if (y == 0) return;
  if (rows == 0) gelu(c + <usize>from * stride, y + <usize>from * stride, (to - from) * n);
  else {
    for (let i = from; i < to; i++) {
      const offset = <usize>int32At(rows, i) * stride;
      gelu(c + offset, y + offset, n);
    }
  }
}
