// How long an input may be: what the folder states, what the encoder has positions for, and what the prompt takes of it.
import { promptLength } from '../tokenizer/template.ts';
import { Failure } from '../util/failure.ts';
import { longestInput } from './config.ts';
import type { LoadedModel } from './folder.ts';
import type { Pooling } from './pooling.ts';

/** Maximum length of an evaluated input if the folder states none, as in the authors' code (tools.py: max_length=512). */
const EVALUATED_LENGTH = 512;

type Limits = Pick<LoadedModel, 'name' | 'config' | 'tokenizer' | 'maxLength'>;

/** Number of tokens that the prompt adds to an evaluated sentence. */
export function evaluationPrompt({ tokenizer }: Pick<Limits, 'tokenizer'>, pooling: Pooling): number {
  return pooling === 'mask' ? promptLength(tokenizer.prompts[0]) : 0;
}

/** Number of tokens that the positions of the encoder leave for a sentence, beside the longest prompt. */
export function sentenceRoom(
  { tokenizer, config }: Pick<Limits, 'tokenizer' | 'config'>,
  pooling: Pooling,
): number {
  const prompt = pooling === 'mask' ? Math.max(...tokenizer.prompts.map(promptLength)) : 0;
  return longestInput(config) - prompt;
}

/**
 * Maximum length of an evaluated sentence in tokens, with [CLS] and [SEP] and without the prompt: what the folder states,
 * else 512, and never more than the encoder has positions for.
 * @throws Failure when nothing is left for the sentence
 */
export function evaluatedLength(model: Limits, pooling: Pooling): number {
  const input = model.maxLength ?? EVALUATED_LENGTH;
  const length = Math.min(input - evaluationPrompt(model, pooling), sentenceRoom(model, pooling));
  if (length >= 3) return length;
  throw new Failure(
    `Model ${model.name} takes inputs of at most ${Math.min(input, longestInput(model.config))} tokens, which leaves ` +
      `no room for a sentence${pooling === 'mask' ? ' beside the prompt of mask pooling' : ''}.`,
  );
}
