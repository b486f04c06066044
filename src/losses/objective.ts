// The training objective on a hybrid batch: InfoNCE + beta * HT, with the paper's rows and columns (models.py:338-361).
//
//   rows      plain anchors, then generated anchors
//   columns   plain positives, generated positives, the plain rows' hard negatives (their last sentence, if they have
//             three or more), then the generated rows' hard negatives (only if HT is off)
//
// The contrastive positive of a generated group of four sentences is its *intermediate* (index 2); sentence 1 is then
// trained by HT only.
import * as tf from '@tensorflow/tfjs-core';
import { fusedInfoNCE, type InfoNCERows } from '../kernels/infoNCE/infoNCE.ts';
import type { TensorHook } from '../kernels/tensorHook.ts';
import { weightedSum } from '../kernels/weightedSum/weightedSum.ts';
import { hierarchicalTriplet, tripletOfRows } from './hierarchicalTriplet.ts';
import { infoNCE } from './infoNCE.ts';

export interface ObjectiveKnobs {
  temperature: number;
  beta: number;
  margins: readonly number[];
  /** Is the hierarchical triplet loss on? */
  hierarchical: boolean;
}

export interface ObjectiveValue {
  loss: tf.Scalar;
  infonce: tf.Scalar;
  /** undefined if HT is off or the batch has no generated rows. */
  ht: tf.Scalar | undefined;
}

/** The objective of a batch, with its knobs applied; arguments as of `batchObjective`. */
export type Objective = (vectors: tf.Tensor2D, layout: BatchLayout, watch?: TensorHook) => ObjectiveValue;

export function objectiveWith(knobs: ObjectiveKnobs): Objective {
  return (vectors, layout, watch) => batchObjective(vectors, layout, knobs, watch);
}

/** The layout of a batch's sentences: first those of the plain rows, then those of the generated groups. */
export interface BatchLayout {
  plain: number;
  /** Sentences per plain row (2, or 3 with a hard negative). */
  plainSentences: number;
  generated: number;
  generatedSentences: number;
}

/** Splits [rows, d] into plain [o, sentences, d] and generated [a, sentences, d]. */
export function splitRows(
  vectors: tf.Tensor2D,
  layout: BatchLayout,
): { plain: tf.Tensor3D | undefined; generated: tf.Tensor3D | undefined } {
  const dimension = vectors.shape[1];
  const plainRows = layout.plain * layout.plainSentences;
  const part = (from: number, groups: number, sentences: number) =>
    groups === 0
      ? undefined
      : tf.reshape<tf.Rank.R3>(tf.slice(vectors, [from, 0], [groups * sentences, dimension]), [
          groups,
          sentences,
          dimension,
        ]);
  return {
    plain: part(0, layout.plain, layout.plainSentences),
    generated: part(plainRows, layout.generated, layout.generatedSentences),
  };
}

/** Index of the sentence that is the contrastive positive of a generated group. */
export function positiveIndex(sentences: number): number {
  return sentences > 3 ? 2 : 1;
}

/** The two kinds of rows of a batch. */
type RowKind = 'plain' | 'generated';

/**
 * Selects the rows and columns of InfoNCE, in order.
 * @param sentences number of sentences per row of either kind; 0 if the batch has no such rows
 * @param take returns the sentence with that index from all rows of a kind
 */
function selectRowsAndColumns<T>(
  sentences: Readonly<Record<RowKind, number>>,
  hierarchical: boolean,
  take: (kind: RowKind, index: number) => T,
): { anchors: T[]; columns: T[] } {
  const { plain, generated } = sentences;
  const anchors: T[] = [];
  const positives: T[] = [];
  const negatives: T[] = [];
  if (plain > 0) {
    anchors.push(take('plain', 0));
    positives.push(take('plain', 1));
    if (plain > 2) negatives.push(take('plain', plain - 1));
  }
  if (generated > 0) {
    anchors.push(take('generated', 0));
    positives.push(take('generated', positiveIndex(generated)));
    if (generated > 2 && !hierarchical) negatives.push(take('generated', generated - 1));
  }
  return { anchors, columns: [...positives, ...negatives] };
}

/** Rows and columns of InfoNCE, as row indices into the batch. */
export function rowsAndColumns(layout: BatchLayout, hierarchical: boolean): InfoNCERows {
  const { plain, plainSentences, generated, generatedSentences } = layout;
  const places = {
    plain: { from: 0, count: plain, sentences: plainSentences },
    generated: { from: plain * plainSentences, count: generated, sentences: generatedSentences },
  };
  const { anchors, columns } = selectRowsAndColumns(
    { plain: plain > 0 ? plainSentences : 0, generated: generated > 0 ? generatedSentences : 0 },
    hierarchical,
    (role, index) => {
      const { from, count, sentences } = places[role];
      return Array.from({ length: count }, (_, row) => from + row * sentences + index);
    },
  );
  return { anchors: anchors.flat(), columns: columns.flat() };
}

/** The objective of a batch whose embeddings are the rows of one matrix; knobs and watch are those of `objective`. */
export function batchObjective(
  vectors: tf.Tensor2D,
  layout: BatchLayout,
  knobs: ObjectiveKnobs,
  watch?: TensorHook,
): ObjectiveValue {
  // Only the composed form has intermediate values to watch.
  const rows = watch ? undefined : rowsAndColumns(layout, knobs.hierarchical);
  const infonce = rows && fusedInfoNCE(vectors, rows, knobs.temperature);
  if (!infonce) {
    const { plain, generated } = splitRows(vectors, layout);
    return objective(plain, generated, knobs, watch);
  }
  const { generated: groups, generatedSentences: sentences } = layout;
  const from = layout.plain * layout.plainSentences;
  const ht =
    groups > 0 && knobs.hierarchical
      ? tripletOfRows(vectors, { from, groups, sentences }, knobs.margins)
      : undefined;
  return { loss: total(infonce, ht, knobs.beta), infonce, ht };
}

/**
 * @param plain [o, sentences, d] embeddings of plain rows (2 sentences; 3 with a hard negative), or undefined
 * @param generated [a, sentences, d] embeddings of generated groups, or undefined; at least one of the two is given
 * @param watch receives the intermediate values of both losses, and "infonce", "ht" and "loss"
 */
export function objective(
  plain: tf.Tensor3D | undefined,
  generated: tf.Tensor3D | undefined,
  knobs: ObjectiveKnobs,
  watch?: TensorHook,
): ObjectiveValue {
  const rows = { plain, generated };
  const { anchors, columns } = selectRowsAndColumns(
    { plain: plain?.shape[1] ?? 0, generated: generated?.shape[1] ?? 0 },
    knobs.hierarchical,
    (role, index) => sentenceAt(rows[role]!, index),
  );
  const infonce = infoNCE(concatRows(anchors), concatRows(columns), knobs.temperature, watch);
  watch?.('infonce', infonce);
  const ht =
    generated && knobs.hierarchical ? hierarchicalTriplet(generated, knobs.margins, watch) : undefined;
  const loss = total(infonce, ht, knobs.beta);
  if (ht) watch?.('ht', ht);
  watch?.('loss', loss);
  return { loss, infonce, ht };
}

function total(infonce: tf.Scalar, ht: tf.Scalar | undefined, beta: number): tf.Scalar {
  return ht ? weightedSum(infonce, ht, beta) : infonce;
}

/** The sentence with this index of every row. @param rows [n, sentences, d]. Returns [n, d]. */
function sentenceAt(rows: tf.Tensor3D, index: number): tf.Tensor2D {
  const [count, , dimension] = rows.shape;
  return tf.reshape(tf.slice(rows, [0, index, 0], [count, 1, dimension]), [count, dimension]);
}

function concatRows(parts: tf.Tensor2D[]): tf.Tensor2D {
  return parts.length === 1 ? parts[0]! : tf.concat2d(parts, 0);
}
