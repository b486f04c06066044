// Maps a knob's range to slider positions and back: linear, or logarithmic where a range spans decades.
import { scaleLinear, scaleLog } from 'd3-scale';

export interface SliderScale {
  min: number;
  max: number;
  /** Equal distances are equal factors; needs min > 0. */
  log: boolean;
  /** Whole numbers only. */
  integer: boolean;
}

/** Positions of a slider, from 0: fine enough to drag, coarse enough that an arrow key does something. */
export const POSITIONS = 200;

function scaleOf({ min, max, log }: SliderScale) {
  return (log ? scaleLog() : scaleLinear()).domain([min, max]).range([0, POSITIONS]).clamp(true);
}

/** Position of the thumb, in [0, POSITIONS]. Values outside of the slider's range are at its ends. */
export function positionOf(value: number, scale: SliderScale): number {
  // The logarithm is undefined for zero and below.
  return scaleOf(scale)(scale.log ? Math.max(value, scale.min) : value);
}

/** The value at a position, rounded for display: two significant digits, or a whole number. */
export function valueAt(position: number, scale: SliderScale): number {
  const { min, max, log, integer } = scale;
  if (position <= 0) return min;
  if (position >= POSITIONS) return max;
  const exact = scaleOf(scale).invert(position);
  const rounded = integer
    ? Math.round(exact)
    : log
      ? twoDigits(exact)
      : Number(exact.toFixed(decimals(scale)));
  return Math.min(max, Math.max(min, rounded));
}

/**
 * The next value one arrow key away: whole numbers on a log scale are so dense on the left that the next position
 * would often round to the same number.
 */
export function nudgeValue(value: number, direction: 1 | -1, scale: SliderScale): number {
  const from = positionOf(value, scale);
  for (
    let position = Math.round(from) + direction;
    position >= 0 && position <= POSITIONS;
    position += direction
  ) {
    const next = valueAt(position, scale);
    if ((next - value) * direction > 0) return next;
  }
  return direction > 0 ? Math.max(value, scale.max) : Math.min(value, scale.min);
}

const twoDigits = (value: number): number => Number(value.toPrecision(2));

/** Enough decimals to distinguish the positions of a linear slider. */
function decimals({ min, max }: SliderScale): number {
  return Math.max(0, Math.ceil(-Math.log10((max - min) / POSITIONS)));
}
