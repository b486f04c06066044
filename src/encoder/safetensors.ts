// Reads and writes the safetensors format: 8 bytes of header length, a JSON header, then raw little-endian tensors. It
// contains no code (no pickle). The whole header is checked (sizes, offsets, overlaps, names) before any tensor is
// allocated.
import { z } from 'zod';
import { Failure, messageOf } from '../util/failure.ts';

export interface NamedTensor {
  shape: number[];
  data: Float32Array;
}

export type TensorMap = Map<string, NamedTensor>;

const MAX_HEADER = 100_000_000;
const BYTES: Record<string, number> = {
  F32: 4,
  F16: 2,
  BF16: 2,
  F64: 8,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
};

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(z.int().min(0)).max(8),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});

interface TensorEntry {
  name: string;
  dtype: string;
  shape: number[];
  begin: number;
  end: number;
}

/** Reads and checks the header. @throws Failure with the reason */
export function readHeader(
  bytes: Uint8Array,
  file: string,
): { entries: TensorEntry[]; dataStart: number; metadata: Record<string, string> } {
  const refuse = (reason: string): never => {
    throw new Failure(`${file} is not a valid safetensors file: ${reason}.`);
  };
  if (bytes.byteLength < 8) refuse(`it has ${bytes.byteLength} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > MAX_HEADER) refuse(`its header claims ${headerLength} bytes`);
  if (8 + headerLength > bytes.byteLength)
    refuse(`its header claims ${headerLength} bytes, the file has ${bytes.byteLength} (truncated?)`);
  let [text, json]: [string, unknown] = ['', undefined];
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + headerLength));
    json = JSON.parse(text);
  } catch (error) {
    refuse(`its header is not JSON (${messageOf(error)})`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) refuse('its header is not an object');
  const dataStart = 8 + headerLength;
  const room = bytes.byteLength - dataStart;
  const entries: TensorEntry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(json as Record<string, unknown>)) {
    if (name === '__metadata__') {
      metadata = z.record(z.string(), z.string()).catch({}).parse(value);
      continue;
    }
    entries.push(checkEntry(name, value, room, refuse));
  }
  const repeated = repeatedName(text);
  if (repeated !== undefined) refuse(`tensor "${repeated}" appears twice`);
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  entries.forEach((entry, i) => {
    const next = entries[i + 1];
    if (next && next.begin < entry.end) refuse(`tensors "${entry.name}" and "${next.name}" overlap`);
  });
  return { entries, dataStart, metadata };
}

/** A key that occurs twice in a JSON object of objects, at its top level; JSON.parse would silently keep the last. */
function repeatedName(json: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    if (json[i] === '{') depth++;
    else if (json[i] === '}') depth--;
    if (json[i] !== '"') continue;
    const from = i++;
    while (json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
    if (depth !== 1) continue;
    const name = JSON.parse(json.slice(from, i + 1)) as string;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

function checkEntry(
  name: string,
  value: unknown,
  room: number,
  refuse: (reason: string) => never,
): TensorEntry {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success)
    return refuse(`tensor "${name}" has a malformed entry (${parsed.error.issues[0]?.message})`);
  const {
    dtype,
    shape,
    data_offsets: [begin, end],
  } = parsed.data;
  const size = Object.hasOwn(BYTES, dtype) ? BYTES[dtype] : undefined;
  if (size === undefined) return refuse(`tensor "${name}" has unknown type ${dtype}`);
  const wanted = shape.reduce((n, dimension) => n * dimension, size);
  if (end < begin || end - begin !== wanted)
    return refuse(
      `tensor "${name}" of shape [${shape.join(', ')}] needs ${wanted} bytes, its offsets give ${end - begin}`,
    );
  if (end > room) return refuse(`tensor "${name}" ends at byte ${end} of ${room} (truncated?)`);
  return { name, dtype, shape, begin, end };
}

/** Reads all float tensors as float32; integer tensors (such as position_ids) are skipped. */
export function readSafetensors(
  bytes: Uint8Array,
  file: string,
): { tensors: TensorMap; metadata: Record<string, string> } {
  const { entries, dataStart, metadata } = readHeader(bytes, file);
  const tensors: TensorMap = new Map();
  for (const { name, dtype, shape, begin, end } of entries) {
    // Copied for alignment, but not with slice(), which returns a view for Node's Buffer.
    const data = decode(new Uint8Array(bytes.subarray(dataStart + begin, dataStart + end)), dtype);
    if (data) tensors.set(name, { shape, data });
  }
  return { tensors, metadata };
}

function decode(bytes: Uint8Array, dtype: string): Float32Array | undefined {
  switch (dtype) {
    case 'F32':
      return new Float32Array(bytes.buffer);
    case 'F64':
      return Float32Array.from(new Float64Array(bytes.buffer));
    case 'BF16': {
      const words = new Uint16Array(bytes.buffer);
      return new Float32Array(Uint32Array.from(words, (word) => word << 16).buffer);
    }
    case 'F16':
      return halvesToFloats(new Uint16Array(bytes.buffer));
    default:
      return undefined;
  }
}

/** Look-up table of all half-precision numbers: ten times faster than decoding the bits. */
let table: Float32Array | undefined;

function halvesToFloats(halves: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 2 ** 16 }, (_, half) => halfToFloat(half));
  const floats = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) floats[i] = table[halves[i]!]!;
  return floats;
}

/** IEEE 754 half precision to number. */
export function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const scratch = new DataView(new ArrayBuffer(4));

/** Number to IEEE 754 half precision, rounded half to even. */
export function floatToHalf(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 255) return sign | 0x7c00 | (fraction ? 0x200 : 0);
  const e = exponent - 112;
  if (e >= 31) return sign | 0x7c00;
  if (e <= 0) {
    if (e < -10) return sign;
    return sign | roundShift(fraction | 0x800000, 14 - e);
  }
  return sign | (((e << 10) | 0) + roundShift(fraction, 13));
}

/** value >> shift, rounded half to even. */
function roundShift(value: number, shift: number): number {
  const floor = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && floor & 1) ? floor + 1 : floor;
}

/** Writes tensors in the order of the map. */
export function writeSafetensors(
  tensors: TensorMap,
  options: { half?: boolean; metadata?: Record<string, string> } = {},
): Uint8Array {
  const size = options.half ? 2 : 4;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt', ...options.metadata } };
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    const end = offset + data.length * size;
    header[name] = { dtype: options.half ? 'F16' : 'F32', shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.fill(0x20, 8, 8 + padded);
  bytes.set(text, 8);
  let at = 8 + padded;
  for (const { data } of tensors.values()) {
    const encoded = options.half ? Uint16Array.from(data, floatToHalf) : data;
    bytes.set(new Uint8Array(encoded.buffer, encoded.byteOffset, encoded.byteLength), at);
    at += encoded.byteLength;
  }
  return bytes;
}
