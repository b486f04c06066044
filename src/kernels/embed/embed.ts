// The sum of a token's three embeddings: its word, its position, its type.
//
// Kernel "SemblanceEmbed" {words [V, d], positions [P, d], types [S, d], wordIds, positionIds, typeIds int32 [n]}
//   -> [n, d]; the gradient of each table is the kernel ScatterRows, or of all three at once:
// Kernel "SemblanceEmbedGradient" {dy, wordIds, positionIds, typeIds} {words, positions, types} -> [dWords, dPositions, dTypes]
//   the attributes being the entries of each table.
import * as tf from '@tensorflow/tfjs-core';
import { differentiable, hasKernel, runKernel, runKernelForAll } from '../op.ts';
import { scatterRows } from '../scatterRows/scatterRows.ts';

export const EMBED = 'SemblanceEmbed';
export const EMBED_GRADIENT = 'SemblanceEmbedGradient';

export interface EmbedGradientAttributes {
  words: number;
  positions: number;
  types: number;
}

/** The three tables, each [entries, d]. */
export interface EmbeddingTables {
  words: tf.Tensor2D;
  positions: tf.Tensor2D;
  types: tf.Tensor2D;
}

/** Which row of each table a token takes, int32 [n]. */
export interface EmbeddingIds {
  words: tf.Tensor1D;
  positions: tf.Tensor1D;
  types: tf.Tensor1D;
}

/** Returns [n, d]. */
export function embed(tables: EmbeddingTables, ids: EmbeddingIds): tf.Tensor2D {
  const look = hasKernel(EMBED) ? lookedUp : composedLookup;
  return differentiable({
    inputs: { ...tables },
    forward: (save) => {
      save([ids.words, ids.positions, ids.types]);
      return look(tables, ids);
    },
    backward: (dy, saved) => {
      const [words, positions, types] = saved as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
      const entries = (name: keyof EmbeddingTables) => tables[name].shape[0];
      if (hasKernel(EMBED_GRADIENT)) {
        const [dWords, dPositions, dTypes] = runKernelForAll(
          EMBED_GRADIENT,
          { dy, wordIds: words, positionIds: positions, typeIds: types },
          { words: entries('words'), positions: entries('positions'), types: entries('types') },
        );
        return { words: () => dWords!, positions: () => dPositions!, types: () => dTypes! };
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
  return runKernel(EMBED, {
    ...tables,
    wordIds: ids.words,
    positionIds: ids.positions,
    typeIds: ids.types,
  });
}

/** As a sum of three gathers. */
export function composedLookup(tables: EmbeddingTables, ids: EmbeddingIds): tf.Tensor2D {
  return tf.tidy(() =>
    tf.add<tf.Tensor2D>(
      tf.add(tf.gather(tables.words, ids.words), tf.gather(tables.types, ids.types)),
      tf.gather(tables.positions, ids.positions),
    ),
  );
}
