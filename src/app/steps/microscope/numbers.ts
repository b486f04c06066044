// Number formatting of the microscope, in text and in TeX: with the same digits in both, so that they can be matched.

interface NumberParts {
  /** Includes the minus sign. */
  mantissa: string;
  /** Power of ten; null: no exponent. */
  exponent: number | null;
}

/** Fixed-point, with fewer decimals from 100 up; an exponent and three significant digits for tiny or huge numbers. */
function partsOf(value: number, decimals: number): NumberParts {
  const size = Math.abs(value);
  if (size === 0) return { mantissa: (0).toFixed(decimals), exponent: null };
  if (size >= 1e6 || size < 0.5 * 10 ** -decimals) {
    const [mantissa, exponent] = value.toExponential(2).split('e') as [string, string];
    return { mantissa, exponent: Number(exponent) };
  }
  const kept = size >= 1000 ? 0 : size >= 100 ? Math.min(1, decimals) : decimals;
  return { mantissa: value.toFixed(kept), exponent: null };
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const superscript = (exponent: number): string =>
  (exponent < 0 ? '⁻' : '') +
  [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]).join('');

/** A number in running text: 0.812, −0.034, 4.20×10⁻⁵. */
export function numberText(value: number, decimals = 3): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  const { mantissa, exponent } = partsOf(value, decimals);
  const text = mantissa.replace('-', '−');
  return exponent === null ? text : `${text}×10${superscript(exponent)}`;
}

/** The same number in TeX: 0.812, -0.034, 4.20\times10^{-5}. */
export function numberTex(value: number, decimals = 3): string {
  if (!Number.isFinite(value))
    return Number.isNaN(value)
      ? String.raw`\text{NaN}`
      : value > 0
        ? String.raw`\infty`
        : String.raw`-\infty`;
  const { mantissa, exponent } = partsOf(value, decimals);
  return exponent === null ? mantissa : `${mantissa}{\\times}10^{${exponent}}`;
}

/** TeX of a number, in brackets if it has a sign or an exponent, for use in a product or a sum. */
export function bracketed(tex: string): string {
  return tex.startsWith('-') || tex.includes('times') ? `(${tex})` : tex;
}

/** Four significant digits for any size, because the optimiser's state consists of small numbers. */
function figuresOf(value: number): NumberParts {
  const size = Math.abs(value);
  if (size === 0) return { mantissa: '0', exponent: null };
  if (size >= 1e-3 && size < 1e5) return { mantissa: value.toPrecision(4), exponent: null };
  const [mantissa, exponent] = value.toExponential(3).split('e') as [string, string];
  return { mantissa, exponent: Number(exponent) };
}

export function figuresText(value: number): string {
  if (!Number.isFinite(value)) return numberText(value);
  const { mantissa, exponent } = figuresOf(value);
  const text = mantissa.replace('-', '−');
  return exponent === null ? text : `${text}×10${superscript(exponent)}`;
}

export function figuresTex(value: number): string {
  if (!Number.isFinite(value)) return numberTex(value);
  const { mantissa, exponent } = figuresOf(value);
  return exponent === null ? mantissa : `${mantissa}{\\times}10^{${exponent}}`;
}

/** TeX of a knob as it was set: 0.05, 1, 10^{-8} for 1e-8. */
export function knobTex(value: number): string {
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  if (value !== 0 && Math.abs(Number(exponent)) > 4)
    return mantissa === '1' ? `10^{${exponent}}` : `${mantissa}{\\times}10^{${exponent}}`;
  return String(Number(value.toPrecision(6)));
}

/** A knob in running text. */
export function knobText(value: number): string {
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  if (value !== 0 && Math.abs(Number(exponent)) > 4)
    return `${mantissa === '1' ? '' : `${mantissa}×`}10${superscript(Number(exponent))}`;
  return String(Number(value.toPrecision(6)));
}

/** The number of decimals (3 to 8) that shows the difference of two numbers with two significant digits. */
export function decimalsApart(a: number, b: number): number {
  const difference = Math.abs(a - b);
  if (!(difference > 0)) return 3;
  return Math.min(8, Math.max(3, 1 + Math.ceil(-Math.log10(difference))));
}

/** The number of decimals for a probability: more near 0 and 1, where its logarithm depends on them. */
export function probabilityDecimals(p: number): number {
  const edge = Math.min(p, 1 - p);
  return edge >= 0.1 ? 3 : edge >= 0.01 ? 4 : 5;
}
