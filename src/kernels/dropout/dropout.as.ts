// Threefry-2x32-20, four blocks at a time: the masks of dropout (see dropout.ts for which bits an element takes).
import { at, int, real } from '../wasm/args.as';
import { loadSome, storeSome } from '../wasm/math.as';

// @ts-ignore: decorator
@inline
function rotated(x: v128, by: i32): v128 {
  return v128.or(i32x4.shl(x, by), i32x4.shr_u(x, 32 - by));
}

/**
 * The masks of 16 elements, all ones where an element is kept: four blocks from `block` on.
 * @param to 64 bytes
 */
function masks16(key0: i32, key1: i32, threshold: i32, block: i32, to: usize): void {
  const k0 = i32x4.splat(key0),
    k1 = i32x4.splat(key1),
    k2 = i32x4.splat(0x1bd11bda ^ key0 ^ key1);
  let x0 = i32x4.add(i32x4.add(i32x4.splat(block), i32x4(0, 1, 2, 3)), k0);
  let x1 = k1;
  for (let group = 0; group < 5; group++) {
    if ((group & 1) == 0) {
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotated(x1, 13), x0);
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotated(x1, 15), x0);
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotated(x1, 26), x0);
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotated(x1, 6), x0);
    } else {
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotated(x1, 17), x0);
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotated(x1, 29), x0);
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotated(x1, 16), x0);
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotated(x1, 24), x0);
    }
    const remainder = group % 3;
    x0 = i32x4.add(x0, remainder == 0 ? k1 : remainder == 1 ? k2 : k0);
    x1 = i32x4.add(
      i32x4.add(x1, remainder == 0 ? k2 : remainder == 1 ? k0 : k1),
      i32x4.splat(group + 1),
    );
  }
  const low = i32x4.splat(0xffff),
    least = i32x4.splat(threshold);
  const lane0 = i32x4.ge_s(v128.and(x0, low), least),
    lane1 = i32x4.ge_s(i32x4.shr_u(x0, 16), least),
    lane2 = i32x4.ge_s(v128.and(x1, low), least),
    lane3 = i32x4.ge_s(i32x4.shr_u(x1, 16), least);
  const low01 = v128.shuffle<f32>(lane0, lane1, 0, 4, 1, 5),
    high01 = v128.shuffle<f32>(lane0, lane1, 2, 6, 3, 7),
    low23 = v128.shuffle<f32>(lane2, lane3, 0, 4, 1, 5),
    high23 = v128.shuffle<f32>(lane2, lane3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 16);
  v128.store(to, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 32);
  v128.store(to, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 48);
}

/** Bytes that masks() writes for so many elements. */
export function maskBytes(count: i32): usize {
  return <usize>(count + 32) * 4;
}

/**
 * The masks of elements `first` to `first + count`.
 * @param to maskBytes(count) bytes. Returns where the mask of element `first` stands.
 */
export function masks(key0: i32, key1: i32, threshold: i32, first: i32, count: i32, to: usize): usize {
  const lead = first & 3;
  let block = first >>> 2;
  for (let done = 0; done < count + lead; done += 16) {
    masks16(key0, key1, threshold, block, to + <usize>done * 4);
    block += 4;
  }
  return to + <usize>lead * 4;
}

/** Elements of one turn of the loop below; a multiple of 16. */
const RUN: i32 = 256;

/** Chunk: so many elements, a multiple of 4. @param work maskBytes(RUN) */
export function dropout(args: usize, chunk: i32, work: usize): void {
  const key0 = int(args, 3),
    key1 = int(args, 4),
    threshold = int(args, 5),
    scale = f32x4.splat(real(args, 6)),
    perChunk = int(args, 7);
  const total = int(args, 2);
  const end = min(total, (chunk + 1) * perChunk);
  for (let first = chunk * perChunk; first < end; first += RUN) {
    let count = min(RUN, end - first);
    let mask = masks(key0, key1, threshold, first, count, work);
    let x = at(args, 0) + <usize>first * 4,
      y = at(args, 1) + <usize>first * 4;
    for (; count >= 4; count -= 4) {
      v128.store(y, v128.and(f32x4.mul(v128.load(x), scale), v128.load(mask)));
      x += 16;
      y += 16;
      mask += 16;
    }
    if (count > 0) storeSome(y, v128.and(f32x4.mul(loadSome(x, count), scale), v128.load(mask)), count);
  }
}
