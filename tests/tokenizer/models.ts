// The bundled model's tokenizer, for the tests of this room.
import { readFileSync } from 'node:fs';
import { makeTokenizer } from '../../src/tokenizer/tokenizer.ts';
import type { TokenizerFiles } from '../../src/tokenizer/tokenizerJson.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

export const POCKET: Required<Pick<TokenizerFiles, 'tokenizerJson' | 'tokenizerConfig'>> = {
  tokenizerJson: read('models/pocket/tokenizer.json'),
  tokenizerConfig: read('models/pocket/tokenizer_config.json'),
};

export const pocket = makeTokenizer(POCKET);

/** The pocket vocabulary as BERT's vocab.txt: one token a line, in the order of their ids. */
export function pocketVocabulary(): string[] {
  const { model } = JSON.parse(POCKET.tokenizerJson) as { model: { vocab: Record<string, number> } };
  return Object.entries(model.vocab)
    .sort(([, a], [, b]) => a - b)
    .map(([token]) => token);
}

export interface GoldenEncoding {
  sentence: string;
  ids: number[];
  tokens: string[];
  offsets: [number, number][];
}

/** What Hugging Face's own tokenizers gives (tests/golden/make/tokenizer.py). */
export const GOLDEN = (
  JSON.parse(read('tests/golden/tokenizer/pocket.json')) as { cases: GoldenEncoding[] }
).cases.map(({ sentence, ids, tokens, offsets }) => ({
  sentence,
  /** With [CLS] and [SEP]; the rest without. */
  whole: ids,
  ids: ids.slice(1, -1),
  tokens: tokens.slice(1, -1),
  offsets: offsets.slice(1, -1),
}));
