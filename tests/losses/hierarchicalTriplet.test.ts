// The hierarchical triplet loss compares levels that are often nearly equal, under margins of a few thousandths: the
// fast form is held to the plain one over any number of levels and margins.
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hierarchicalTriplet, marginOf } from '../../src/losses/hierarchicalTriplet.ts';
import { hierarchicalTripletReference } from '../../src/losses/hierarchicalTriplet.reference.ts';
import { cosine } from '../../src/losses/infoNCE.reference.ts';
import { eachBackend } from '../support/backends.ts';
import { expectClose, normals, outcome, type Op, type Plain } from '../kernels/numbers.ts';
import { rowsOf } from './rows.ts';

const loss = (margins: readonly number[]): Op => {
  return (groups) => hierarchicalTriplet(groups as tf.Tensor3D, margins);
};

/** Cosine of every group's anchor with its levels. */
function similarities(groups: Plain): number[][] {
  const [count, sentences] = [groups.shape[0]!, groups.shape[1]!];
  const rows = rowsOf(groups);
  return Array.from({ length: count }, (_, b) => {
    const [anchor, ...levels] = rows.slice(b * sentences, (b + 1) * sentences);
    return levels.map((level) => cosine(anchor!, level));
  });
}

/** Groups of [anchor, ...levels] in the plane, each level at an angle (in degrees) from the anchor. */
function angled(...groups: number[][]): Plain {
  const data = groups.flatMap((angles) => {
    return [0, ...angles].flatMap((a) => [Math.cos((a * Math.PI) / 180), Math.sin((a * Math.PI) / 180)]);
  });
  return { shape: [groups.length, groups[0]!.length + 1, 2], data: Float32Array.from(data) };
}

describe('the margins', () => {
  it('end with the last one, which serves all further pairs', () => {
    expect([0, 1, 2, 5].map((pair) => marginOf([0.005, 0.05], pair))).toEqual([0.005, 0.05, 0.05, 0.05]);
    const { hinges } = hierarchicalTripletReference([[0.9, 0.9, 0.9, 0.9]], [0.005, 0.05]);
    expectClose(hinges[0]!, [0.005, 0.05, 0.05]);
  });
});

describe('hierarchicalTriplet on', () => {
  eachBackend((backend) => {
    it('equals the reference for any groups, levels and margins', async () => {
      const draws = fc.record({
        count: fc.integer({ min: 1, max: 7 }),
        sentences: fc.integer({ min: 2, max: 6 }),
        width: fc.integer({ min: 1, max: 24 }),
        margins: fc.array(fc.double({ min: 0, max: 0.5, noNaN: true }), { minLength: 1, maxLength: 4 }),
        name: fc.string({ maxLength: 4 }),
      });
      await fc.assert(
        fc.asyncProperty(draws, async ({ count, sentences, width, margins, name }) => {
          const groups = normals(`g${name}`, count, sentences, width);
          const { total } = hierarchicalTripletReference(similarities(groups), margins);
          if (sentences === 2) {
            const value = hierarchicalTriplet(tf.tensor3d(groups.data, [count, sentences, width]), margins);
            expect(await value.data()).toEqual(Float32Array.of(0));
          } else {
            const { value } = await outcome(loss(margins), [groups]);
            expectClose(value, [total], { absolute: 2e-6 });
          }
        }),
        { numRuns: backend === 'software' ? 6 : 60, seed: 1 },
      );
    });

    it('is 0, and has no gradient, when every level falls by its margin', async () => {
      const { value, gradients } = await outcome(loss([0.005, 0.05]), [angled([10, 40, 90], [5, 60, 120])]);
      expect([...value]).toEqual([0]);
      expect(gradients[0]!.every((g) => g === 0)).toBe(true);
    });

    it('moves only the pair that is out of order', async () => {
      // Level 3 is nearer than level 2: the pair (1, 2) is in order.
      const groups = angled([10, 60, 40]);
      const { value, gradients } = await outcome(loss([0.005, 0.05]), [groups]);
      const [cos60, cos40] = [Math.cos(Math.PI / 3), Math.cos((40 * Math.PI) / 180)];
      expectClose(value, [(cos40 - cos60 + 0.05) / 2], { absolute: 1e-6 });
      const touched = rowsOf({ shape: groups.shape, data: gradients[0]! }).map((row) =>
        row.some((g) => g !== 0),
      );
      expect(touched).toEqual([true, false, true, true]);
    });
  });
});
