// The state of the map between frames: coordinates, their motion, scale and rotation; computes pixel positions. No
// DOM.
import type { Matrix } from '../../../metrics/vectors.ts';
import { Motion } from './motion.ts';
import { Projection } from './projection.ts';
import { robustExtent, Scale } from './scale.ts';

/** The plane of the first two principal components; the unit sphere in three; a UMAP snapshot. */
export type MapView = 'plane' | 'sphere' | 'umap';

/** Pixels between the outermost points and the frame. */
const MARGIN = 18;
/** Embeddings that arrive less often than this move for this long and then rest (milliseconds). */
const SLOWEST = 700;
const MAX_PITCH = 1.45;

export class Scene {
  view: MapView = 'plane';
  /** [points, 3]: x and y in pixels, depth from -1 (far) to 1 (near). NaN where a point has no position. */
  screen = new Float64Array(0);
  /** Share of the variance in the displayed axes. */
  share = 0;
  yaw = 0.5;
  pitch = 0.3;
  width = 0;
  height = 0;
  readonly scale = new Scale();
  private readonly motion = new Motion();
  private plane = new Projection(2, true);
  private sphere = new Projection(3, false);
  private unit: Matrix | null = null;
  private umap: Float64Array | null = null;
  /** The target positions, [points, 3]. */
  private goal: Float64Array = new Float64Array(0);
  private lastFollow = 0;
  private pace = 0;
  /** Whether the next fit of the scale sets it without easing. */
  private fresh = true;

  /** Resets the scene because the map has other points. */
  clear(): void {
    this.plane = new Projection(2, true);
    this.sphere = new Projection(3, false);
    this.unit = null;
    this.umap = null;
    this.goal = new Float64Array(0);
    this.motion.place(this.goal);
    this.fresh = true;
  }

  resize(width: number, height: number): void {
    if (width === this.width && height === this.height) return;
    this.width = width;
    this.height = height;
    this.fit(true);
  }

  /**
   * Sets new embeddings, rows of length 1.
   * @param calm milliseconds of an ordinary motion; 0 = none (reduced motion)
   * @param streaming more will arrive at the same rate: each motion then lasts until the next, without a rest
   */
  follow(unit: Matrix, now: number, calm: number, streaming: boolean): void {
    const since = now - this.lastFollow;
    this.lastFollow = now;
    this.pace = streaming && calm > 0 ? Math.max(calm, Math.min(SLOWEST, since)) : calm;
    this.unit = unit;
    if (this.view !== 'umap') this.aim(now);
  }

  /** @param layout [points, 2] */
  showUmap(layout: Float64Array, now: number, calm: number): void {
    this.umap = layout;
    this.pace = calm;
    if (this.view === 'umap') this.aim(now);
  }

  /** The positions in the plane, [points, 2], which UMAP starts from. */
  planeCoordinates(): Float64Array {
    return this.unit ? this.plane.follow(this.unit).coordinates : new Float64Array(0);
  }

  setView(view: MapView, now: number, calm: number): void {
    if (view === this.view) return;
    const here = this.screen.slice();
    this.view = view;
    this.pace = calm;
    this.fresh = true;
    this.aim(now, here);
  }

  turn(yaw: number, pitch: number): void {
    this.yaw += yaw;
    this.pitch = Math.max(-MAX_PITCH, Math.min(MAX_PITCH, this.pitch + pitch));
  }

  /** Advances by one frame and writes `screen`. Returns whether anything is still moving. */
  tick(now: number): boolean {
    const axes = this.view === 'plane' ? this.plane : this.sphere;
    const unconverged = this.view !== 'umap' && this.unit !== null && !axes.converged;
    if (unconverged && !this.motion.moving(now)) this.aim(now, undefined, true);
    const easing = this.scale.ease(now, this.pace === 0);
    this.project(this.motion.at(now));
    return this.motion.moving(now) || easing || unconverged;
  }

  /** Position of a point in the view's own units (the plane's coordinates), as currently drawn. */
  coordinatesOf(point: number): [number, number] {
    const { value } = this.scale;
    return [
      (this.screen[point * 3]! - this.width / 2) / value,
      (this.height / 2 - this.screen[point * 3 + 1]!) / value,
    ];
  }

  private aim(now: number, fromScreen?: Float64Array, refine = false): void {
    const goal = this.coordinates(refine);
    if (!goal) return;
    this.goal = goal;
    this.fit(this.fresh);
    if (fromScreen) this.motion.place(this.unproject(fromScreen));
    this.motion.aim(goal, now, this.pace);
  }

  private coordinates(refine: boolean): Float64Array | null {
    if (this.view === 'umap') return this.umap && widen(this.umap, 2);
    if (!this.unit) return null;
    const axes = this.view === 'plane' ? this.plane : this.sphere;
    const { coordinates, share } = refine ? axes.refine() : axes.follow(this.unit);
    this.share = share;
    return this.view === 'plane' ? widen(coordinates, 2) : ontoSphere(coordinates);
  }

  private fit(atOnce: boolean): void {
    const [w, h] = [this.width / 2 - MARGIN, this.height / 2 - MARGIN];
    if (w <= 0 || h <= 0 || this.goal.length === 0) return;
    if (this.view === 'sphere') this.scale.fit(1, 1, w, h, atOnce);
    else {
      const [x, y] = [robustExtent(this.goal, 0), robustExtent(this.goal, 1)];
      // UMAP's distances have no fixed unit.
      this.scale.fit(x, y, w, h, atOnce, this.view === 'umap' ? 0.9 : undefined);
    }
    this.fresh = false;
  }

  private project(here: Float64Array): void {
    if (this.screen.length !== here.length) this.screen = new Float64Array(here.length);
    const { width, height, screen } = this;
    const { value } = this.scale;
    const flat = this.view !== 'sphere';
    const [cy, sy] = flat ? [1, 0] : [Math.cos(this.yaw), Math.sin(this.yaw)];
    const [cp, sp] = flat ? [1, 0] : [Math.cos(this.pitch), Math.sin(this.pitch)];
    for (let i = 0; i < here.length; i += 3) {
      const x = cy * here[i]! + sy * here[i + 2]!;
      const z = cy * here[i + 2]! - sy * here[i]!;
      const y = cp * here[i + 1]! - sp * z;
      screen[i] = inside(width / 2 + x * value, width);
      screen[i + 1] = inside(height / 2 - y * value, height);
      screen[i + 2] = sp * here[i + 1]! + cp * z;
    }
  }

  /** Converts pixels to the coordinates of the current view (in the picture plane), to start a change of view there. */
  private unproject(screen: Float64Array): Float64Array {
    const from = new Float64Array(screen.length);
    const flat = this.view !== 'sphere';
    const [cy, sy] = flat ? [1, 0] : [Math.cos(this.yaw), Math.sin(this.yaw)];
    const [cp, sp] = flat ? [1, 0] : [Math.cos(this.pitch), Math.sin(this.pitch)];
    for (let i = 0; i < screen.length; i += 3) {
      const x = (screen[i]! - this.width / 2) / this.scale.value;
      const y = (this.height / 2 - screen[i + 1]!) / this.scale.value;
      const z = -sp * y; // depth 0 in the picture, rotated back
      from[i] = cy * x - sy * z;
      from[i + 1] = cp * y;
      from[i + 2] = sy * x + cy * z;
    }
    return from;
  }
}

/** Keeps an outlier on the edge; NaN stays NaN. */
function inside(at: number, size: number): number {
  return at < 6 ? 6 : at > size - 6 ? size - 6 : at;
}

function widen(coordinates: Float64Array, components: number): Float64Array {
  const wide = new Float64Array((coordinates.length / components) * 3);
  for (let i = 0, j = 0; i < coordinates.length; i += components, j += 3) {
    wide[j] = coordinates[i]!;
    wide[j + 1] = coordinates[i + 1]!;
  }
  return wide;
}

/**
 * Directions in the three strongest axes; the first of them, along which untrained sentences cluster, faces the
 * viewer.
 */
function ontoSphere(coordinates: Float64Array): Float64Array {
  const placed = new Float64Array(coordinates.length);
  for (let i = 0; i < coordinates.length; i += 3) {
    const size = Math.hypot(coordinates[i]!, coordinates[i + 1]!, coordinates[i + 2]!) || 1;
    placed[i] = coordinates[i + 1]! / size;
    placed[i + 1] = coordinates[i + 2]! / size;
    placed[i + 2] = coordinates[i]! / size;
  }
  return placed;
}
