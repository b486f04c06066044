// Linear algebra for tiny matrices, where the simplest method is best: row-major k x k, k below ten or so.

export interface Eigen {
  /** Descending. */
  values: Float64Array;
  /** Row i is the unit eigenvector of values[i]. */
  vectors: Float64Array;
}

/** Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations. */
export function symmetricEigen(symmetric: ArrayLike<number>, size: number): Eigen {
  const a = Float64Array.from(symmetric);
  const v = identity(size);
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    let diagonal = 0;
    for (let i = 0; i < size; i++) {
      diagonal += a[i * size + i]! ** 2;
      for (let j = i + 1; j < size; j++) off += a[i * size + j]! ** 2;
    }
    if (off <= 1e-30 * diagonal) break;
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, v, size, p, q);
  }
  const order = Array.from({ length: size }, (_, i) => i).sort((i, j) => a[j * size + j]! - a[i * size + i]!);
  return {
    values: Float64Array.from(order, (i) => a[i * size + i]!),
    vectors: Float64Array.from(
      order.flatMap((i) => Array.from({ length: size }, (_, j) => v[j * size + i]!)),
    ),
  };
}

/** Zeroes a[p][q]; the columns of v are rotated too. */
function rotate(a: Float64Array, v: Float64Array, size: number, p: number, q: number): void {
  const apq = a[p * size + q]!;
  if (apq === 0) return;
  const theta = (a[q * size + q]! - a[p * size + p]!) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < size; k++) {
    const [kp, kq] = [a[k * size + p]!, a[k * size + q]!];
    a[k * size + p] = c * kp - s * kq;
    a[k * size + q] = s * kp + c * kq;
  }
  for (let k = 0; k < size; k++) {
    const [pk, qk] = [a[p * size + k]!, a[q * size + k]!];
    a[p * size + k] = c * pk - s * qk;
    a[q * size + k] = s * pk + c * qk;
    const [vp, vq] = [v[k * size + p]!, v[k * size + q]!];
    v[k * size + p] = c * vp - s * vq;
    v[k * size + q] = s * vp + c * vq;
  }
}

export function identity(size: number): Float64Array {
  const one = new Float64Array(size * size);
  for (let i = 0; i < size; i++) one[i * size + i] = 1;
  return one;
}

/**
 * The orthogonal matrix nearest to m (its polar factor U V^T), and m's smallest singular value. Directions that m
 * does not determine are left unchanged, so that the zero matrix gives the identity.
 */
export function nearestOrthogonal(m: ArrayLike<number>, size: number): { q: Float64Array; smallest: number } {
  const gram = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      for (let k = 0; k < size; k++) gram[i * size + j]! += m[k * size + i]! * m[k * size + j]!;
  const { values, vectors } = symmetricEigen(gram, size); // m^T m = V S^2 V^T
  const largest = Math.sqrt(Math.max(values[0] ?? 0, 0));
  const u = new Float64Array(size * size); // row i = m v_i / s_i
  for (let i = 0; i < size; i++) {
    const v = vectors.subarray(i * size, (i + 1) * size);
    const row = u.subarray(i * size, (i + 1) * size);
    const s = Math.sqrt(Math.max(values[i]!, 0));
    if (largest > 0 && s > 1e-9 * largest) {
      for (let r = 0; r < size; r++) for (let k = 0; k < size; k++) row[r]! += (m[r * size + k]! * v[k]!) / s;
    } else row.set(v);
  }
  orthonormalise(u, size, size);
  const q = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let r = 0; r < size; r++)
      for (let c = 0; c < size; c++) q[r * size + c]! += u[i * size + r]! * vectors[i * size + c]!;
  return { q, smallest: Math.sqrt(Math.max(values[size - 1] ?? 0, 0)) };
}

/**
 * Gram-Schmidt, applied twice, to the rows [rows, dimension], in place; a degenerate row becomes an arbitrary
 * orthogonal direction.
 */
export function orthonormalise(matrix: Float64Array, rows: number, dimension: number): void {
  for (let i = 0; i < rows; i++) {
    const row = matrix.subarray(i * dimension, (i + 1) * dimension);
    let free = i;
    for (let tries = 0; tries <= dimension; tries++) {
      const before = length(row);
      if (before > 0) {
        for (let pass = 0; pass < 2; pass++) {
          for (let j = 0; j < i; j++) project(row, matrix.subarray(j * dimension, (j + 1) * dimension));
        }
      }
      const after = length(row);
      if (after > 1e-10 * before && after > 1e-150) {
        for (let k = 0; k < dimension; k++) row[k]! /= after;
        break;
      }
      row.fill(0);
      row[free++ % dimension] = 1;
    }
  }
}

function project(row: Float64Array, away: Float64Array): void {
  let dot = 0;
  for (let k = 0; k < row.length; k++) dot += row[k]! * away[k]!;
  for (let k = 0; k < row.length; k++) row[k]! -= dot * away[k]!;
}

function length(row: Float64Array): number {
  let squares = 0;
  for (const value of row) squares += value * value;
  return Math.sqrt(squares);
}
