// Measures which tiles of a matrix product are fastest on the device in use; limited in time, and can be aborted.
import * as tf from '@tensorflow/tfjs-core';
import { output, release } from '../buffers.webgpu.ts';
import { finished } from '../dispatch.webgpu.ts';
import { compileAhead } from '../pipelines.webgpu.ts';
import type { WebGpuBackend } from '../tfjsBackends.ts';
import {
  DIRECT_TILES,
  HARDWARE_TILES,
  setKernelConfig,
  SOFTWARE_TILES,
  kernelConfigFor,
  type Tile,
  type TransposeLayout,
} from '../tuning.ts';
import { dispatchProduct, type Product } from './matMul.webgpu.ts';
import { matMulCode, workgroupMemoryOf } from './matMul.wgsl.ts';
import { invocationsOf, type MatMulVariant } from './matMulVariant.wgsl.ts';

/** The kinds of product in a training step: forward, gradient of the input, gradient of the weight. */
export const TUNED_LAYOUTS = ['NT', 'NN', 'TN'] as const satisfies readonly TransposeLayout[];
export type TunedLayout = (typeof TUNED_LAYOUTS)[number];

type Sizes = Record<TunedLayout, readonly [m: number, n: number, k: number]>;

/** Products large enough to keep the device busy, and no larger than timing them requires. */
const SIZES: Record<'software' | 'hardware', Sizes> = {
  software: { NT: [512, 256, 128], NN: [512, 128, 256], TN: [256, 128, 512] },
  hardware: { NT: [4096, 1024, 512], NN: [4096, 512, 1024], TN: [1024, 512, 4096] },
};

/** Tiles that are tried in addition to the defaults. */
const FURTHER: Record<'software' | 'hardware', readonly Tile[]> = {
  software: [{ kind: 'direct', rows: 16, quads: 8, across: 4, down: 1 }],
  hardware: [
    { kind: 'shared', rows: 8, quads: 1, across: 16, down: 8 },
    { kind: 'shared', rows: 8, quads: 2, across: 8, down: 8 },
    ...DIRECT_TILES,
  ],
};

/** How long a tile is timed, since browser clocks are coarse; a tile far slower than the best is timed once. */
const SAMPLE = 8; // milliseconds
const MAX_REPEATS = 32;
const FAR_BEHIND = 2;

export type TileOrders = Partial<Record<TunedLayout, readonly Tile[]>>;

export interface TuningOptions {
  /** Which kinds of product; all of them if omitted. */
  layouts?: readonly TunedLayout[];
  /** Milliseconds after which measuring ends, whatever has been measured so far. */
  budget?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Called with the share of the measurements that is done. */
  onProgress?: ((share: number) => void) | undefined;
  /** Called with each measurement. */
  onMeasured?: ((layout: TunedLayout, tile: Tile, gflops: number) => void) | undefined;
}

/** Tiles that the device supports, the defaults first. */
export function candidateTiles(backend: WebGpuBackend): Tile[] {
  const { maxComputeWorkgroupStorageSize: memory, maxComputeInvocationsPerWorkgroup: most } =
    backend.device.limits;
  const kind = kernelConfigFor(backend).software ? 'software' : 'hardware';
  const all = [...(kind === 'software' ? SOFTWARE_TILES : HARDWARE_TILES), ...FURTHER[kind]];
  return all.filter((tile) =>
    TUNED_LAYOUTS.map((layout) => variantOf(layout, tile)).every(
      (variant) => workgroupMemoryOf(variant) <= memory && invocationsOf(variant) <= most,
    ),
  );
}

/** The code that is measured: stored measurements must be discarded when it changes. */
export function measuredCode(backend: WebGpuBackend): string {
  const tiles = candidateTiles(backend);
  return TUNED_LAYOUTS.flatMap((layout) => tiles.map((tile) => matMulCode(variantOf(layout, tile)))).join('');
}

function variantOf(layout: TunedLayout, tile: Tile): MatMulVariant {
  return { ...tile, transposeA: layout.startsWith('T'), transposeB: layout.endsWith('T'), epilogue: 'none' };
}

/**
 * Orders the tiles of every kind of product by their speed on this device, and uses that order from now on. Kinds
 * whose measurement was not completed keep their order, and are not part of the returned value.
 */
export async function tuneProducts(
  backend: WebGpuBackend,
  { layouts = TUNED_LAYOUTS, budget = 2000, signal, onProgress, onMeasured }: TuningOptions = {},
): Promise<TileOrders> {
  onProgress?.(0);
  const clock = new GpuTimer(budget, signal);
  const tiles = candidateTiles(backend);
  const measured: TileOrders = {};
  const tell = (layout: number, half: number) => {
    if (!clock.isOver()) onProgress?.((layout + half / 2 / tiles.length) / layouts.length);
  };
  for (const [i, layout] of layouts.entries()) {
    if (clock.isOver()) break;
    const bench = new Bench(backend, layout);
    // Compiling is half of the work.
    const sound = (await clock.within(bench.compile(tiles, (done) => tell(i, done)))) ?? [];
    const rates: { tile: Tile; gflops: number }[] = [];
    for (const tile of sound) {
      const best = Math.max(0, ...rates.map(({ gflops }) => gflops));
      const gflops = clock.isOver() ? undefined : await clock.within(bench.rateOf(tile, best));
      if (gflops === undefined) break;
      rates.push({ tile, gflops });
      onMeasured?.(layout, tile, gflops);
      tell(i, tiles.length + rates.length);
    }
    bench.dispose();
    // An order with only some of the tiles would lose the others.
    if (rates.length < sound.length || rates.length === 0) break;
    measured[layout] = rates.sort((a, b) => b.gflops - a.gflops).map(({ tile }) => tile);
  }
  clock.stop();
  const before = kernelConfigFor(backend);
  setKernelConfig(backend, { ...before, tiles: { ...before.tiles, ...measured } });
  return measured;
}

/** Ends work when its time is up, or when it is aborted. */
class GpuTimer {
  private readonly until: number;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly end: Promise<void>;

  constructor(
    budget: number,
    private readonly signal?: AbortSignal,
  ) {
    this.until = performance.now() + budget;
    this.end = new Promise((resolve) => {
      this.timer = setTimeout(resolve, budget);
      signal?.addEventListener('abort', () => resolve());
    });
  }

  isOver(): boolean {
    return this.signal?.aborted === true || performance.now() >= this.until;
  }

  /** The result of the work; undefined when it takes too long. */
  async within<T>(work: Promise<T>): Promise<T | undefined> {
    return (await Promise.race([work, this.end])) ?? undefined;
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

/** The operands and the result of one product, and its timing with any tile. */
class Bench {
  private readonly product: Product;
  private readonly tensors: Record<'a' | 'b' | 'y', tf.TensorInfo>;
  private over = false;

  constructor(
    private readonly backend: WebGpuBackend,
    private readonly layout: TunedLayout,
  ) {
    const [m, n, k] = SIZES[kernelConfigFor(backend).software ? 'software' : 'hardware'][layout];
    const { transposeA, transposeB } = variantOf(layout, SOFTWARE_TILES[0]!);
    this.product = { batch: 1, m, n, k, transposeA, transposeB };
    this.tensors = {
      a: output(backend, transposeA ? [k, m] : [m, k]),
      b: output(backend, transposeB ? [n, k] : [k, n]),
      y: output(backend, [m, n]),
    };
  }

  /**
   * Returns the tiles whose pipelines the driver could compile.
   * @param tell called with the number of tiles tried so far
   */
  async compile(tiles: readonly Tile[], tell: (done: number) => void): Promise<Tile[]> {
    let done = 0;
    const made = await Promise.all(
      tiles.map(async (tile) => {
        const sound = await compileAhead(this.backend, () => this.run(tile));
        tell(++done);
        return sound;
      }),
    );
    return tiles.filter((_, i) => made[i]);
  }

  /**
   * GFLOP/s of a tile.
   * @param best the highest rate so far: a tile far slower than that is not measured for long
   */
  async rateOf(tile: Tile, best: number): Promise<number> {
    this.run(tile); // warm-up: the first use of its pipeline
    await finished(this.backend);
    const once = await this.time(tile, 1);
    const { m, n, k } = this.product;
    const rate = (milliseconds: number) => (2 * m * n * k) / milliseconds / 1e6;
    const repeats = Math.min(MAX_REPEATS, Math.ceil(SAMPLE / once));
    if (repeats === 1 || FAR_BEHIND * rate(once) < best) return rate(once);
    return rate(await this.time(tile, repeats));
  }

  /** Milliseconds of one product. */
  private async time(tile: Tile, repeats: number): Promise<number> {
    const from = tf.util.now();
    for (let i = 0; i < repeats; i++) this.run(tile);
    await finished(this.backend);
    return Math.max(1e-3, tf.util.now() - from) / repeats;
  }

  /** Runs the product as training does, with this tile as the only choice. */
  private run(tile: Tile): void {
    if (this.over) return;
    const kernelConfig = kernelConfigFor(this.backend);
    setKernelConfig(this.backend, { software: kernelConfig.software, tiles: { [this.layout]: [tile] } });
    try {
      dispatchProduct(this.backend, this.product, this.tensors);
    } finally {
      setKernelConfig(this.backend, kernelConfig);
    }
  }

  dispose(): void {
    this.over = true;
    for (const tensor of Object.values(this.tensors)) release(this.backend, tensor);
  }
}
