// The map's scale, pixels per unit: constant, so that the spreading of points is visible. It changes only when points
// would leave the frame or become too small, and then gradually.

/** Points beyond this multiple of the 98th percentile do not shrink the rest of the map; they are drawn on its edge. */
const OUTLIER = 1.8;
const ROOM = 1.12;
/** Share of the frame below which the points are too close together to read. */
const SMALL = 0.5;
/** Time constant of the change, in milliseconds. */
const EASE = 260;

/** Half the extent of the points along one axis of [points, 3]. */
export function robustExtent(coordinates: Float64Array, axis: number): number {
  const sizes: number[] = [];
  for (let i = axis; i < coordinates.length; i += 3) {
    const size = Math.abs(coordinates[i]!);
    if (Number.isFinite(size)) sizes.push(size);
  }
  sizes.sort((a, b) => a - b);
  const largest = sizes.at(-1) ?? 0;
  return Math.min(largest, OUTLIER * (sizes[Math.floor(0.98 * (sizes.length - 1))] ?? 0)) || largest;
}

export class Scale {
  /** Pixels per unit. */
  value = 0;
  private target = 0;
  private time = 0;

  /**
   * Fits the scale to the half extents of the points and of the frame (pixels).
   * @param atOnce the view itself has changed: no easing
   * @param small the share of the frame below which the points are drawn larger
   */
  fit(x: number, y: number, halfWidth: number, halfHeight: number, atOnce: boolean, small = SMALL): void {
    const wanted = Math.min(halfWidth / (ROOM * x || 1), halfHeight / (ROOM * y || 1));
    const keeps = this.target <= wanted * ROOM && this.target >= wanted * small;
    if (!keeps || atOnce) this.target = wanted;
    if (atOnce || this.value === 0) this.value = this.target;
  }

  /** Advances the easing by one frame. Returns whether the scale is still changing. */
  ease(now: number, immediate: boolean): boolean {
    const passed = Math.min(100, Math.max(0, now - this.time));
    this.time = now;
    this.value += (this.target - this.value) * (immediate ? 1 : 1 - Math.exp(-passed / EASE));
    if (Math.abs(this.target - this.value) < 1e-3 * this.target) this.value = this.target;
    return this.value !== this.target;
  }
}

/** Radii of the rings to draw: two to four at round numbers, of those that fit into `reach` units. */
export function ringRadii(reach: number): number[] {
  if (!(reach > 0) || !Number.isFinite(reach)) return [];
  const largest = reach / 2;
  const power = 10 ** Math.floor(Math.log10(largest));
  const step = power * ([5, 2].find((nice) => nice * power <= largest) ?? 1);
  return Array.from({ length: Math.floor(reach / step + 1e-9) }, (_, i) => step * (i + 1));
}
