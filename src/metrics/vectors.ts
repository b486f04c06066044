// Matrices of embeddings as plain numbers, with the row operations that the metrics share.

/** Row-major [rows, dimension]. */
export interface Matrix {
  data: Float64Array;
  rows: number;
  dimension: number;
}

export function matrixFrom(values: ArrayLike<number>, rows: number, dimension: number): Matrix {
  return { data: Float64Array.from(values), rows, dimension };
}

export function matrixFromRows(rows: readonly (readonly number[])[]): Matrix {
  return matrixFrom(rows.flat(), rows.length, rows[0]?.length ?? 0);
}

/** Gathers the rows with these indices, in this order. */
export function takeRows(matrix: Matrix, indices: readonly number[]): Matrix {
  const { dimension } = matrix;
  const data = new Float64Array(indices.length * dimension);
  indices.forEach((row, i) => {
    data.set(matrix.data.subarray(row * dimension, (row + 1) * dimension), i * dimension);
  });
  return { data, rows: indices.length, dimension };
}

/** Rows scaled to length 1; a zero row stays zero. */
export function normalised({ data, rows, dimension }: Matrix): Matrix {
  const unit = new Float64Array(data.length);
  for (let r = 0; r < rows; r++) {
    let squares = 0;
    for (let k = r * dimension; k < (r + 1) * dimension; k++) squares += data[k]! ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let k = r * dimension; k < (r + 1) * dimension; k++) unit[k] = data[k]! * scale;
  }
  return { data: unit, rows, dimension };
}

/** Squared Euclidean distance of row i of a and row j of b, from differences (accurate for rows that are close). */
export function squaredDistance(a: Matrix, i: number, b: Matrix, j: number): number {
  const { dimension } = a;
  let total = 0;
  for (let k = 0; k < dimension; k++) {
    const difference = a.data[i * dimension + k]! - b.data[j * dimension + k]!;
    total += difference * difference;
  }
  return total;
}

/** Cosine of row i of a with row i of b, for every i; a zero row gives 0. */
export function rowCosines(a: Matrix, b: Matrix): number[] {
  const [x, y] = [normalised(a), normalised(b)];
  return Array.from({ length: a.rows }, (_, i) => {
    let dot = 0;
    for (let k = i * a.dimension; k < (i + 1) * a.dimension; k++) dot += x.data[k]! * y.data[k]!;
    return dot;
  });
}
