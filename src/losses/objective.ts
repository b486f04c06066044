// The objective of a hybrid batch: InfoNCE + beta * HT, with the paper's rows and columns (models.py:338-361).
//
//   rows      plain anchors, then generated anchors
//   columns   plain positives, generated positives, the plain rows' hard negatives (their last sentence, when they
//             have three or more), then the generated rows' hard negatives, only when HT is off
//
// A generated group of four sentences gives its *intermediate* (index 2) as the contrastive positive; its sentence 1
// then learns from HT alone.
import * as tf from '@tensorflow/tfjs-core';
import type { Watch } from '../kernels/watched.ts';
import { hierarchicalTriplet } from './hierarchicalTriplet.ts';
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
  /** undefined when HT is off or the batch has no generated rows. */
  ht: tf.Scalar | undefined;
}

/** One sentence of every row. @param rows [n, sentences, d]. Returns [n, d]. */
function sentence(rows: tf.Tensor3D, index: number): tf.Tensor2D {
  const [count, , dimension] = rows.shape;
  return tf.reshape(tf.slice(rows, [0, index, 0], [count, 1, dimension]), [count, dimension]);
}

/** Which sentence of a generated group is its contrastive positive. */
export function positiveIndex(sentences: number): number {
  return sentences > 3 ? 2 : 1;
}

/** Rows and columns of InfoNCE: anchors [n, d], columns [m, d]. The parameters are those of `objective`. */
export function rowsAndColumns(
  plain: tf.Tensor3D | undefined,
  generated: tf.Tensor3D | undefined,
  hierarchical: boolean,
): { anchors: tf.Tensor2D; columns: tf.Tensor2D } {
  const anchors: tf.Tensor2D[] = [];
  const positives: tf.Tensor2D[] = [];
  const negatives: tf.Tensor2D[] = [];
  if (plain) {
    anchors.push(sentence(plain, 0));
    positives.push(sentence(plain, 1));
    if (plain.shape[1] > 2) negatives.push(sentence(plain, plain.shape[1] - 1));
  }
  if (generated) {
    const last = generated.shape[1] - 1;
    anchors.push(sentence(generated, 0));
    positives.push(sentence(generated, positiveIndex(generated.shape[1])));
    if (last > 1 && !hierarchical) negatives.push(sentence(generated, last));
  }
  return { anchors: joined(anchors), columns: joined([...positives, ...negatives]) };
}

/**
 * @param plain [o, sentences, d] embeddings of plain rows (2 sentences; 3 with a hard negative), or undefined
 * @param generated [a, sentences, d] embeddings of generated groups, or undefined; at least one of the two
 * @param watch is given what the two losses give it, and "infonce", "ht" and "loss"
 */
export function objective(
  plain: tf.Tensor3D | undefined,
  generated: tf.Tensor3D | undefined,
  knobs: ObjectiveKnobs,
  watch?: Watch,
): ObjectiveValue {
  const { anchors, columns } = rowsAndColumns(plain, generated, knobs.hierarchical);
  const infonce = infoNCE(anchors, columns, knobs.temperature, watch);
  watch?.('infonce', infonce);
  const ht =
    generated && knobs.hierarchical ? hierarchicalTriplet(generated, knobs.margins, watch) : undefined;
  const loss = ht ? tf.add<tf.Scalar>(infonce, tf.mul(ht, knobs.beta)) : infonce;
  if (ht) watch?.('ht', ht);
  watch?.('loss', loss);
  return { loss, infonce, ht };
}

function joined(parts: tf.Tensor2D[]): tf.Tensor2D {
  return parts.length === 1 ? parts[0]! : tf.concat2d(parts, 0);
}
