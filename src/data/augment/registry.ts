// The augmentations that create a plain sentence's second view. They work on the token ids between [CLS] and [SEP].
import type { Random } from '../../util/random.ts';
import { tokenCutoff } from './tokenCutoff.ts';
import { tokenShuffle } from './tokenShuffle.ts';

/** @param ids token ids of the sentence, without special tokens. Returns the ids of the second view. */
export type Augmentation = (
  ids: readonly number[],
  random: Random,
  options: { cutoffRate: number },
) => number[];

export const AUGMENTATIONS: Record<'dropout' | 'token_cutoff' | 'token_shuffle', Augmentation> = {
  /** Keeps the tokens: the two views differ only in the encoder's dropout masks. */
  dropout: (ids) => ids.slice(),
  token_cutoff: (ids, random, { cutoffRate }) => tokenCutoff(ids, cutoffRate, random),
  token_shuffle: (ids, random) => tokenShuffle(ids, random),
};
