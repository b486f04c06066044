// The paper's prompt templates: tokens before and after the sentence; the [MASK] state is the sentence embedding.
//
//   template 0   This sentence : " s " means [MASK]
//   template 1   This sentence of " s " means [MASK]      second view of a plain pair only
//
// The prompt is added after truncation, so 32 tokens become 39 (models.py:168-172 of the authors' code). There is no
// full stop after [MASK], so [MASK] is at position length - 2.

/** Token ids inserted right after [CLS] and right before [SEP]. */
export interface PromptTemplate {
  before: readonly number[];
  after: readonly number[];
}

export type PromptTemplates = readonly [PromptTemplate, PromptTemplate];

export const PROMPT_WORDS = [
  { before: 'This sentence : "', after: '" means' },
  { before: 'This sentence of "', after: '" means' },
] as const;

/** Inserts a template into [CLS] ... [SEP]. */
export function withPrompt(ids: readonly number[], template: PromptTemplate): number[] {
  return [ids[0]!, ...template.before, ...ids.slice(1, -1), ...template.after, ids[ids.length - 1]!];
}

/** Number of tokens that a template adds. */
export function promptLength(template: PromptTemplate): number {
  return template.before.length + template.after.length;
}
