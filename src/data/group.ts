// Sentence groups (an anchor with optional sentences of decreasing similarity to it) and scored pairs.
import { z } from 'zod';

const sentence = z.string().trim().min(1, 'is empty');

/** How the sentences of a group relate to each other; a `plain` group has only an anchor. */
export const GROUP_PATTERNS = ['plain', 'nli', 'sts', 'sup'] as const;
export type GroupPattern = (typeof GROUP_PATTERNS)[number];

/** One line of a corpus file. */
export const groupSchema = z.object({
  /** Unique within the corpus; identifies the group everywhere, from the file to the plots. */
  id: z.string().optional(),
  anchor: sentence,
  positive: sentence.optional(),
  intermediate: sentence.optional(),
  negative: sentence.optional(),
  pattern: z.enum(GROUP_PATTERNS).optional(),
  source: z.enum(['bundled', 'typed', 'llm', 'file']).optional(),
  /** The author: a person or a model. */
  by: z.string().optional(),
  /** How far shared words tell the levels of an STS group apart: easy (they do), hard (they mislead), or medium. */
  grade: z.enum(['easy', 'medium', 'hard']).optional(),
});

/** A group as all code other than the file readers uses it: fields that a line may omit are filled in. */
export const completeGroupSchema = groupSchema.required({ id: true, pattern: true, source: true });
export type Group = z.infer<typeof completeGroupSchema>;

/** The pattern of a group whose file does not state it, inferred from the sentences it has. */
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
export interface LineError {
  file: string;
  line: number;
  reason: string;
}
