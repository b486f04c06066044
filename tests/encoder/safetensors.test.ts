// Weights come from strangers. Every number is converted as IEEE 754 says, and a header that lies is refused before
// anything is allocated for it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  floatToHalf,
  halfToFloat,
  readHeader,
  readSafetensors,
  writeSafetensors,
  type TensorMap,
} from '../../src/encoder/safetensors.ts';
import { Failure } from '../../src/util/failure.ts';
import { expectSameBits } from '../kernels/numbers.ts';

/** A file from a header as text, and the bytes of its tensors. */
function file(header: unknown, body: Uint8Array = new Uint8Array(0), claimed?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}

function bodyOf(values: { buffer: ArrayBufferLike }): Uint8Array {
  return new Uint8Array(values.buffer);
}

/** A file of one tensor "x". */
function single(dtype: string, shape: number[], body: Uint8Array): Uint8Array {
  return file({ x: { dtype, shape, data_offsets: [0, body.length] } }, body);
}

function valuesOf(bytes: Uint8Array): number[] {
  return [...readSafetensors(bytes, 'test').tensors.get('x')!.data];
}

const entry = (begin: number, end: number, shape = [(end - begin) / 4]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

describe('reading', () => {
  const VALUES = [0, 1, -2.5, 1024, -0.125, Infinity];

  it('takes F32, F64, F16 and BF16', () => {
    expect(valuesOf(single('F32', [2, 3], bodyOf(Float32Array.from(VALUES))))).toEqual(VALUES);
    expect(valuesOf(single('F64', [6], bodyOf(Float64Array.from(VALUES))))).toEqual(VALUES);
    const halves = Uint16Array.of(0, 0x3c00, 0xc100, 0x6400, 0xb000, 0x7c00);
    expect(valuesOf(single('F16', [3, 2], bodyOf(halves)))).toEqual(VALUES);
    const brains = Uint16Array.of(0, 0x3f80, 0xc020, 0x4480, 0xbe00, 0x7f80);
    expect(valuesOf(single('BF16', [6], bodyOf(brains)))).toEqual(VALUES);
  });

  it('keeps the shape, scalars and empty tensors too', () => {
    const body = bodyOf(Float32Array.of(7, 8));
    const header = { none: entry(0, 0, [0, 5]), scalar: entry(0, 4, []), x: entry(4, 8, [1, 1, 1]) };
    const { tensors } = readSafetensors(file(header, body), 'test');
    expect(tensors.get('scalar')).toEqual({ shape: [], data: Float32Array.of(7) });
    expect(tensors.get('x')).toEqual({ shape: [1, 1, 1], data: Float32Array.of(8) });
    expect(tensors.get('none')).toEqual({ shape: [0, 5], data: new Float32Array(0) });
  });

  it('takes an empty tensor that stands after its neighbour in the header', () => {
    const header = { x: entry(0, 4), none: entry(0, 0, [0]) };
    expect(readSafetensors(file(header, new Uint8Array(4)), 'test').tensors.size).toBe(2);
  });

  it.each(['I64', 'I32', 'I16', 'I8', 'U64', 'U32', 'U16', 'U8', 'BOOL'])(
    'leaves %s tensors out',
    (dtype) => {
      const size = { '64': 8, '32': 4, '16': 2 }[dtype.slice(1)] ?? 1;
      const header = {
        position_ids: { dtype, shape: [4], data_offsets: [0, 4 * size] },
        x: entry(4 * size, 4 * size + 4),
      };
      const { tensors } = readSafetensors(file(header, new Uint8Array(4 * size + 4)), 'test');
      expect([...tensors.keys()]).toEqual(['x']);
    },
  );

  it('reads at any place in a larger buffer, and from a Node Buffer', () => {
    const header = { a: entry(0, 8), x: entry(8, 16) };
    const bytes = file(header, bodyOf(Float32Array.of(1, 2, 3, 4)));
    for (let shift = 0; shift < 4; shift++) {
      const larger = new Uint8Array(bytes.length + 9);
      larger.set(bytes, shift);
      expect(valuesOf(larger.subarray(shift, shift + bytes.length))).toEqual([3, 4]);
    }
    expect(valuesOf(Buffer.from(bytes))).toEqual([3, 4]);
  });

  it('gives copies: the file may be changed afterwards', () => {
    const bytes = single('F32', [1], bodyOf(Float32Array.of(5)));
    const { tensors } = readSafetensors(bytes, 'test');
    bytes.fill(0);
    expect([...tensors.get('x')!.data]).toEqual([5]);
  });

  it('gives the metadata, and ignores what is none', () => {
    const read = (metadata: unknown) => readSafetensors(file({ __metadata__: metadata }), 'test').metadata;
    expect(read({ format: 'pt', by: 'us' })).toEqual({ format: 'pt', by: 'us' });
    expect(read({ format: 3 })).toEqual({});
    expect(read('text')).toEqual({});
  });
});

describe('a header that lies', () => {
  const body = new Uint8Array(16);
  const good = '{"x":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}';
  const shaped = (shape: unknown, offsets: unknown = [0, 16], dtype: unknown = 'F32') =>
    file({ x: { dtype, shape, data_offsets: offsets } }, body);

  const ATTACKS: [string, Uint8Array, RegExp][] = [
    ['no file at all', new Uint8Array(0), /it has 0 bytes/],
    ['a file shorter than its length field', new Uint8Array(7), /it has 7 bytes/],
    ['a header beyond the file', file(good, body, 5000n), /claims 5000 bytes.*truncated/],
    ['a header of 2^63 bytes', file(good, body, 2n ** 63n), /its header claims/],
    ['a header of 2^64 - 1 bytes', file(good, body, 2n ** 64n - 1n), /its header claims/],
    ['a header cut short', file(good, body, BigInt(good.length - 1)), /not JSON/],
    ['an empty header', file('', body), /not JSON/],
    ['no JSON', file('hello', body), /not JSON/],
    ['no UTF-8', file('{"x\u0000"}').fill(0xff, 9, 11), /not JSON/],
    ['an array', file('[]', body), /not an object/],
    ['a number', file('3', body), /not an object/],
    ['null', file('null', body), /not an object/],
    ['an entry that is no object', file({ x: 3 }, body), /"x" has a malformed entry/],
    ['an entry without a type', file({ x: { shape: [4], data_offsets: [0, 16] } }, body), /"x".*malformed/],
    ['a type nobody knows', shaped([4], [0, 16], 'F31'), /unknown type F31/],
    ['a type that JavaScript knows', shaped([4], [0, 16], 'constructor'), /unknown type constructor/],
    ['another type that JavaScript knows', shaped([4], [0, 16], '__proto__'), /unknown type __proto__/],
    ['negative offsets', shaped([4], [-16, 0]), /malformed/],
    ['offsets that run backwards', shaped([4], [16, 0]), /needs 16 bytes, its offsets give -16/],
    ['offsets that are no integers', shaped([4], [0.5, 16.5]), /malformed/],
    ['three offsets', shaped([4], [0, 8, 16]), /malformed/],
    ['offsets beyond the file', shaped([4], [16, 32]), /ends at byte 32 of 16/],
    ['huge offsets', shaped([4], [2 ** 52, 2 ** 52 + 16]), /ends at byte/],
    ['offsets beyond exact integers', shaped([4], [1e300, 1e300]), /malformed/],
    ['a shape that is not what the offsets hold', shaped([5]), /shape \[5\] needs 20 bytes/],
    ['a shape of the other type', shaped([4], [0, 16], 'F16'), /needs 8 bytes/],
    ['a negative dimension', shaped([-4]), /malformed/],
    ['a dimension that is no integer', shaped([1.5]), /malformed/],
    ['a shape that overflows 64 bits', shaped([2 ** 32, 2 ** 32]), /needs 7\d+ bytes/],
    ['a shape that wraps to 0 in 64 bits', shaped([2 ** 31, 2 ** 33], [0, 0]), /needs 7\d+ bytes/],
    ['a shape with far too many axes', shaped(Array<number>(9).fill(1)), /malformed/],
    ['a shape that is no list', shaped('4'), /malformed/],
    ['tensors that overlap', file({ x: entry(0, 12), y: entry(8, 16) }, body), /"x" and "y" overlap/],
    ['tensors in one place', file({ x: entry(0, 16), y: entry(0, 16) }, body), /overlap/],
    ['a tensor within another', file({ y: entry(4, 8), x: entry(0, 16) }, body), /overlap/],
    ['a file cut short', file(good, body).subarray(0, -1), /ends at byte 16 of 15 \(truncated/],
    ['one name twice', file(`${good.slice(0, -1)},${good.slice(1)}`, body), /"x" appears twice/],
    [
      'one name twice, spelled differently',
      file(`{"\\u0078":${JSON.stringify(entry(0, 8))},"x":${JSON.stringify(entry(8, 16))}}`, body),
      /"x" appears twice/,
    ],
  ];

  it.each(ATTACKS)('is refused: %s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes, 'weights.safetensors')).toThrow(message);
    expect(() => readHeader(bytes, 'weights.safetensors')).toThrow(Failure);
    expect(() => readHeader(bytes, 'weights.safetensors')).toThrow(/^weights\.safetensors is not a valid/);
  });

  it('is told from names that only look odd', () => {
    const names = ['a"b', 'back\\slash\\', '{', '}', 'x', '__proto__', 'dtype'];
    const header = names.map(
      (name, i) => `${JSON.stringify(name)}:${JSON.stringify(entry(4 * i, 4 * i + 4))}`,
    );
    const { tensors } = readSafetensors(file(`{${header.join()}}`, new Uint8Array(4 * names.length)), 'test');
    expect([...tensors.keys()]).toEqual(names);
  });

  it('never passes as something else than a refusal, whatever bytes come', () => {
    const anyFile = fc.tuple(fc.json(), fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 0, max: 60 }));
    fc.assert(
      fc.property(anyFile, ([header, rest, cut]) => {
        const bytes = file(header, rest).subarray(0, cut);
        try {
          readSafetensors(bytes, 'test');
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});

describe('writing', () => {
  const tensors: TensorMap = new Map([
    ['b', { shape: [2, 3], data: Float32Array.of(1, -0, 3.25, 1e-30, NaN, -Infinity) }],
    ['a', { shape: [1], data: Float32Array.of(0.1) }],
    ['none', { shape: [0], data: new Float32Array(0) }],
    ['scalar', { shape: [], data: Float32Array.of(42) }],
  ]);

  it('is read again bit by bit, in the same order, with its metadata', () => {
    const { tensors: read, metadata } = readSafetensors(
      writeSafetensors(tensors, { metadata: { step: '7' } }),
      'test',
    );
    expect([...read.keys()]).toEqual([...tensors.keys()]);
    for (const [name, { shape, data }] of tensors) {
      expect(read.get(name)!.shape).toEqual(shape);
      expectSameBits(read.get(name)!.data, data);
    }
    expect(metadata).toEqual({ format: 'pt', step: '7' });
  });

  it('rounds to halves when asked, and begins the tensors at a multiple of 8', () => {
    const bytes = writeSafetensors(tensors, { half: true });
    const { entries, dataStart } = readHeader(bytes, 'test');
    expect(entries.every(({ dtype }) => dtype === 'F16')).toBe(true);
    expect(dataStart % 8).toBe(0);
    const read = readSafetensors(bytes, 'test').tensors;
    expectSameBits(read.get('a')!.data, Float32Array.of(0.0999755859375));
    expectSameBits(read.get('b')!.data, Float32Array.of(1, -0, 3.25, 0, NaN, -Infinity));
  });

  it('and reading cancel out, whatever is written', () => {
    const tensor = fc
      .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 }))
      .chain(([rows, columns]) =>
        fc.record({
          shape: fc.constant<number[]>([rows, columns]),
          data: fc.float32Array({ minLength: rows * columns, maxLength: rows * columns, noNaN: true }),
        }),
      );
    const maps = fc.dictionary(
      fc.string().filter((name) => name !== '__metadata__'),
      tensor,
      { maxKeys: 6 },
    );
    fc.assert(
      fc.property(maps, (given) => {
        const map: TensorMap = new Map(Object.entries(given));
        const { tensors: read } = readSafetensors(writeSafetensors(map), 'test');
        expect([...read.keys()].sort()).toEqual([...map.keys()].sort());
        for (const [name, { data }] of map) expectSameBits(read.get(name)!.data, data);
      }),
      { numRuns: 100, seed: 1 },
    );
  });
});

describe('half precision', () => {
  const ALL = Array.from({ length: 65536 }, (_, half) => half);
  const isNaNHalf = (half: number) => (half & 0x7c00) === 0x7c00 && (half & 0x3ff) !== 0;

  /** IEEE 754 binary16 by its definition, digit by digit. */
  function defined(half: number): number {
    const digits = half.toString(2).padStart(16, '0');
    const exponent = parseInt(digits.slice(1, 6), 2);
    const fraction = [...digits.slice(6)].reduce((sum, digit, i) => sum + Number(digit) * 2 ** -(i + 1), 0);
    const sign = digits.startsWith('1') ? -1 : 1;
    if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
    return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
  }

  it('reads all 65,536 halves as they are defined, and writes them back', () => {
    const wrong = ALL.filter((half) => !Object.is(halfToFloat(half), defined(half)));
    expect(wrong).toEqual([]);
    const moved = ALL.filter((half) => !isNaNHalf(half) && floatToHalf(halfToFloat(half)) !== half);
    expect(moved).toEqual([]);
    expect(ALL.filter(isNaNHalf).filter((half) => !isNaNHalf(floatToHalf(halfToFloat(half))))).toEqual([]);
  });

  it('rounds to the nearest half, and a tie to the even one', () => {
    // Between every two neighbours: the middle is exact in float32, and so are its own neighbours.
    const step = new Float32Array(1);
    const word = new Uint32Array(step.buffer);
    const wrong: number[] = [];
    for (let half = 0; half < 0x7c00; half++) {
      const above = half === 0x7bff ? 65536 : halfToFloat(half + 1);
      const middle = (halfToFloat(half) + above) / 2;
      step[0] = middle;
      word[0]! -= 1;
      const below = step[0];
      word[0]! += 2;
      const beyond = step[0];
      const even = half % 2 === 0 ? half : half + 1;
      const expected = [half, even, half + 1];
      const ours = [below, middle, beyond].map(floatToHalf);
      const mirrored = [below, middle, beyond].map((value) => floatToHalf(-value) ^ 0x8000);
      if (expected.some((value, i) => ours[i] !== value || mirrored[i] !== value)) wrong.push(half);
    }
    expect(wrong).toEqual([]);
  });

  it('takes what is too large for infinity, and what is too small for 0', () => {
    expect([65519.996, 65520, 1e30, Infinity].map(floatToHalf)).toEqual([0x7bff, 0x7c00, 0x7c00, 0x7c00]);
    expect([2 ** -25, 2 ** -25 * 1.0001, 2 ** -26, 1e-40, -1e-40].map(floatToHalf)).toEqual([
      0, 1, 0, 0, 0x8000,
    ]);
  });
});
