// Operands of a matrix product in F16.
//
// F16 holds 11 bits between 6e-5 and 65504. Weights and activations lie well within that; gradients do not. So where `a`
// is a gradient it is multiplied by a power of two before it is roundedToF16, and the sums divided by it, which costs no bit.
// What is still too large becomes the largest number of F16, not infinity; what is too small may become 0.

/** Uniform of all products in F16. */
export const SCALE_UNIFORM = 'lift : f32';

/** The power of two for a gradient: what is below 64 keeps 11 bits down to 6e-8. */
export const GRADIENT_SCALE = 1024;

/** What sums are multiplied by. */
export const INVERSE_SCALE = '(1.0 / uniforms.lift)';

type Operand = 'vec4<f32>' | 'f32';

const bounded = (type: Operand) => `clamp(x, ${type}(-65504.0), ${type}(65504.0))`;

/** For operands that are kept in F16. */
export function f16Functions(type: Operand): string {
  const half = type === 'f32' ? 'f16' : 'vec4<f16>';
  return `fn halfOf(x : ${type}) -> ${half} { return ${half}(${bounded(type)}); }`;
}

/** For operands that stay F32 and are only rounded: there and back by conversion is what compilers leave out. */
export function f16RoundingFunctions(type: Operand): string {
  return `fn quantised(x : ${type}) -> ${type} { return quantizeToF16(${bounded(type)}); }`;
}

const scaled = (name: 'a' | 'b', element: string) => (name === 'a' ? `${element} * uniforms.lift` : element);

/** An element of an operand as F16; of a, lifted. */
export const roundedToF16 = (name: 'a' | 'b', element: string) => `halfOf(${scaled(name, element)})`;

/** The same as F32 that F16 holds. */
export const roundedInF32 = (name: 'a' | 'b', element: string) => `quantised(${scaled(name, element)})`;

/** Expressions for an element of each operand, as float32; rounded to F16 where asked for. */
export function operandReaders({ f16 }: { f16?: boolean }): Record<'a' | 'b', (at: string) => string> {
  const reader = (name: 'a' | 'b') => (at: string) =>
    f16 ? roundedInF32(name, `${name}[${at}]`) : `${name}[${at}]`;
  return { a: reader('a'), b: reader('b') };
}
