// Operands of a matrix product in F16.
//
// F16 has 11 significant bits between 6e-5 and 65504. Weights and activations are well within that range; gradients
// are not. Where `a` is a gradient, it is therefore multiplied by a power of two before it is rounded to F16, and the
// sums are divided by it, which loses no precision. Values that are still too large become the largest F16 number, not
// infinity, and are counted (saturation.ts); values that are too small may become 0.
import type { MatMulVariant } from './matMulVariant.wgsl.ts';

/** Uniform used by all products in F16. */
export const SCALE_UNIFORM = 'gradientScale : f32';

/** The power of two for gradients: values below 64 keep 11 bits down to 6e-8. */
export const GRADIENT_SCALE = 1024;

/** The factor for the sums. */
export const INVERSE_SCALE = '(1.0 / uniforms.gradientScale)';

/** The buffer of saturation.ts. */
export const COUNTER = { saturated: 'atomic<u32>' };

/** The type of an element as it is read. */
export type OperandType = 'vec4<f32>' | 'f32';

/**
 * bounded(): clamps, and counts what is clamped if this is the one invocation that counts the element. Invocations that load
 * for themselves do so in many places, in which branches (&& is one) took minutes to compile on a software adapter.
 */
function boundedFunction(type: OperandType, { counted }: MatMulVariant, isStored: boolean): string {
  const most = `${type}(65504.0)`;
  const clamped = `return clamp(x, -${most}, ${most});`;
  if (!counted) return `fn bounded(x : ${type}) -> ${type} { ${clamped} }`;
  const counter = type === 'f32' ? 'u32' : 'vec4<u32>';
  const over = `abs(x) > ${most}`;
  const add = (condition: string) => `clamps += select(${counter}(), ${counter}(1u), ${condition});`;
  const condition = type === 'f32' ? `(${over}) & counts` : `(${over}) & vec4<bool>(counts)`;
  return `
  var<private> clamps : ${counter};
  fn bounded(x : ${type}, counts : bool) -> ${type} {
    ${isStored ? `if (counts) { ${add(over)} }` : add(condition)}
    ${clamped}
  }`;
}

/** Adds what an invocation has counted to the counter. */
export function addToCounter(type: OperandType, { counted }: MatMulVariant): string {
  if (!counted) return '';
  return `
    let clamped = ${type === 'f32' ? 'clamps' : 'dot(clamps, vec4<u32>(1u))'};
    if (clamped > 0u) { atomicAdd(&saturated[0], clamped); }`;
}

/**
 * toF16() for operands that are stored in F16, and rounded() for those that stay F32: compilers would remove a conversion
 * to F16 and back.
 */
export function f16Functions(type: OperandType, variant: MatMulVariant, isStored: boolean): string {
  const [parameter, argument] = variant.counted ? [', counts : bool', ', counts'] : ['', ''];
  const half = type === 'f32' ? 'f16' : 'vec4<f16>';
  const cast = isStored
    ? `fn toF16(x : ${type}${parameter}) -> ${half} { return ${half}(bounded(x${argument})); }`
    : `fn rounded(x : ${type}${parameter}) -> ${type} { return quantizeToF16(bounded(x${argument})); }`;
  return `${boundedFunction(type, variant, isStored)}\n${cast}`;
}

/** The workgroups that count the elements of an operand: all others along that side of the result load them too. */
const COUNTING: Record<'a' | 'b', string> = { a: '(group.x == 0u)', b: '(group.y == 0u)' };

const scaled = (name: 'a' | 'b', element: string) =>
  name === 'a' ? `${element} * uniforms.gradientScale` : element;

/** An element of an operand as F16; scaled for a. Every element is loaded once by a workgroup. */
export function roundedToF16(variant: MatMulVariant, name: 'a' | 'b', element: string): string {
  const counts = variant.counted ? `, ${COUNTING[name]}` : '';
  return `toF16(${scaled(name, element)}${counts})`;
}

/**
 * An expression for an element of an operand, as float32; rounded to F16 if requested.
 * @param inside whether the line of the operand is one of its own, and not the last one again
 */
export type OperandReader = (at: string, inside: string) => string;

/** Readers for invocations that load for themselves: the elements are also loaded by those along the other side. */
export function operandReaders(variant: MatMulVariant): Record<'a' | 'b', OperandReader> {
  const reader = (name: 'a' | 'b'): OperandReader => {
    if (!variant.f16) return (at) => `${name}[${at}]`;
    const first = name === 'a' ? 'place.x == 0u' : 'place.y == 0u';
    const condition = `${COUNTING[name]} & (${first})`;
    return (at, inside) => {
      const counts = variant.counted ? `, ${condition} & (${inside})` : '';
      return `rounded(${scaled(name, `${name}[${at}]`)}${counts})`;
    };
  };
  return { a: reader('a'), b: reader('b') };
}
