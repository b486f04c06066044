// Exponential, error function and sums on four floats at a time.

// @ts-ignore: decorator
@inline
function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** a * b + c */
// @ts-ignore: decorator
@inline
function fma(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(a, b), c);
}

/** e^x, good to two units in the last place (Cephes' expf); 0 below -87.3, never infinite. */
export function exp4(x: v128): v128 {
  const clamped = f32x4.min(f32x4.max(x, splat(-87.33654)), splat(88.3));
  const n = f32x4.nearest(f32x4.mul(clamped, splat(1.44269504088896341)));
  let r = f32x4.sub(clamped, f32x4.mul(n, splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, splat(2.12194440e-4)));
  let p = splat(1.9875691500e-4);
  p = fma(p, r, splat(1.3981999507e-3));
  p = fma(p, r, splat(8.3334519073e-3));
  p = fma(p, r, splat(4.1665795894e-2));
  p = fma(p, r, splat(1.6666665459e-1));
  p = fma(p, r, splat(5.0000001201e-1));
  p = f32x4.add(fma(p, f32x4.mul(r, r), r), splat(1));
  const scale = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  const y = f32x4.mul(p, scale);
  return v128.andnot(y, f32x4.lt(x, splat(-87.33654)));
}

/** erf(x) as a quotient of polynomials (the one of Eigen and XLA); absolute error below 2e-7. */
export function erf4(x: v128): v128 {
  const c = f32x4.min(f32x4.max(x, splat(-4)), splat(4));
  const s = f32x4.mul(c, c);
  let p = splat(-2.72614225801306e-10);
  p = fma(p, s, splat(2.77068142495902e-8));
  p = fma(p, s, splat(-2.10102402082508e-6));
  p = fma(p, s, splat(-5.69250639462346e-5));
  p = fma(p, s, splat(-7.34990630326855e-4));
  p = fma(p, s, splat(-2.95459980854025e-3));
  p = fma(p, s, splat(-1.60960333262415e-2));
  let q = splat(-1.45660718464996e-5);
  q = fma(q, s, splat(-2.13374055278905e-4));
  q = fma(q, s, splat(-1.68282697438203e-3));
  q = fma(q, s, splat(-7.37332916720468e-3));
  q = fma(q, s, splat(-1.42647390514189e-2));
  return f32x4.div(f32x4.mul(c, p), q);
}

/** Phi(x), the normal distribution function. */
// @ts-ignore: decorator
@inline
export function cumulative4(x: v128): v128 {
  return f32x4.mul(f32x4.add(erf4(f32x4.mul(x, splat(0.70710678118654752))), splat(1)), splat(0.5));
}

/** The four lanes added, in a fixed order. */
// @ts-ignore: decorator
@inline
export function sum4(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/** Up to four floats, the rest 0: the end of a row whose width is no multiple of four. */
// @ts-ignore: decorator
@inline
export function loadSome(at: usize, count: i32): v128 {
  return count >= 4 ? v128.load(at) : loadFew(at, count);
}

function loadFew(at: usize, count: i32): v128 {
  let x = splat(0);
  if (count > 0) x = f32x4.replace_lane(x, 0, load<f32>(at));
  if (count > 1) x = f32x4.replace_lane(x, 1, load<f32>(at, 4));
  if (count > 2) x = f32x4.replace_lane(x, 2, load<f32>(at, 8));
  return x;
}

// @ts-ignore: decorator
@inline
export function storeSome(at: usize, x: v128, count: i32): void {
  if (count >= 4) v128.store(at, x);
  else storeFew(at, x, count);
}

function storeFew(at: usize, x: v128, count: i32): void {
  if (count > 0) store<f32>(at, f32x4.extract_lane(x, 0));
  if (count > 1) store<f32>(at, f32x4.extract_lane(x, 1), 4);
  if (count > 2) store<f32>(at, f32x4.extract_lane(x, 2), 8);
}
