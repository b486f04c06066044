// The losses of a batch whose embeddings are the rows of one matrix, and mean pooling: the fused kernels against the
// compositions, value and gradient, in the form for a processor and in the form for a GPU.
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { webGpuBackend } from '../../src/kernels/tfjsBackends.ts';
import { composedMeanTokens, meanTokens } from '../../src/kernels/meanTokens/meanTokens.ts';
import { fusedInfoNCE } from '../../src/kernels/infoNCE/infoNCE.ts';
import { setKernelConfig } from '../../src/kernels/tuning.ts';
import { composedTriplet, tripletOfRows } from '../../src/losses/hierarchicalTriplet.ts';
import {
  batchObjective,
  objective,
  rowsAndColumns,
  splitRows,
  type BatchLayout,
  type ObjectiveKnobs,
} from '../../src/losses/objective.ts';
import { eachBackend, start, type BackendName } from '../support/backends.ts';
import { expectSameOutcome, normals, outcome, type Op, type Plain } from './numbers.ts';

const TOLERANCE = { absolute: 3e-4, relative: 2e-4 };

/** Is the op on a backend what the composition is on the cpu backend? On WebGPU in both forms. */
async function expectSame(backend: BackendName, fused: Op, composed: Op, inputs: Plain[]): Promise<void> {
  await start('cpu');
  const expected = await outcome(composed, inputs);
  await start(backend);
  for (const software of backend === 'software' ? [true, false] : [true]) {
    if (backend === 'software') setKernelConfig(webGpuBackend(), { software });
    expectSameOutcome(await outcome(fused, inputs), expected, TOLERANCE);
  }
}

function knobs(hierarchical: boolean, beta = 1): ObjectiveKnobs {
  return { temperature: 0.05, beta, margins: [0.005, 0.4], hierarchical };
}

function rowCount(layout: BatchLayout): number {
  return layout.plain * layout.plainSentences + layout.generated * layout.generatedSentences;
}

/** The whole objective by the compositions. A watch that notes nothing asks for them. */
function composedObjective(vectors: tf.Tensor2D, layout: BatchLayout, given: ObjectiveKnobs): tf.Scalar {
  const { plain, generated } = splitRows(vectors, layout);
  return objective(plain, generated, given, () => undefined).loss;
}

const layouts = fc
  .record({
    plain: fc.integer({ min: 0, max: 70 }),
    plainSentences: fc.integer({ min: 2, max: 3 }),
    generated: fc.integer({ min: 0, max: 5 }),
    generatedSentences: fc.integer({ min: 2, max: 5 }),
  })
  .filter(({ plain, generated }) => plain + generated > 0);

describe('losses of a batch on', () => {
  eachBackend((backend) => {
    afterAll(() => backend === 'software' && setKernelConfig(webGpuBackend(), { software: true }));

    it('equal the compositions for any layout', async () => {
      const draws = fc.record({
        layout: layouts,
        width: fc.constantFrom(1, 7, 12, 24, 33),
        hierarchical: fc.boolean(),
        beta: fc.constantFrom(0.5, 1),
      });
      await fc.assert(
        fc.asyncProperty(draws, ({ layout, width, hierarchical, beta }) => {
          const vectors = normals('vectors', rowCount(layout), width);
          const given = knobs(hierarchical, beta);
          return expectSame(
            backend,
            (x) => batchObjective(x as tf.Tensor2D, layout, given).loss,
            (x) => composedObjective(x as tf.Tensor2D, layout, given),
            [vectors],
          );
        }),
        { numRuns: 10, seed: 7 },
      );
    });

    it('hold at the width of a large encoder, and with vectors of length 0', async () => {
      const layout = { plain: 5, plainSentences: 3, generated: 3, generatedSentences: 4 };
      for (const [width, empty] of [
        [768, []],
        [8, [0, 4, 15, 22]],
      ] as const) {
        const vectors = normals('large', rowCount(layout), width);
        for (const row of empty) vectors.data.fill(0, row * width, (row + 1) * width);
        await expectSame(
          backend,
          (x) => batchObjective(x as tf.Tensor2D, layout, knobs(true)).loss,
          (x) => composedObjective(x as tf.Tensor2D, layout, knobs(true)),
          [vectors],
        );
      }
    });

    it('the triplet loss stands on the rows of its groups alone', async () => {
      for (const [groups, sentences, width] of [
        [1, 3, 7],
        [67, 4, 12],
        [2, 6, 24],
      ] as const) {
        const from = 3;
        const rows = normals('groups', from + groups * sentences + 2, width);
        await expectSame(
          backend,
          (x) => tripletOfRows(x as tf.Tensor2D, { from, groups, sentences }, [0.005, 0.4]),
          (x) =>
            composedTriplet(
              tf.reshape(tf.slice(x, [from, 0], [groups * sentences, width]), [groups, sentences, width]),
              [0.005, 0.4],
            ),
          [rows],
        );
      }
    });

    it('mean tokens, with their gradients', async () => {
      for (const [lengths, length, width] of [
        [[1], 1, 24],
        [[17, 1, 5], 17, 7],
        [[33, 20], 33, 64],
      ] as const) {
        const asOp =
          (run: typeof meanTokens): Op =>
          (x) =>
            run(x as tf.Tensor3D, Int32Array.from(lengths));
        const states = normals('states', lengths.length, length, width);
        await expectSame(backend, asOp(meanTokens), asOp(composedMeanTokens), [states]);
      }
    });
  });
});

describe('rows and columns', () => {
  it('are those of the batch: anchors, then positives and negatives', () => {
    const layout = { plain: 2, plainSentences: 3, generated: 2, generatedSentences: 4 };
    expect(rowsAndColumns(layout, true)).toEqual({ anchors: [0, 3, 6, 10], columns: [1, 4, 8, 12, 2, 5] });
    expect(rowsAndColumns(layout, false).columns).toEqual([1, 4, 8, 12, 2, 5, 9, 13]);
  });

  it('of one row in two parts are left to the composition', () => {
    const vectors = tf.zeros<tf.Rank.R2>([2, 3]);
    expect(fusedInfoNCE(vectors, { anchors: [0], columns: [0, 1] }, 0.05)).toBeUndefined();
    vectors.dispose();
  });
});
