// Cleans and validates the visitor's input: sentences without line breaks, control characters and extra spaces,
// groups with at least an anchor, scored pairs with a score from 0 to 5.
import type { GroupPattern, ScoredPair } from '../../data/group.ts';

/** In characters; far more than any encoder here reads, and short enough for a table. */
export const LONGEST_SENTENCE = 2000;

export interface Sentences {
  anchor: string;
  positive?: string | undefined;
  intermediate?: string | undefined;
  negative?: string | undefined;
}

/** A group before it has an id. */
export interface GroupDraft extends Sentences {
  pattern?: GroupPattern | undefined;
  source?: 'typed' | 'file' | undefined;
  by?: string | undefined;
}

export interface PairDraft extends ScoredPair {
  source?: 'typed' | 'file' | undefined;
}

/** A scored pair of the visitor. */
export interface UserPair extends ScoredPair {
  id: string;
  source: 'typed' | 'file';
}

const CONTROL = /[^\P{Cc}\s]/gu;
/** Bidirectional control characters, which would affect text beyond the end of the sentence. */
const BIDI_CONTROL = /[\u202A-\u202E\u2066-\u2069]/g;
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** One line of text, as it is trained on and stored. Idempotent. */
export function cleanSentence(text: string): string {
  return text
    .replace(CONTROL, '')
    .replace(BIDI_CONTROL, '')
    .replace(LONE_SURROGATE, '\uFFFD')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The cleaned sentences of a draft; those that end up empty are left out. */
export function cleanSentences(draft: Sentences): Sentences {
  const optional = (text: string | undefined) =>
    text === undefined ? undefined : cleanSentence(text) || undefined;
  return {
    anchor: cleanSentence(draft.anchor),
    positive: optional(draft.positive),
    intermediate: optional(draft.intermediate),
    negative: optional(draft.negative),
  };
}

export type SentenceProblem = 'empty' | 'long';

/** Why cleaned sentences cannot be used; null when they can. */
export function problemOf({ anchor, positive, intermediate, negative }: Sentences): SentenceProblem | null {
  if (anchor === '') return 'empty';
  const tooLong = [anchor, positive, intermediate, negative].some((s) => (s?.length ?? 0) > LONGEST_SENTENCE);
  return tooLong ? 'long' : null;
}

/** The same for a scored pair. */
export function pairProblemOf({ score, first, second }: ScoredPair): SentenceProblem | 'score' | null {
  if (first === '' || second === '') return 'empty';
  if (Math.max(first.length, second.length) > LONGEST_SENTENCE) return 'long';
  return score >= 0 && score <= 5 ? null : 'score';
}

/** Two groups with the same text are the same group, whatever their ids. */
export function textOf({ anchor, positive, intermediate, negative }: Sentences): string {
  return [anchor, positive, intermediate, negative].map((s) => s ?? '').join('\n');
}

export function pairTextOf({ score, first, second }: ScoredPair): string {
  return `${score}\n${first}\n${second}`;
}

/** The number in "own-12"; 0 for other ids. */
export function userIdNumber(id: string): number {
  return Number(/^(?:own|pair)-(\d+)$/.exec(id)?.[1] ?? 0);
}
