// A sentence group: an anchor and, as far as they are known, sentences that are less and less similar to it.
import { z } from 'zod';
import type { Role } from '../run/settings.ts';

/** Levels of similarity, the most similar first (the paper's hierarchy). */
export const ROLES: readonly Role[] = ['anchor', 'positive', 'intermediate', 'negative'];

const sentence = z.string().trim().min(1, 'is empty');

/** One line of a corpus file. */
export const groupSchema = z.object({
  id: z.string().optional(),
  anchor: sentence,
  positive: sentence.optional(),
  intermediate: sentence.optional(),
  negative: sentence.optional(),
  pattern: z.enum(['plain', 'nli', 'sts', 'sup']).optional(),
  source: z.enum(['bundled', 'typed', 'llm', 'file']).optional(),
  by: z.string().optional(),
});

export type GroupPattern = 'plain' | 'nli' | 'sts' | 'sup';

export interface Group {
  /** Unique in its corpus; follows the sentence from the file to the plot. */
  id: string;
  anchor: string;
  positive?: string | undefined;
  intermediate?: string | undefined;
  negative?: string | undefined;
  pattern: GroupPattern;
  source: 'bundled' | 'typed' | 'llm' | 'file';
  by?: string | undefined;
}

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
