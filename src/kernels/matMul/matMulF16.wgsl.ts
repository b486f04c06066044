// Operands of a matrix product in F16.
//
// F16 has 11 significant bits between 6e-5 and 65504. Weights and activations are well within that range; gradients
// are not. Where `a` is a gradient, it is therefore multiplied by a power of two before it is rounded to F16, and the
// sums are divided by it, which loses no precision. Values that are still too large become the largest F16 number,
// not infinity; values that are too small may become 0.

/** Uniform used by all products in F16. */
export const SCALE_UNIFORM = 'gradientScale : f32';

/** The power of two for gradients: values below 64 keep 11 bits down to 6e-8. */
export const GRADIENT_SCALE = 1024;

/** The factor for the sums. */
export const INVERSE_SCALE = '(1.0 / uniforms.gradientScale)';

type OperandType = 'vec4<f32>' | 'f32';

const bounded = (type: OperandType) => `clamp(x, ${type}(-65504.0), ${type}(65504.0))`;

/** For operands that are stored in F16. */
export function f16Functions(type: OperandType): string {
  const half = type === 'f32' ? 'f16' : 'vec4<f16>';
  return `fn toF16(x : ${type}) -> ${half} { return ${half}(${bounded(type)}); }`;
}

/** For operands that stay F32 and are only rounded: compilers would remove a conversion to F16 and back. */
export function f16RoundingFunctions(type: OperandType): string {
  return `fn rounded(x : ${type}) -> ${type} { return quantizeToF16(${bounded(type)}); }`;
}

const scaled = (name: 'a' | 'b', element: string) =>
  name === 'a' ? `${element} * uniforms.gradientScale` : element;

/** An element of an operand as F16; scaled for a. */
export const roundedToF16 = (name: 'a' | 'b', element: string) => `toF16(${scaled(name, element)})`;

/** The same as an F32 value that F16 can represent. */
export const roundedInF32 = (name: 'a' | 'b', element: string) => `rounded(${scaled(name, element)})`;

/** Expressions for an element of each operand, as float32; rounded to F16 if requested. */
export function operandReaders({ f16 }: { f16?: boolean }): Record<'a' | 'b', (at: string) => string> {
  const reader = (name: 'a' | 'b') => (at: string) =>
    f16 ? roundedInF32(name, `${name}[${at}]`) : `${name}[${at}]`;
  return { a: reader('a'), b: reader('b') };
}
