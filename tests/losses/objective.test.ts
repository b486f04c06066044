// Which sentence is an anchor, a positive or a negative for whom decides what a model learns, and nothing crashes when
// it is wrong. Checked by construction: a sentence that must not matter is changed, and nothing may move.
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { hierarchicalTripletReference } from '../../src/losses/hierarchicalTriplet.reference.ts';
import { cosine, infoNceReference } from '../../src/losses/infoNCE.reference.ts';
import { objective, positiveIndex, type ObjectiveKnobs } from '../../src/losses/objective.ts';
import { eachBackend } from '../support/backends.ts';
import { expectClose, normals, take, toTensor, type Plain } from '../kernels/numbers.ts';
import { rowsOf } from './rows.ts';

const KNOBS: ObjectiveKnobs = { temperature: 0.05, beta: 1, margins: [0.005, 0.05], hierarchical: true };
const HT_OFF = { ...KNOBS, hierarchical: false };
const WIDTH = 4;

interface Batch {
  plain?: Plain;
  generated?: Plain;
}

interface Parts {
  loss: number;
  infonce: number;
  ht: number | undefined;
}

const cube = (x: Plain | undefined) => x && (toTensor(x) as tf.Tensor3D);

async function parts({ plain, generated }: Batch, knobs = KNOBS): Promise<Parts> {
  const given = [cube(plain), cube(generated)] as const;
  const { loss, infonce, ht } = objective(...given, knobs);
  const read = async (x: tf.Tensor) => (await x.data())[0]!;
  return { loss: await read(loss), infonce: await read(infonce), ht: ht && (await read(ht)) };
}

/** Which sentences [row][sentence] of a batch get any gradient from the loss. */
async function moved(batch: Batch, knobs = KNOBS): Promise<{ plain?: boolean[][]; generated?: boolean[][] }> {
  const roles = (['plain', 'generated'] as const).filter((role) => batch[role]);
  const inputs = roles.map((role) => cube(batch[role])!);
  const gradients = tf.grads((...given: tf.Tensor[]) => {
    const of = (role: 'plain' | 'generated') => given[roles.indexOf(role)] as tf.Tensor3D | undefined;
    return objective(of('plain'), of('generated'), knobs).loss;
  })(inputs);
  const result: { plain?: boolean[][]; generated?: boolean[][] } = {};
  for (const [i, role] of roles.entries()) {
    const { shape } = batch[role]!;
    const data = await take(gradients[i]!);
    const touched = rowsOf({ shape, data }).map((row) => row.some((g) => Math.abs(g) > 1e-7));
    result[role] = Array.from({ length: shape[0]! }, (_, r) =>
      touched.slice(r * shape[1]!, (r + 1) * shape[1]!),
    );
  }
  tf.dispose(inputs);
  return result;
}

/** The same rows with one sentence of every row replaced. */
function changed(rows: Plain, sentence: number): Plain {
  const [count, sentences] = [rows.shape[0]!, rows.shape[1]!];
  const other = normals('other', ...rows.shape).data;
  const data = rows.data.slice();
  for (let r = 0; r < count; r++) {
    const from = (r * sentences + sentence) * WIDTH;
    data.set(other.subarray(from, from + WIDTH), from);
  }
  return { shape: rows.shape, data };
}

/** Sentence s of every row. */
function column(rows: Plain, s: number): number[][] {
  const sentences = rows.shape[1]!;
  return rowsOf(rows).filter((_, i) => i % sentences === s);
}

const plain = normals('plain', 3, 2, WIDTH);
const plainHard = normals('plainHard', 3, 3, WIDTH);
const sts = normals('sts', 2, 4, WIDTH);
const nli = normals('nli', 2, 3, WIDTH);

/** The batch written out as the paper has it. */
function written(batch: Batch, hierarchical: boolean): number {
  const anchors: number[][] = [];
  const [positives, negatives]: [number[][], number[][]] = [[], []];
  if (batch.plain) {
    anchors.push(...column(batch.plain, 0));
    positives.push(...column(batch.plain, 1));
    if (batch.plain.shape[1] === 3) negatives.push(...column(batch.plain, 2));
  }
  if (batch.generated) {
    const sentences = batch.generated.shape[1]!;
    anchors.push(...column(batch.generated, 0));
    positives.push(...column(batch.generated, sentences === 4 ? 2 : 1));
    if (!hierarchical && sentences > 2) negatives.push(...column(batch.generated, sentences - 1));
  }
  return infoNceReference(anchors, [...positives, ...negatives], 0.05).loss;
}

describe('positiveIndex', () => {
  it('is the intermediate of a group of four', () => {
    expect([2, 3, 4].map(positiveIndex)).toEqual([1, 1, 2]);
  });
});

describe('objective on', () => {
  eachBackend(() => {
    it.each<[string, Batch]>([
      ['plain rows', { plain }],
      ['plain rows with hard negatives', { plain: plainHard }],
      ['STS groups', { generated: sts }],
      ['NLI groups', { generated: nli }],
      ['plain rows and STS groups', { plain, generated: sts }],
      ['plain rows with hard negatives and NLI groups', { plain: plainHard, generated: nli }],
      [
        'one plain row and one pair',
        { plain: normals('p', 1, 2, WIDTH), generated: normals('g', 1, 2, WIDTH) },
      ],
    ])('has the rows and columns of the paper: %s', async (_, batch) => {
      for (const knobs of [KNOBS, HT_OFF]) {
        const { loss, infonce, ht } = await parts(batch, knobs);
        expectClose([infonce], [written(batch, knobs.hierarchical)], { absolute: 5e-5 });
        expect(ht === undefined).toBe(!batch.generated || !knobs.hierarchical);
        expectClose([loss], [infonce + (ht ?? 0)]);
      }
    });

    it('adds beta times the hierarchical loss of the groups', async () => {
      const similarity = [0, 1].map((b) => {
        return [1, 2, 3].map((s) => cosine(column(sts, 0)[b]!, column(sts, s)[b]!));
      });
      const { total } = hierarchicalTripletReference(similarity, KNOBS.margins);
      expect(total).toBeGreaterThan(0);
      const { loss, infonce, ht } = await parts({ plain, generated: sts }, { ...KNOBS, beta: 2.5 });
      expectClose([ht!], [total]);
      expectClose([loss], [infonce + 2.5 * total]);
    });

    it('shows InfoNCE a generated negative only when HT is off', async () => {
      for (const groups of [sts, nli]) {
        const other = { plain, generated: changed(groups, groups.shape[1]! - 1) };
        const [before, after] = [await parts({ plain, generated: groups }), await parts(other)];
        expect(after.infonce).toBe(before.infonce);
        expect(after.ht).not.toBe(before.ht);
        const [off, offAfter] = [
          await parts({ plain, generated: groups }, HT_OFF),
          await parts(other, HT_OFF),
        ];
        expect(offAfter.infonce).not.toBe(off.infonce);
      }
    });

    it('never shows InfoNCE sentence 1 of a group of four', async () => {
      for (const knobs of [KNOBS, HT_OFF]) {
        const before = await parts({ plain, generated: sts }, knobs);
        const after = await parts({ plain, generated: changed(sts, 1) }, knobs);
        expect(after.infonce).toBe(before.infonce);
      }
    });

    it('moves sentence 1 of a group of four by HT alone', async () => {
      const all = [true, true, true, true];
      const batch = { plain, generated: sts };
      // A margin of 2 keeps every pair within the loss.
      expect((await moved(batch, { ...KNOBS, margins: [2] })).generated).toEqual([all, all]);
      const without = [true, false, true, true];
      expect((await moved(batch, HT_OFF)).generated).toEqual([without, without]);
      expect((await moved(batch, { ...KNOBS, beta: 0 })).generated).toEqual([
        [true, false, true, false],
        [true, false, true, false],
      ]);
    });

    it('makes a plain hard negative a column for generated anchors too', async () => {
      const batch = { plain: plainHard, generated: nli };
      expect((await parts({ ...batch, plain: changed(plainHard, 2) })).infonce).not.toBe(
        (await parts(batch)).infonce,
      );
      expect((await moved(batch)).plain).toEqual(Array(3).fill([true, true, true]));
    });

    it.each([0.05, 0.01, 0.005])('stays finite at temperature %d', async (temperature) => {
      const batch = { plain: plainHard, generated: sts };
      const { loss } = await parts(batch, { ...KNOBS, temperature });
      expect(Number.isFinite(loss)).toBe(true);
    });

    it('leaves its three scalars in a tidy, and nothing else', () => {
      const before = tf.memory().numTensors;
      const given = [cube(plainHard), cube(sts)] as const;
      const kept = tf.tidy(() => {
        const { loss, infonce, ht } = objective(...given, KNOBS);
        return [loss, infonce, ht!];
      });
      tf.dispose([...kept, ...(given as readonly tf.Tensor[])]);
      expect(tf.memory().numTensors).toBe(before);
    });
  });
});
