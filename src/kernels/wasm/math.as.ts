// Exponential, error function and lane sum of four floats at a time.

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

/** e^x after Cephes' expf, within two units in the last place; 0 below -87.3, never infinite. */
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

/** erf(x) by the rational approximation that Eigen and XLA use; absolute error below 2e-7. */
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

/** Phi(x), the standard normal distribution function. */
// @ts-ignore: decorator
@inline
export function normalCdf4(x: v128): v128 {
  return f32x4.mul(f32x4.add(erf4(f32x4.mul(x, splat(0.70710678118654752))), splat(1)), splat(0.5));
}

/** Sum of the four lanes, in a fixed order. */
// @ts-ignore: decorator
@inline
export function sum4(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}
