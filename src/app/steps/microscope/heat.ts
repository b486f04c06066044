// Maps numbers to colours: one colour above zero, another below, more intense farther from zero.

/** Colour of a value; saturates at -limit and limit. */
export function heatColor(value: number, limit: number): string {
  const share = limit > 0 ? Math.min(1, Math.abs(value) / limit) : 0;
  return `color-mix(in srgb, var(--role-${value < 0 ? 'negative' : 'anchor'}) ${Math.round(share * 100)}%, var(--sunken))`;
}

/** Colour of a weight between 0 and 1, by its square root, so that small weights are visible too. */
export function weightColor(weight: number): string {
  const share = Math.sqrt(Math.min(1, Math.max(0, weight)));
  return `color-mix(in srgb, var(--accent) ${Math.round(share * 100)}%, var(--sunken))`;
}

/** A CSS gradient that shows the values as adjacent cells. */
export function heatGradient(values: ArrayLike<number>, limit: number): string {
  const share = 100 / values.length;
  const stops = Array.from(
    values,
    (value, i) => `${heatColor(value, limit)} ${(i * share).toFixed(3)}% ${((i + 1) * share).toFixed(3)}%`,
  );
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

/** A limit for the colours that nearly all absolute values stay below; outliers saturate. */
export function heatLimit(values: ArrayLike<number>): number {
  const sizes = Array.from(values, Math.abs).sort((a, b) => a - b);
  const limit = sizes[Math.floor(0.98 * (sizes.length - 1))] ?? 0;
  return limit > 0 ? limit : 1;
}

/** Share of exact zeros, i.e. of values that dropout has zeroed. */
export function zeroShare(values: ArrayLike<number>): number {
  const zeros = Array.from(values).filter((value) => value === 0).length;
  return values.length === 0 ? 0 : zeros / values.length;
}
