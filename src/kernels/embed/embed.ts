// The sum of a token's three embeddings: word, position and type.
//
// Kernel "SemblanceEmbed" {words [V, d], positions [P, d], types [S, d], wordIds, positionIds, typeIds int32 [n]}
//   -> [n, d]; the gradient of each table is the kernel ScatterRows, or of all three at once:
// Kernel "SemblanceEmbedGradient" {dy, wordIds, positionIds, typeIds} {words, positions, types}
//   -> [dWords, dPositions, dTypes],
//   where the attributes are the number of entries of each table.
import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, kernelToken, runKernel } from '../kernelToken.ts';
import { differentiable } from '../differentiable.ts';
import { scatterRows } from '../scatterRows/scatterRows.ts';

export const EMBED = kernelToken('SemblanceEmbed', {
  inputs: ['words', 'positions', 'types', 'wordIds', 'positionIds', 'typeIds'],
  outputs: ['y'],
});
export const EMBED_GRADIENT = kernelToken('SemblanceEmbedGradient', {
  inputs: ['dy', 'wordIds', 'positionIds', 'typeIds'],
  attributes: {} as { words: number; positions: number; types: number },
  outputs: ['dWords', 'dPositions', 'dTypes'],
});

/** The three tables, each [entries, d]. */
export interface EmbeddingTables {
  words: tf.Tensor2D;
  positions: tf.Tensor2D;
  types: tf.Tensor2D;
}

/** The row of each table for every token, int32 [n]. */
export interface EmbeddingIds {
  words: tf.Tensor1D;
  positions: tf.Tensor1D;
  types: tf.Tensor1D;
}

/** Looks up and sums the embeddings: [n, d]. */
export function embed(tables: EmbeddingTables, ids: EmbeddingIds): tf.Tensor2D {
  const look = hasKernel(EMBED) ? lookedUp : composedLookup;
  return differentiable({
    inputs: { ...tables },
    forward: () => ({ value: look(tables, ids), saved: { ...ids } }),
    backward: (dy, { words, positions, types }) => {
      const entries = (name: keyof EmbeddingTables) => tables[name].shape[0];
      if (hasKernel(EMBED_GRADIENT)) {
        const { dWords, dPositions, dTypes } = runKernel(
          EMBED_GRADIENT,
          { dy, wordIds: words, positionIds: positions, typeIds: types },
          { words: entries('words'), positions: entries('positions'), types: entries('types') },
        );
        return { words: () => dWords, positions: () => dPositions, types: () => dTypes };
      }
      return {
        words: () => scatterRows(dy, words, entries('words')),
        positions: () => scatterRows(dy, positions, entries('positions')),
        types: () => scatterRows(dy, types, entries('types')),
      };
    },
  });
}

function lookedUp(tables: EmbeddingTables, ids: EmbeddingIds): tf.Tensor2D {
  const inputs = { ...tables, wordIds: ids.words, positionIds: ids.positions, typeIds: ids.types };
  return runKernel(EMBED, inputs).y as tf.Tensor2D;
}

/** The lookup as a sum of three gathers. */
export function composedLookup(tables: EmbeddingTables, ids: EmbeddingIds): tf.Tensor2D {
  return tf.tidy(() =>
    tf.add<tf.Tensor2D>(
      tf.add(tf.gather(tables.words, ids.words), tf.gather(tables.types, ids.types)),
      tf.gather(tables.positions, ids.positions),
    ),
  );
}
