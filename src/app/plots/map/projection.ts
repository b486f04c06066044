// The map's coordinates: principal component analysis that tracks embeddings while they are trained.
//
// The principal axes of a new state of the encoder have arbitrary signs, and swap when two variances cross; drawn
// directly, the map would flip and jump. So (1) the displayed axes turn towards the principal ones by a bounded angle
// per frame, and (2) the picture is rotated (or mirrored) onto the previous one: orthogonal Procrustes, min over
// orthogonal R of || C R - C_before ||. Neither changes a distance within the picture.
import type { Matrix } from '../../../metrics/vectors.ts';
import { Random } from '../../../util/random.ts';
import { nearestOrthogonal, orthonormalise, symmetricEigen } from './smallMatrix.ts';

/** More directions are tracked than are drawn: the block converges faster, and a rising axis is detected in time. */
const EXTRA_DIRECTIONS = 2;
const WARM_ITERATIONS = 2;
/**
 * The first fit takes more iterations, as many as fit into about 20 ms (each costs rows x dimension); refine() adds
 * the others.
 */
const coldIterations = (rows: number, dimension: number): number =>
  Math.max(WARM_ITERATIONS, Math.min(40, Math.floor(1.2e6 / (rows * dimension))));
/** Smaller angles (radians) are not visible. */
const SMALLEST_ANGLE = 1e-4;

export interface ProjectedPoints {
  /** [rows, components], in units of the sphere's radius. */
  coordinates: Float64Array;
  rows: number;
  /** Share of the total variance (of the mean square, if not centred) in the displayed axes; 0 to 1. */
  share: number;
}

/** Turns `coordinates` [rows, k] onto `reference` over their common rows; returns the k x k matrix used. */
export function alignOnto(
  coordinates: Float64Array,
  reference: Float64Array,
  components: number,
): Float64Array {
  const common = Math.min(coordinates.length, reference.length) / components;
  const cross = new Float64Array(components * components);
  for (let i = 0; i < common; i++)
    for (let r = 0; r < components; r++)
      for (let c = 0; c < components; c++)
        cross[r * components + c]! += coordinates[i * components + r]! * reference[i * components + c]!;
  const { q } = nearestOrthogonal(cross, components);
  const row = new Float64Array(components);
  for (let i = 0; i < coordinates.length; i += components) {
    row.set(coordinates.subarray(i, i + components));
    for (let c = 0; c < components; c++) {
      let total = 0;
      for (let r = 0; r < components; r++) total += row[r]! * q[r * components + c]!;
      coordinates[i + c] = total;
    }
  }
  return q;
}

export class Projection {
  /** Whether the displayed axes are the principal ones. */
  converged = true;
  private data: Matrix = { data: new Float64Array(0), rows: 0, dimension: 0 };
  private total = 0;
  /** [components + SPARE, d], orthonormal, by descending variance. */
  private block: Float64Array | null = null;
  /** [components, d], orthonormal: the displayed axes. */
  private drawn: Float64Array | null = null;
  private last: Float64Array | null = null;

  /**
   * @param centred axes through the mean (PCA), or through the origin of the sphere
   * @param largestTurn the largest angle in radians by which the displayed axes turn in one call
   */
  constructor(
    readonly components: number,
    readonly centred: boolean,
    readonly largestTurn = 0.25,
  ) {}

  /** Sets new embeddings, [rows, d] of length 1; existing rows keep their index. */
  follow(unit: Matrix): ProjectedPoints {
    if (unit.dimension !== this.data.dimension) this.block = this.drawn = null;
    const { rows, dimension } = unit;
    const data = unit.data.slice();
    if (this.centred) centre(data, rows, dimension);
    this.data = { data, rows, dimension };
    this.total = 0;
    for (const value of data) this.total += value * value;
    return this.refine();
  }

  /** Iterates on the same embeddings: the axes continue turning towards the principal ones. */
  refine(): ProjectedPoints {
    const { dimension } = this.data;
    const k = Math.min(this.components, dimension);
    const moved = this.iterate(k);
    const target = this.block!.slice(0, k * dimension);
    let angle = 0;
    if (this.drawn) angle = this.turn(target, k);
    else this.drawn = target;
    this.converged = moved < 1e-7 && angle <= SMALLEST_ANGLE;
    return this.place(k);
  }

  /**
   * Orthogonal iteration V <- orth(X^T X V), then Rayleigh-Ritz. Returns the relative change of the captured
   * variance.
   */
  private iterate(k: number): number {
    const { data, rows, dimension } = this.data;
    const size = Math.min(k + EXTRA_DIRECTIONS, dimension);
    const cold = this.block?.length !== size * dimension;
    if (cold || !this.block) {
      const random = Random.seeded(1).fork('principal axes');
      this.block = Float64Array.from({ length: size * dimension }, () => random.normal());
      orthonormalise(this.block, size, dimension);
    }
    let held = 0;
    let change = Infinity;
    const iterations = cold ? coldIterations(rows, dimension) : WARM_ITERATIONS;
    for (let i = 0; i < iterations; i++) {
      const { scores, variances } = ritz(this.block, data, rows, dimension, size);
      const now = variances.subarray(0, k).reduce((sum, value) => sum + value, 0);
      change = now > 0 ? Math.abs(now - held) / now : 0;
      held = now;
      if (change < 1e-12) break;
      const next = new Float64Array(size * dimension);
      for (let i = 0; i < rows; i++)
        for (let v = 0; v < size; v++) {
          const score = scores[i * size + v]!;
          for (let c = 0, at = v * dimension, from = i * dimension; c < dimension; c++)
            next[at + c]! += score * data[from + c]!;
        }
      if (next.some((value) => value !== 0)) this.block = next;
      orthonormalise(this.block, size, dimension);
    }
    ritz(this.block, data, rows, dimension, size);
    return change;
  }

  /** Turns the displayed axes towards the target's, by at most largestTurn. Returns the remaining angle. */
  private turn(target: Float64Array, k: number): number {
    const { dimension } = this.data;
    const drawn = this.drawn!;
    const cross = new Float64Array(k * k); // drawn . target^T
    for (let r = 0; r < k; r++)
      for (let c = 0; c < k; c++)
        for (let j = 0; j < dimension; j++)
          cross[r * k + c]! += drawn[r * dimension + j]! * target[c * dimension + j]!;
    const { q, smallest } = nearestOrthogonal(cross, k);
    const angle = Math.acos(Math.min(1, smallest));
    const step = angle <= this.largestTurn ? 1 : this.largestTurn / angle;
    for (let j = 0; j < dimension; j++) {
      for (let r = 0; r < k; r++) {
        let aligned = 0;
        for (let c = 0; c < k; c++) aligned += q[r * k + c]! * target[c * dimension + j]!;
        drawn[r * dimension + j]! += step * (aligned - drawn[r * dimension + j]!);
      }
    }
    orthonormalise(drawn, k, dimension);
    return step === 1 ? 0 : angle - this.largestTurn;
  }

  /**
   * Chooses the signs of the first picture: each axis points towards its farthest points, so that equal data looks
   * equal.
   */
  private face(coordinates: Float64Array, drawn: Float64Array): void {
    const { dimension } = this.data;
    for (let c = 0; c * dimension < drawn.length; c++) {
      let skew = 0;
      for (let i = c; i < coordinates.length; i += this.components) skew += coordinates[i]! ** 3;
      if (skew >= 0) continue;
      for (let i = c; i < coordinates.length; i += this.components) coordinates[i]! *= -1;
      for (let j = 0; j < dimension; j++) drawn[c * dimension + j]! *= -1;
    }
  }

  /** Coordinates on the displayed axes, rotated onto the previous ones; the axes are rotated too. */
  private place(k: number): ProjectedPoints {
    const { data, rows, dimension } = this.data;
    const n = this.components;
    const drawn = this.drawn!;
    const coordinates = new Float64Array(rows * n);
    let held = 0;
    for (let i = 0; i < rows; i++) {
      for (let c = 0; c < k; c++) {
        let total = 0;
        for (let j = 0; j < dimension; j++) total += data[i * dimension + j]! * drawn[c * dimension + j]!;
        coordinates[i * n + c] = total;
        held += total * total;
      }
    }
    if (!this.last) this.face(coordinates, drawn);
    else if (k === n) {
      const q = alignOnto(coordinates, this.last, n);
      const turned = new Float64Array(drawn.length);
      for (let c = 0; c < n; c++)
        for (let r = 0; r < n; r++)
          for (let j = 0; j < dimension; j++)
            turned[c * dimension + j]! += q[r * n + c]! * drawn[r * dimension + j]!;
      this.drawn = turned;
    }
    this.last = coordinates;
    return { coordinates, rows, share: this.total > 0 ? held / this.total : 0 };
  }
}

/** Moves the mean of the rows to the origin, in place. */
function centre(data: Float64Array, rows: number, dimension: number): void {
  const mean = new Float64Array(dimension);
  for (let i = 0; i < rows; i++)
    for (let j = 0, at = i * dimension; j < dimension; j++) mean[j]! += data[at + j]! / rows;
  for (let i = 0; i < rows; i++)
    for (let j = 0, at = i * dimension; j < dimension; j++) data[at + j]! -= mean[j]!;
}

/**
 * Rayleigh-Ritz: rotates the block, in place, to its own principal axes; scores X V^T [rows, size], and their
 * squares.
 */
function ritz(
  block: Float64Array,
  data: Float64Array,
  rows: number,
  dimension: number,
  size: number,
): { scores: Float64Array; variances: Float64Array } {
  const scores = new Float64Array(rows * size);
  const gram = new Float64Array(size * size);
  for (let i = 0; i < rows; i++) {
    for (let v = 0; v < size; v++) {
      let total = 0;
      for (let j = 0, a = i * dimension, b = v * dimension; j < dimension; j++)
        total += data[a + j]! * block[b + j]!;
      scores[i * size + v] = total;
    }
    for (let r = 0; r < size; r++)
      for (let c = 0; c < size; c++) gram[r * size + c]! += scores[i * size + r]! * scores[i * size + c]!;
  }
  const { values, vectors } = symmetricEigen(gram, size);
  turnRows(block, vectors, size, dimension);
  const turned = new Float64Array(size);
  for (let i = 0; i < rows; i++) {
    turned.fill(0);
    for (let e = 0; e < size; e++)
      for (let v = 0; v < size; v++) turned[e]! += vectors[e * size + v]! * scores[i * size + v]!;
    scores.set(turned, i * size);
  }
  return { scores, variances: values };
}

/** block <- vectors . block */
function turnRows(block: Float64Array, vectors: Float64Array, size: number, dimension: number): void {
  const column = new Float64Array(size);
  for (let j = 0; j < dimension; j++) {
    for (let e = 0; e < size; e++) {
      let total = 0;
      for (let v = 0; v < size; v++) total += vectors[e * size + v]! * block[v * dimension + j]!;
      column[e] = total;
    }
    for (let e = 0; e < size; e++) block[e * dimension + j] = column[e]!;
  }
}
