// The paper's prompts: the sentence is put between two runs of tokens, and the [MASK] state is its embedding.
//
//   template 0   This sentence : " s " means [MASK]
//   template 1   This sentence of " s " means [MASK]      second view of a plain pair only
//
// The prompt goes in after truncation, so a sentence of 32 tokens becomes one of 39 (models.py:168-172 of the
// authors' code); there is no full stop after [MASK], so [MASK] stands at position length - 2.

/** Ids put right after [CLS] and right before [SEP]. */
export interface PromptTemplate {
  before: readonly number[];
  after: readonly number[];
}

export type PromptTemplates = readonly [PromptTemplate, PromptTemplate];

export const PROMPT_WORDS = [
  { before: 'This sentence : "', after: '" means' },
  { before: 'This sentence of "', after: '" means' },
] as const;

/** Puts a template into [CLS] ... [SEP]. */
export function withPrompt(ids: readonly number[], template: PromptTemplate): number[] {
  return [ids[0]!, ...template.before, ...ids.slice(1, -1), ...template.after, ids[ids.length - 1]!];
}

/** Tokens that a template adds. */
export function promptLength(template: PromptTemplate): number {
  return template.before.length + template.after.length;
}
