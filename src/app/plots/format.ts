// Number formatting of the plots: three decimals in readouts, fewer on axes; the minus sign is a real minus sign.
import { format, formatLocale } from 'd3-format';

const three = format('.3f');
const four = format('.4~g');
const tiny = format('.0e');
const whole = formatLocale({ decimal: '.', thousands: '\u2009', grouping: [3], currency: ['', ''] }).format(
  ',d',
);

/** Shown where there is no number. */
export const NONE = '–';

export function valueText(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  // A small number is not zero: a loss of 7e-5 must not be shown as 0.000.
  if (size !== 0 && size < 0.0005) return tiny(value);
  return size < 100 ? three(size === 0 ? 0 : value) : four(value);
}

/** A format with the same number of decimals for all ticks: as many as their distance needs. */
export function tickFormat(ticks: readonly number[]): (value: number) => string {
  const distance = Math.min(...ticks.slice(1).map((tick, i) => Math.abs(tick - ticks[i]!)));
  const decimals = Number.isFinite(distance) ? Math.max(0, Math.ceil(-Math.log10(distance) - 1e-9)) : 2;
  return format(`.${Math.min(decimals, 6)}f`);
}

export function stepText(step: number): string {
  return Math.abs(step) < 10_000 ? String(step) : whole(step);
}

/** A coordinate in a path: a tenth of a pixel is precise enough. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
