// A thumbnail of a head's attention matrix as SVG paths: cells of similar weight share one path.

const LEVELS = 6;

/** Cells are 1 x 1; weights near zero are omitted. @param weights rows of a square matrix, values 0 to 1 */
export function headPicture(weights: readonly ArrayLike<number>[]): { opacity: number; path: string }[] {
  const paths = Array.from({ length: LEVELS }, (): string[] => []);
  weights.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      const level = Math.ceil(Math.sqrt(row[x]!) * LEVELS - 0.5);
      if (level > 0) paths[Math.min(level, LEVELS) - 1]!.push(`M${x},${y}h1v1h-1z`);
    }
  });
  return paths.flatMap((cells, i) =>
    cells.length === 0 ? [] : [{ opacity: (i + 1) / LEVELS, path: cells.join('') }],
  );
}
