// Dropout and its masks: Threefry-2x32-20, four blocks at a time (dropout.ts says which bits belong to an element).
import { DropoutArgs } from '../wasm/arguments.as';
import { bytes, loadPartial, storePartial } from '../wasm/memory.as';

// @ts-ignore: decorator
@inline
function rotateLeft(x: v128, by: i32): v128 {
  return v128.or(i32x4.shl(x, by), i32x4.shr_u(x, 32 - by));
}

/**
 * The masks of 16 elements, from four blocks starting at `block`: all bits set where an element is kept.
 * @param out 64 bytes
 */
function masks16(key0: i32, key1: i32, threshold: i32, block: i32, out: usize): void {
  const k0 = i32x4.splat(key0),
    k1 = i32x4.splat(key1),
    k2 = i32x4.splat(0x1bd11bda ^ key0 ^ key1);
  let x0 = i32x4.add(i32x4.add(i32x4.splat(block), i32x4(0, 1, 2, 3)), k0);
  let x1 = k1;
  for (let group = 0; group < 5; group++) {
    if ((group & 1) == 0) {
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotateLeft(x1, 13), x0);
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotateLeft(x1, 15), x0);
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotateLeft(x1, 26), x0);
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotateLeft(x1, 6), x0);
    } else {
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotateLeft(x1, 17), x0);
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotateLeft(x1, 29), x0);
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotateLeft(x1, 16), x0);
      x0 = i32x4.add(x0, x1);
      x1 = v128.xor(rotateLeft(x1, 24), x0);
    }
    const remainder = group % 3;
    x0 = i32x4.add(x0, remainder == 0 ? k1 : remainder == 1 ? k2 : k0);
    x1 = i32x4.add(
      i32x4.add(x1, remainder == 0 ? k2 : remainder == 1 ? k0 : k1),
      i32x4.splat(group + 1),
    );
  }
  const low = i32x4.splat(0xffff),
    lowest = i32x4.splat(threshold);
  const lane0 = i32x4.ge_s(v128.and(x0, low), lowest),
    lane1 = i32x4.ge_s(i32x4.shr_u(x0, 16), lowest),
    lane2 = i32x4.ge_s(v128.and(x1, low), lowest),
    lane3 = i32x4.ge_s(i32x4.shr_u(x1, 16), lowest);
  const low01 = v128.shuffle<f32>(lane0, lane1, 0, 4, 1, 5),
    high01 = v128.shuffle<f32>(lane0, lane1, 2, 6, 3, 7),
    low23 = v128.shuffle<f32>(lane2, lane3, 0, 4, 1, 5),
    high23 = v128.shuffle<f32>(lane2, lane3, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(out, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 16);
  v128.store(out, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 32);
  v128.store(out, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 48);
}

/** Bytes that masks() writes for `count` elements. */
export function maskBytes(count: i32): usize {
  return bytes(count + 32);
}

/**
 * The masks of elements `first` to `first + count`.
 * @param out maskBytes(count) bytes
 * @returns the address of the mask of element `first`
 */
export function masks(key0: i32, key1: i32, threshold: i32, first: i32, count: i32, out: usize): usize {
  const lead = first & 3;
  let block = first >>> 2;
  for (let i = 0; i < count + lead; i += 16) {
    masks16(key0, key1, threshold, block, out + bytes(i));
    block += 4;
  }
  return out + bytes(lead);
}

/** Elements whose masks are made at a time; a multiple of 16. */
const BLOCK: i32 = 256;

/** Chunk: some elements, a multiple of 4. @param workspace maskBytes(BLOCK) bytes */
export function dropout(args: DropoutArgs, chunk: i32, workspace: usize): void {
  const scale = f32x4.splat(args.dropoutScale);
  const end = min(args.size, (chunk + 1) * args.perChunk);
  for (let first = chunk * args.perChunk; first < end; first += BLOCK) {
    let count = min(BLOCK, end - first);
    let mask = masks(args.key0, args.key1, args.threshold, first, count, workspace);
    let x = args.x + bytes(first),
      y = args.y + bytes(first);
    for (; count >= 4; count -= 4) {
      v128.store(y, v128.and(f32x4.mul(v128.load(x), scale), v128.load(mask)));
      x += 16;
      y += 16;
      mask += 16;
    }
    if (count > 0) storePartial(y, v128.and(f32x4.mul(loadPartial(x, count), scale), v128.load(mask)), count);
  }
}
