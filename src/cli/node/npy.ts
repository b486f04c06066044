// Writes NumPy's .npy format, version 1.0: float32, C order, little-endian.

export function npyBytes(values: ArrayLike<number>, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  const prefix = 10; // magic, version, header length
  const padded = Math.ceil((prefix + description.length + 1) / 64) * 64 - prefix;
  const header = new TextEncoder().encode(`${description.padEnd(padded - 1)}\n`);
  const data = Float32Array.from(values);
  const bytes = new Uint8Array(prefix + padded + data.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, padded, true);
  bytes.set(header, prefix);
  bytes.set(new Uint8Array(data.buffer), prefix + padded);
  return bytes;
}
