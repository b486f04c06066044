// InfoNCE divides by a temperature that people turn down to where exp overflows, and it is the number on the page: it
// must be the formula for any input, not only for those of the reference files.
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { infoNCE, unitRows } from '../../src/losses/infoNCE.ts';
import { cosine, infoNceReference } from '../../src/losses/infoNCE.reference.ts';
import { eachBackend } from '../support/backends.ts';
import { expectClose, normals, outcome, take, toTensor, type Op, type Plain } from '../kernels/numbers.ts';
import { rowsOf } from './rows.ts';

const loss = (temperature: number): Op => {
  return (anchors, columns) => infoNCE(anchors as tf.Tensor2D, columns as tf.Tensor2D, temperature);
};

function expected(anchors: Plain, columns: Plain, temperature: number): number {
  return infoNceReference(rowsOf(anchors), rowsOf(columns), temperature).loss;
}

/** Rounding of cosines in float32 is magnified by 1 / temperature. */
const tolerance = (temperature: number) => ({ absolute: 2e-6 / temperature, relative: 1e-5 });

describe('the reference', () => {
  it('is the textbook case: all equal gives log n, a perfect match nearly 0', () => {
    const same = [
      [1, 2],
      [1, 2],
      [1, 2],
    ];
    expect(infoNceReference(same, same, 0.05).loss).toBeCloseTo(Math.log(3), 12);
    const apart = [
      [1, 0],
      [0, 1],
    ];
    const { loss: value, probability } = infoNceReference(apart, apart, 0.05);
    expect(value).toBeCloseTo(Math.log(1 + Math.exp(-20)), 12);
    expect(probability[0]![0]! + probability[0]![1]!).toBeCloseTo(1, 12);
    expect(cosine([0, 0], [1, 1])).toBe(0);
  });
});

describe('infoNCE on', () => {
  eachBackend((backend) => {
    const runs = backend === 'software' ? 3 : 60;

    it('equals the reference for any rows, columns and temperature', async () => {
      const draws = fc.record({
        rows: fc.integer({ min: 1, max: 9 }),
        more: fc.integer({ min: 0, max: 7 }),
        width: fc.integer({ min: 1, max: 24 }),
        temperature: fc.double({ min: 0.01, max: 2, noNaN: true }),
        name: fc.string({ maxLength: 4 }),
      });
      await fc.assert(
        fc.asyncProperty(draws, async ({ rows, more, width, temperature, name }) => {
          const anchors = normals(`a${name}`, rows, width);
          const columns = normals(`c${name}`, rows + more, width);
          const { value } = await outcome(loss(temperature), [anchors, columns]);
          expectClose(value, [expected(anchors, columns, temperature)], tolerance(temperature));
        }),
        { numRuns: runs, seed: 1 },
      );
    });

    it.each([0.05, 0.01, 0.005])(
      'at temperature %d does not overflow, and has the slope of the formula',
      async (t) => {
        // Each anchor's positive points away from it: the logits are as far apart as they can be.
        const anchors = normals('anchors', 5, 8);
        const columns = { shape: [5, 8], data: anchors.data.map((value) => -value) };
        const { value, gradients } = await outcome(loss(t), [anchors, columns]);
        expectClose(value, [expected(anchors, columns, t)], tolerance(t));
        expect(gradients.every((g) => g.every(Number.isFinite))).toBe(true);

        // Along a direction, the reference's central difference. The outcome's seeded weight scales the gradient.
        const weight = normals('weight').data[0]!;
        const direction = normals('direction', 5, 8).data;
        const moved = (by: number) => {
          const rows = rowsOf(anchors).map((row, r) => row.map((x, k) => x + by * direction[r * 8 + k]!));
          return infoNceReference(rows, rowsOf(columns), t).loss;
        };
        const slope = (moved(1e-6) - moved(-1e-6)) / 2e-6;
        const ours = gradients[0]!.reduce((total, g, i) => total + g * direction[i]!, 0) / weight;
        expectClose([ours], [slope], { absolute: 1e-4 / t, relative: 1e-3 });
      },
    );

    it('does not see the length of a vector', async () => {
      const [anchors, columns] = [normals('a', 4, 6), normals('c', 7, 6)];
      const scaled = { shape: [7, 6], data: columns.data.map((x, i) => x * (1 + Math.floor(i / 6))) };
      const [one, other] = [
        await outcome(loss(0.05), [anchors, columns]),
        await outcome(loss(0.05), [anchors, scaled]),
      ];
      expectClose(one.value, other.value, tolerance(0.05));
    });

    it('keeps a vector of zeros finite', async () => {
      const anchors = normals('a', 3, 6);
      anchors.data.fill(0, 0, 6);
      const { value, gradients } = await outcome(loss(0.05), [anchors, normals('c', 3, 6)]);
      expect(Number.isFinite(value[0])).toBe(true);
      expect(gradients.every((g) => g.every(Number.isFinite))).toBe(true);
    });

    it('scales rows of any rank to length 1', async () => {
      for (const shape of [
        [5, 3],
        [2, 3, 4],
      ]) {
        const x = normals('x', ...shape);
        const width = shape.at(-1)!;
        const unit = await take(tf.tidy(() => unitRows(toTensor(x))));
        for (let from = 0; from < unit.length; from += width) {
          const [ours, theirs] = [unit.subarray(from, from + width), x.data.subarray(from, from + width)];
          const length = Math.hypot(...theirs);
          expectClose(
            ours,
            Array.from(theirs, (value) => value / length),
          );
        }
      }
    });
  });
});
