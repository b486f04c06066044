// A sentence group: an anchor and, as far as they are known, sentences that are less and less similar to it.
import { z } from 'zod';

const sentence = z.string().trim().min(1, 'is empty');

/** How the sentences of a group relate to each other; `plain` has an anchor alone. */
export const GROUP_PATTERNS = ['plain', 'nli', 'sts', 'sup'] as const;
export type GroupPattern = (typeof GROUP_PATTERNS)[number];

/** One line of a corpus file. */
export const groupSchema = z.object({
  /** Unique in its corpus; follows the sentence from the file to the plot. */
  id: z.string().optional(),
  anchor: sentence,
  positive: sentence.optional(),
  intermediate: sentence.optional(),
  negative: sentence.optional(),
  pattern: z.enum(GROUP_PATTERNS).optional(),
  source: z.enum(['bundled', 'typed', 'llm', 'file']).optional(),
  /** Who wrote it: a person or a model. */
  by: z.string().optional(),
});

/** A group as everything but the readers of files takes it: what a line may leave out is filled in. */
export const completeGroupSchema = groupSchema.required({ id: true, pattern: true, source: true });
export type Group = z.infer<typeof completeGroupSchema>;

/** What a group is when its file does not say: by the sentences it has. */
export function patternOf(group: Pick<Group, 'positive' | 'intermediate' | 'negative'>): GroupPattern {
  if (group.intermediate !== undefined) return 'sts';
  if (group.positive !== undefined) return 'nli';
  return 'plain';
}

/** A pair with a human (or machine) similarity score, 0 (unrelated) to 5 (equivalent). */
export interface ScoredPair {
  score: number;
  first: string;
  second: string;
}

/** A line that could not be used. */
export interface Fault {
  file: string;
  line: number;
  reason: string;
}
