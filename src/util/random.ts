// Random numbers that depend only on a seed and a label: a counter-based generator that can be forked for each
// purpose ("split", "shuffle", "dropout" ...), so that turning one source of randomness on or off never affects
// another.
//
// The generator is Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as
// 1, 2, 3", SC 2011), which JAX also uses. It is stateless: (key, counter) -> 64 random bits. This is why a shader
// (kernels/dropout/dropout.wgsl.ts) can produce the same bits as this file.

/** Two unsigned 32-bit words. */
export type Key = readonly [number, number];

/** The state of a generator: everything needed to continue its stream from the same position. */
export interface RandomState {
  key: [number, number];
  counter: number;
}

const PARITY = 0x1bd11bda;

/** A 32-bit word rotated left by r bits, as in each mixing round. */
const rotated = (x: number, r: number): number => (x << r) | (x >>> (32 - r));

/**
 * A block function for one key, for generating many blocks: writes 64 bits per counter into `out` without allocating.
 * @param out two unsigned words
 */
export function threefryBlocks(key: Key): (counter0: number, counter1: number, out: Uint32Array) => void {
  const ks = [key[0], key[1], PARITY ^ key[0] ^ key[1]];
  return (counter0, counter1, out) => {
    let x0 = (counter0 + ks[0]!) | 0;
    let x1 = (counter1 + ks[1]!) | 0;
    for (let group = 0; group < 5; group++) {
      // Four rounds, whose rotations alternate between two sets; then the key is added in.
      const even = (group & 1) === 0;
      x0 = (x0 + x1) | 0;
      x1 = rotated(x1, even ? 13 : 17) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = rotated(x1, even ? 15 : 29) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = rotated(x1, even ? 26 : 16) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = rotated(x1, even ? 6 : 24) ^ x0;
      x0 = (x0 + ks[(group + 1) % 3]!) | 0;
      x1 = (x1 + ks[(group + 2) % 3]! + group + 1) | 0;
    }
    out[0] = x0;
    out[1] = x1;
  };
}

/** One block of Threefry-2x32-20: 64 bits from a key and a counter; all words are unsigned 32-bit integers. */
export function threefry2x32(key: Key, counter: Key): [number, number] {
  const out = new Uint32Array(2);
  threefryBlocks(key)(counter[0], counter[1], out);
  return [out[0]!, out[1]!];
}

/** Hashes the label of a fork to 64 bits: FNV-1a over UTF-16 code units, with two offsets. */
function hashLabel(label: string): Key {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < label.length; i++) {
    const unit = label.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x01000193) ^ (b >>> 15);
  }
  return [a >>> 0, b >>> 0];
}

/** The key of a child stream, which is independent of the parent's and of those of all other labels. */
export function forkKey(key: Key, label: string | number): Key {
  return threefry2x32(key, hashLabel(typeof label === 'number' ? `#${label}` : label));
}

/** The key for a user's seed. */
export function seedKey(seed: number): Key {
  const high = Math.floor(Math.abs(seed) / 2 ** 32) >>> 0;
  return [seed >>> 0, (high ^ (seed < 0 ? 0x80000000 : 0)) >>> 0];
}

/** A sequential view of one stream. */
export class Random {
  constructor(
    readonly key: Key,
    private counter = 0,
  ) {}

  static seeded(seed: number): Random {
    return new Random(seedKey(seed));
  }

  static restored(state: RandomState): Random {
    return new Random(state.key, state.counter);
  }

  /** A new, independent stream for one purpose; does not advance this one. */
  fork(label: string | number): Random {
    return new Random(forkKey(this.key, label));
  }

  state(): RandomState {
    return { key: [this.key[0], this.key[1]], counter: this.counter };
  }

  /** The next unsigned 32-bit integer. */
  bits(): number {
    const block = this.counter++;
    return threefry2x32(this.key, [block >>> 0, Math.floor(block / 2 ** 32)])[0];
  }

  /** Uniform in [0, 1) with 32 random bits. */
  uniform(): number {
    return this.bits() / 2 ** 32;
  }

  /** Uniform integer in [0, bound). */
  integer(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  /** Standard normal (Box-Muller). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** A shuffled copy (Fisher-Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const copy = items.slice();
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [copy[i], copy[j]] = [copy[j]!, copy[i]!];
    }
    return copy;
  }
}
