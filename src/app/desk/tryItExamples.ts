// The pairs of sentences that "Try it" offers.
import { t } from '../messages/t.ts';

export type SentencePair = [string, string];

export const EXAMPLES = ['paraphrase', 'negation', 'order', 'unrelated'] as const;

export const exampleOf = (name: (typeof EXAMPLES)[number]): SentencePair => [
  t(`tryIt.examples.${name}.first`),
  t(`tryIt.examples.${name}.second`),
];

export const isSamePair = (a: SentencePair, b: SentencePair): boolean => a[0] === b[0] && a[1] === b[1];
