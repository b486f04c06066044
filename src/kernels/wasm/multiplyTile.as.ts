// The inner loop of the matrix product: the tile of C stays in registers while it adds up the products of a packed strip
// of A and a packed panel of B (tile.ts says why it has this size).

/**
 * c = init + strip . panel, for a tile of 5 rows and 8 columns.
 * @param strip packed [k][5]; @param panel packed [k][8]
 * @param initStride, cStride bytes from row to row; 0 gives every row the same start
 */
export function multiplyTile(
  strip: usize,
  panel: usize,
  k: i32,
  init: usize,
  initStride: usize,
  c: usize,
  cStride: usize,
): void {
  let c00 = v128.load(init),
    c01 = v128.load(init, 16);
  init += initStride;
  let c10 = v128.load(init),
    c11 = v128.load(init, 16);
  init += initStride;
  let c20 = v128.load(init),
    c21 = v128.load(init, 16);
  init += initStride;
  let c30 = v128.load(init),
    c31 = v128.load(init, 16);
  init += initStride;
  let c40 = v128.load(init),
    c41 = v128.load(init, 16);
  let x: v128, b0: v128, b1: v128;
  for (; k > 0; k--) {
    b0 = v128.load(panel);
    b1 = v128.load(panel, 16);
    x = v128.load_splat<f32>(strip);
    c00 = f32x4.add(c00, f32x4.mul(x, b0));
    c01 = f32x4.add(c01, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(strip, 4);
    c10 = f32x4.add(c10, f32x4.mul(x, b0));
    c11 = f32x4.add(c11, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(strip, 8);
    c20 = f32x4.add(c20, f32x4.mul(x, b0));
    c21 = f32x4.add(c21, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(strip, 12);
    c30 = f32x4.add(c30, f32x4.mul(x, b0));
    c31 = f32x4.add(c31, f32x4.mul(x, b1));
    x = v128.load_splat<f32>(strip, 16);
    c40 = f32x4.add(c40, f32x4.mul(x, b0));
    c41 = f32x4.add(c41, f32x4.mul(x, b1));
    strip += 20;
    panel += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += cStride;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += cStride;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += cStride;
  v128.store(c, c30);
  v128.store(c, c31, 16);
  c += cStride;
  v128.store(c, c40);
  v128.store(c, c41, 16);
}
