// Which tiles are fastest is measured once for an adapter and kept by the host. What is kept may be old, from another
// program or broken: only what fits the device and the code of today is used. Measuring is bounded and can be skipped.
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { webGpuBackend } from '../../src/kernels/tfjsBackends.ts';
import {
  adapterOf,
  chooseTiles,
  type TileHost,
  type TileStore,
} from '../../src/kernels/matMul/tileCache.webgpu.ts';
import { candidateTiles, tuneProducts, TUNED_LAYOUTS } from '../../src/kernels/matMul/matMulTuning.webgpu.ts';
import { nodeHost } from '../../src/cli/node/gpu.ts';
import { startDevice } from '../../src/kernels/backend.ts';
import { assertDeviceSound } from '../../src/kernels/deviceHealth.ts';
import { multiply } from '../../src/kernels/matMul/matMul.ts';
import { variantFor } from '../../src/kernels/matMul/matMul.webgpu.ts';
import { setKernelConfig, kernelConfigFor, type Tile } from '../../src/kernels/tuning.ts';
import { eachBackend, start } from '../support/backends.ts';

interface Kept {
  code: string;
  orders: Record<string, string[]>;
}

class MemoryTiles implements TileStore {
  readonly all = new Map<string, unknown>();
  writes = 0;

  async read(adapter: string): Promise<unknown> {
    return this.all.get(adapter);
  }

  async write(adapter: string, kept: unknown): Promise<void> {
    this.writes++;
    this.all.set(adapter, structuredClone(kept));
  }
}

const NEVER: Omit<TileHost, 'store'> = { measure: 'never' };

describe('tiles kept for an adapter', () => {
  eachBackend(() => {
    const adapter = () => adapterOf(webGpuBackend().device.adapterInfo);
    const tilesInUse = () => kernelConfigFor(webGpuBackend()).tiles ?? {};
    /** What a tuning to its end writes. */
    const keptNow = async (): Promise<Kept> => {
      const store = new MemoryTiles();
      await chooseTiles(webGpuBackend(), { store, measure: 'always', budget: 100_000 });
      setKernelConfig(webGpuBackend(), { software: true });
      return store.all.get(adapter()) as Kept;
    };
    let kept: Kept | undefined;
    const someKept = async (): Promise<Kept> => structuredClone((kept ??= await keptNow()));

    afterEach(() => setKernelConfig(webGpuBackend(), { software: true }));

    it('are measured to the end when nothing is kept, used, and kept', async () => {
      const store = new MemoryTiles();
      const shares: number[] = [];
      const tensors = tf.memory().numTensors;
      const host: TileHost = {
        store,
        measure: 'always',
        budget: 100_000,
        onProgress: (share) => shares.push(share),
      };
      expect(await chooseTiles(webGpuBackend(), host)).toBe('measured');
      expect(tf.memory().numTensors).toBe(tensors);
      const tiles = candidateTiles(webGpuBackend());
      for (const layout of TUNED_LAYOUTS) expect(new Set(tilesInUse()[layout])).toEqual(new Set(tiles));
      expect(shares[0]).toBe(0);
      expect(shares.at(-1)).toBe(1);
      expect(shares).toEqual([...shares].sort((a, b) => a - b));
      kept = store.all.get(adapter()) as Kept;
      expect(Object.keys(kept.orders).sort()).toEqual([...TUNED_LAYOUTS].sort());
      const order = tilesInUse().NT as Tile[];
      const product = { batch: 1, m: 4096, n: 1024, k: 64, transposeA: false, transposeB: true };
      expect(variantFor(product, 'none', kernelConfigFor(webGpuBackend()))).toMatchObject(order[0]!);
    });

    it('are used the next time without measuring', async () => {
      const store = new MemoryTiles();
      store.all.set(adapter(), await someKept());
      const onProgress = () => expect.fail('measured after all');
      expect(await chooseTiles(webGpuBackend(), { store, measure: 'always', onProgress })).toBe('kept');
      const [first] = kept!.orders.NN!;
      const { kind, rows, quads, across, down } = tilesInUse().NN![0]!;
      expect(`${kind} ${rows}x${4 * quads} ${across}x${down}`).toBe(first);
      expect(store.writes).toBe(0);
    });

    it('are the same for a device that is started again, whatever has been kept since', async () => {
      const store = new MemoryTiles();
      const host: TileHost = { store, ...NEVER };
      store.all.set(adapter(), await someKept());
      await chooseTiles(webGpuBackend(), host);
      const before = tilesInUse();
      const turned = await someKept();
      for (const order of Object.values(turned.orders)) order.reverse();
      store.all.set(adapter(), turned);
      setKernelConfig(webGpuBackend(), { software: true });
      expect(await chooseTiles(webGpuBackend(), host)).toBe('kept');
      expect(tilesInUse()).toEqual(before);
    });

    it.each<[string, (whole: Kept) => unknown]>([
      ['nothing', () => undefined],
      ['no object', () => 'fast'],
      ['another variant', (whole) => ({ ...whole, orders: [1, 2] })],
      ['a tile that no device has', (whole) => ({ ...whole, orders: { NN: ['direct 999x4 1x1'] } })],
      ['a tile of real GPUs', (whole) => ({ ...whole, orders: { NT: ['shared 8x8 16x16'] } })],
      ['an empty order', (whole) => ({ ...whole, orders: { NN: [] } })],
      ['a kind of product that there is not', (whole) => ({ ...whole, orders: { XX: whole.orders.NN } })],
      ['the order of other kernels', (whole) => ({ ...whole, code: 'older' })],
    ])('count for nothing when what is kept is %s', async (_, spoilt) => {
      const store = new MemoryTiles();
      store.all.set(adapter(), spoilt(await someKept()));
      expect(await chooseTiles(webGpuBackend(), { store, ...NEVER })).toBe('default');
      expect(tilesInUse()).toEqual({});
    });

    it('are found by a device that starts, which says so', async () => {
      const store = new MemoryTiles();
      store.all.set(adapter(), await someKept());
      const given = (tiles: TileHost) => startDevice('software', { ...nodeHost(true), tiles });
      expect((await given({ store, ...NEVER })).detail).toMatch(/, tiles tuned$/);
      expect(Object.keys(tilesInUse()).length).toBe(TUNED_LAYOUTS.length);
      expect((await given({ ...NEVER })).detail).not.toMatch(/tuned/);
    });

    it('count for nothing on another adapter', async () => {
      const store = new MemoryTiles();
      store.all.set('nvidia|hopper||', await someKept());
      expect(await chooseTiles(webGpuBackend(), { store, ...NEVER })).toBe('default');
    });

    it('are not measured on a processor unless that is asked for', async () => {
      const onProgress = () => expect.fail('measured after all');
      expect(await chooseTiles(webGpuBackend(), { measure: 'hardware', onProgress })).toBe('default');
    });

    it('may be kept nowhere', async () => {
      const failing: TileStore = {
        read: () => Promise.reject(new Error('no storage')),
        write: () => Promise.reject(new Error('no storage')),
      };
      const whole = await someKept();
      const host: TileHost = { store: failing, measure: 'always', budget: 100_000 };
      expect(await chooseTiles(webGpuBackend(), host)).toBe('measured');
      expect(Object.keys(tilesInUse()).sort()).toEqual(Object.keys(whole.orders).sort());
    });

    it('of some kinds of product leave the others to be measured', async () => {
      const store = new MemoryTiles();
      const { code, orders } = await someKept();
      store.all.set(adapter(), { code, orders: { NT: orders.NT, TN: orders.TN } });
      const host: TileHost = { store, measure: 'always', budget: 100_000 };
      expect(await chooseTiles(webGpuBackend(), host)).toBe('measured');
      expect(Object.keys((store.all.get(adapter()) as Kept).orders).sort()).toEqual(
        [...TUNED_LAYOUTS].sort(),
      );
    });
  }, ['software']);
});

describe('tiles before anything was measured', () => {
  const of = (vendor: string) => {
    const adapterInfo = { vendor, architecture: '', description: '' };
    const device: unknown = { adapterInfo, features: new Set(), limits: {} };
    const kernelConfig = kernelConfigFor({ device: device as GPUDevice });
    const product = { batch: 1, m: 4096, n: 1024, k: 64, transposeA: false, transposeB: true };
    return variantFor(product, 'none', kernelConfig).kind;
  };

  it('go through workgroup memory where a GPU has some', () => {
    expect(['nvidia', 'amd', 'intel', 'apple', 'qualcomm'].map(of)).toEqual(Array(5).fill('shared'));
    expect(of('arm')).toBe('direct');
  });
});

describe('measuring tiles', () => {
  eachBackend(() => {
    afterEach(() => setKernelConfig(webGpuBackend(), { software: true }));

    it('ends when its time is over, and leaves the choice as it was', async () => {
      const tensors = tf.memory().numTensors;
      expect(await tuneProducts(webGpuBackend(), { budget: 0 })).toEqual({});
      const from = performance.now();
      expect(await tuneProducts(webGpuBackend(), { budget: 30 })).toEqual({});
      expect(performance.now() - from).toBeLessThan(2000);
      expect(kernelConfigFor(webGpuBackend())).toEqual({ software: true, tiles: {} });
      expect(tf.memory().numTensors).toBe(tensors);
    });

    it('ends when it is told to, in the middle or before', async () => {
      const onMeasured = () => expect.fail('measured after all');
      expect(await tuneProducts(webGpuBackend(), { signal: AbortSignal.abort(), onMeasured })).toEqual({});
      const skip = new AbortController();
      const measured = await tuneProducts(webGpuBackend(), {
        budget: 100_000,
        signal: skip.signal,
        onMeasured: () => skip.abort(),
      });
      expect(measured).toEqual({});
    });

    it('after which products are what they were', async () => {
      const skip = new AbortController();
      const onProgress = (share: number) => {
        if (share > 0) skip.abort();
      };
      await tuneProducts(webGpuBackend(), { budget: 100_000, signal: skip.signal, onProgress });
      const ones = tf.ones<tf.Rank.R2>([64, 64]);
      expect([...(await multiply(ones, ones, false, false).data())].every((value) => value === 64)).toBe(
        true,
      );
    });

    it('leaves out a tile that the driver cannot make, and goes on', async () => {
      await start('software');
      const { device } = webGpuBackend();
      const make = device.createComputePipelineAsync.bind(device);
      const refused = vi.spyOn(device, 'createComputePipelineAsync');
      refused.mockImplementation((given) =>
        given.label?.includes('_8x8_') ? Promise.reject(new Error('too many registers')) : make(given),
      );
      const { TN } = await tuneProducts(webGpuBackend(), { layouts: ['TN'], budget: 100_000 });
      refused.mockRestore();
      const candidates = candidateTiles(webGpuBackend());
      const broken = candidates.filter(({ rows, quads }) => rows === 8 && quads === 2);
      expect(broken.length).toBe(1);
      expect(new Set(TN)).toEqual(new Set(candidates.filter((tile) => !broken.includes(tile))));
      assertDeviceSound();
    });
  }, ['software']);
});
