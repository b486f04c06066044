// Addresses, and loads and stores of rows whose width is no multiple of four. Every value is 32 bits wide.

/** Bytes of `count` values. */
// @ts-ignore: decorator
@inline
export function bytes(count: i32): usize {
  return (<usize>count) << 2;
}

/** Entry i of an int32 array. */
// @ts-ignore: decorator
@inline
export function int32At(array: usize, i: i32): i32 {
  return load<i32>(array + bytes(i));
}

/** Entry i of a list of row numbers; without a list (0), i itself. */
// @ts-ignore: decorator
@inline
export function rowAt(rows: usize, i: i32): i32 {
  return rows == 0 ? i : int32At(rows, i);
}

/** Loads min(count, 4) floats; the other lanes are 0. */
// @ts-ignore: decorator
@inline
export function loadPartial(address: usize, count: i32): v128 {
  return count >= 4 ? v128.load(address) : loadFew(address, count);
}

function loadFew(address: usize, count: i32): v128 {
  let x = f32x4.splat(0);
  if (count > 0) x = f32x4.replace_lane(x, 0, load<f32>(address));
  if (count > 1) x = f32x4.replace_lane(x, 1, load<f32>(address, 4));
  if (count > 2) x = f32x4.replace_lane(x, 2, load<f32>(address, 8));
  return x;
}

/** Stores the first min(count, 4) lanes. */
// @ts-ignore: decorator
@inline
export function storePartial(address: usize, x: v128, count: i32): void {
  if (count >= 4) v128.store(address, x);
  else storeFew(address, x, count);
}

function storeFew(address: usize, x: v128, count: i32): void {
  if (count > 0) store<f32>(address, f32x4.extract_lane(x, 0));
  if (count > 1) store<f32>(address, f32x4.extract_lane(x, 1), 4);
  if (count > 2) store<f32>(address, f32x4.extract_lane(x, 2), 8);
}
