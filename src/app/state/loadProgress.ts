// Bytes of several files that are on their way, added up.

export interface Bytes {
  loaded: number;
  total: number;
}

export function totals(files: readonly Bytes[]): Bytes {
  return files.reduce(
    (sum, { loaded, total }) => ({ loaded: sum.loaded + loaded, total: sum.total + total }),
    { loaded: 0, total: 0 },
  );
}
