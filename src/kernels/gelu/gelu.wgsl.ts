// GELU in WGSL, exact (erf) form; the polynomial of erf is the one of tfjs (Abramowitz & Stegun 7.1.26, 1.5e-7).
import { flatMain, header } from '../wgsl.ts';

/** The functions on one type, f32 or vec4<f32>. */
export function geluFunctions(type: string): string {
  return `
  fn cumulative(z : ${type}) -> ${type} {
    let x = abs(z) * ${Math.SQRT1_2};
    let t = 1.0 / (1.0 + 0.3275911 * x);
    let p = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    return 0.5 + 0.5 * sign(z) * (1.0 - p * exp(-x * x));
  }
  fn gelu(z : ${type}) -> ${type} { return z * cumulative(z); }
  fn geluDerivative(z : ${type}) -> ${type} {
    return cumulative(z) + z * exp(-0.5 * z * z) * ${1 / Math.sqrt(2 * Math.PI)};
  }`;
}

/** d gelu(z) / dz * dy, one element of `type` per invocation. */
export function geluGradientCode(type: string): string {
  return `${header({ dz: type }, { dy: type, z: type }, 'size : u32')}
  ${geluFunctions(type)}
  ${flatMain(`
    if (index >= uniforms.size) { return; }
    dz[index] = dy[index] * geluDerivative(z[index]);
  `)}`;
}
