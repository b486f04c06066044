// Matrix product, in two passes: B is packed, then the rows of C are computed. Linear adds bias and GELU.
import { at, int } from '../wasm/args.as';
import { gemm, packedBytes, packPanel, PANEL } from '../wasm/gemm.as';
import { gelu } from '../gelu/gelu.as';

/** Chunk: a group of panels of one of the products. */
export function packPanels(args: usize, chunk: i32, _work: usize): void {
  const k = int(args, 3),
    n = int(args, 4),
    perChunk = int(args, 6),
    chunks = int(args, 7);
  const product = chunk / chunks;
  const first = (chunk % chunks) * perChunk;
  const panels = (n + PANEL - 1) / PANEL;
  const b = at(args, 0) + <usize>product * at(args, 8);
  const packed = at(args, 5) + <usize>product * packedBytes(k, n);
  for (let panel = first; panel < min(panels, first + perChunk); panel++)
    packPanel(b, at(args, 1), int(args, 2) != 0, k, n, panel, packed, at(args, 9));
}

/** Chunk: some rows of one of the products. */
export function multiplyRows(args: usize, chunk: i32, work: usize): void {
  const m = int(args, 7),
    n = int(args, 8),
    k = int(args, 9),
    perChunk = int(args, 10),
    chunks = int(args, 11);
  const product = <usize>(chunk / chunks);
  const from = (chunk % chunks) * perChunk;
  const to = min(m, from + perChunk);
  const c = at(args, 5) + product * at(args, 13);
  const step = at(args, 6);
  gemm(
    at(args, 0) + product * at(args, 12),
    at(args, 1),
    int(args, 2) != 0,
    at(args, 3) + product * packedBytes(k, n),
    at(args, 4),
    c,
    step,
    from,
    to,
    n,
    k,
    work,
    at(args, 15),
  );
  const y = at(args, 14),
    list = at(args, 15);
  if (y == 0) return;
  if (list == 0) gelu(c + <usize>from * step, y + <usize>from * step, (to - from) * n);
  else {
    for (let i = from; i < to; i++) {
      const offset = <usize>load<i32>(list + ((<usize>i) << 2)) * step;
      gelu(c + offset, y + offset, n);
    }
  }
}
