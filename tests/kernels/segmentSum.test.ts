// The gradient of an embedding table adds up the rows of equal token ids. tfjs's WASM backend lacks that kernel and
// ours takes its place; all backends must agree, and out-of-range ids must not write where they should not.
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composedSegmentSum } from '../../src/kernels/segmentSum/segmentSum.ts';
import { Random } from '../../src/util/random.ts';
import { eachBackend, type BackendName } from '../support/backends.ts';
import { expectClose, normals, take, toTensor } from './numbers.ts';

/** Backends whose own kernel does what ours must not, and why that is left alone. */
const NO_BOUNDS: Partial<Record<BackendName, string>> = {
  software: "tfjs's shader has no bounds check; gathers of the same ids never are out of range",
};

function looped(values: Float32Array, ids: readonly number[], segments: number, width: number): Float32Array {
  const output = new Float32Array(segments * width);
  ids.forEach((id, row) => {
    if (id < 0 || id >= segments) return;
    for (let k = 0; k < width; k++) output[id * width + k]! += values[row * width + k]!;
  });
  return output;
}

function drawnIds(count: number, from: number, to: number): number[] {
  const random = Random.seeded(7).fork('ids');
  return Array.from({ length: count }, () => from + random.integer(to - from));
}

async function summed(x: tf.Tensor, ids: readonly number[], segments: number): Promise<Float32Array> {
  const sum = tf.tidy(() => tf.unsortedSegmentSum(x, tf.tensor1d([...ids], 'int32'), segments));
  x.dispose();
  return take(sum);
}

describe('composedSegmentSum', () => {
  it('overwrites what the output held, and takes a width of 0', () => {
    const output = new Float32Array([9, 9, 9]);
    composedSegmentSum(Float32Array.of(1, 2, 4), Int32Array.of(2, 0, 2), output, 1);
    expect([...output]).toEqual([2, 0, 5]);
    composedSegmentSum(new Float32Array(0), Int32Array.of(0, 1), new Float32Array(0), 0);
  });
});

describe('segment sum on', () => {
  eachBackend((backend) => {
    it.each([
      [1, 1, 1],
      [17, 3, 5],
      [33, 24, 40],
      [33, 768, 3],
    ])('%i rows of %i into %i segments', async (rows, width, segments) => {
      const before = tf.memory().numTensors;
      const x = normals('x', rows, width);
      const ids = drawnIds(rows, 0, segments);
      const ours = await summed(toTensor(x), ids, segments);
      expectClose(ours, looped(x.data, ids, segments, width));
      expect(tf.memory().numTensors).toBe(before);
    });

    const reason = NO_BOUNDS[backend];
    const title = 'drops ids that are out of range';
    it.skipIf(reason !== undefined)(reason ? `${title} (skipped: ${reason})` : title, async () => {
      const x = normals('x', 33, 3);
      const ids = drawnIds(33, -3, 9);
      expect(ids.some((id) => id < 0) && ids.some((id) => id >= 6)).toBe(true);
      expectClose(await summed(toTensor(x), ids, 6), looped(x.data, ids, 6, 3));
    });

    it('takes values of rank 1 and 3', async () => {
      const [flat, deep] = [normals('flat', 17), normals('deep', 17, 3, 4)];
      const ids = drawnIds(17, 0, 5);
      expectClose(await summed(toTensor(flat), ids, 5), looped(flat.data, ids, 5, 1));
      expectClose(await summed(toTensor(deep), ids, 5), looped(deep.data, ids, 5, 12));
    });

    it('is the gradient of an embedding lookup', async () => {
      const [table, weight] = [toTensor(normals('table', 11, 24)), normals('weight', 33, 24)];
      const ids = drawnIds(33, 0, 11);
      const indices = tf.tensor1d(ids, 'int32');
      const dy = toTensor(weight);
      const gradient = tf.grad((t: tf.Tensor) => tf.gather(t, indices))(table, dy);
      expectClose(await take(gradient), looped(weight.data, ids, 11, 24));
      tf.dispose([table, indices, dy]);
    });

    it('equals the loop for any ids', async () => {
      const sizes = fc.record({
        width: fc.integer({ min: 1, max: 9 }),
        segments: fc.integer({ min: 6, max: 12 }),
        ids: fc.array(reason ? fc.integer({ min: 0, max: 5 }) : fc.integer({ min: -2, max: 14 }), {
          minLength: 1,
          maxLength: 40,
        }),
      });
      await fc.assert(
        fc.asyncProperty(sizes, async ({ width, segments, ids }) => {
          const x = normals('x', ids.length, width);
          expectClose(await summed(toTensor(x), ids, segments), looped(x.data, ids, segments, width));
        }),
        { numRuns: backend === 'software' ? 5 : 60, seed: 1 },
      );
    });
  });
});
