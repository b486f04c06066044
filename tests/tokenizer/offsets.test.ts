// The page colours words by these offsets: each must be the place that Hugging Face's tokenizers reports, also where
// one character is several tokens, several characters are none, or the tokenizer invents a space.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeTokenizer } from '../../src/tokenizer/tokenizer.ts';
import { byteLevelJson } from './byteLevel.ts';
import { pocket } from './models.ts';

fc.configureGlobal({ seed: 4, numRuns: 300 });

const roberta = makeTokenizer({ tokenizerJson: byteLevelJson() });

const offsetsOf = (sentence: string, tokenizer = pocket) =>
  tokenizer.encode(sentence, 512).offsets.slice(1, -1);

/** Sentences out of what offsets stumble over. */
const tricky = fc
  .array(
    fc.constantFrom(
      ...[
        'a',
        'man',
        'Café',
        'e\u0301',
        'ÀÉ',
        '雪',
        '山',
        '🎉',
        '👩\u200d🔬',
        '한국',
        'ß',
        'İstanbul',
        'नमस्ते',
      ],
      ...[
        ' ',
        '  ',
        '\t',
        '\n',
        '\u00a0',
        '\u00ad',
        '\u200b',
        '\u0301',
        '.',
        '"',
        "'s",
        '€',
        '$',
        '[UNK]',
        '[MASK]',
      ],
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

// Expected values from Hugging Face's tokenizers (Rust) 0.23 on the same files, in UTF-16 units.
describe('WordPiece offsets', () => {
  it.each([
    [
      'soft hyphens',
      'co\u00adoperate now',
      [
        [0, 5],
        [5, 10],
        [11, 14],
      ],
    ],
    [
      'invisible spaces',
      'a\u200bman 雪山 dog',
      [
        [0, 3],
        [3, 5],
        [6, 7],
        [7, 8],
        [9, 12],
      ],
    ],
    [
      '[UNK] itself',
      '[UNK] man',
      [
        [0, 5],
        [6, 9],
      ],
    ],
    [
      'unknown punctuation',
      'man [unk] dog',
      [
        [0, 3],
        [4, 5],
        [5, 7],
        [7, 8],
        [8, 9],
        [10, 13],
      ],
    ],
    [
      'unknown symbols',
      '5 € or 5$ now',
      [
        [0, 1],
        [2, 3],
        [4, 6],
        [7, 8],
        [8, 9],
        [10, 13],
      ],
    ],
    [
      'a word too long to look up',
      `${'x'.repeat(101)} man`,
      [
        [0, 101],
        [102, 105],
      ],
    ],
    [
      'a letter that grows when lower-cased',
      'İstanbul man',
      [
        [0, 2],
        [2, 4],
        [4, 5],
        [5, 6],
        [6, 8],
        [9, 12],
      ],
    ],
    [
      'an accent on its own',
      'man, \u0301dog',
      [
        [0, 3],
        [3, 4],
        [6, 9],
      ],
    ],
    [
      'joined emoji',
      'a 👩\u200d🔬 man',
      [
        [0, 1],
        [2, 7],
        [8, 11],
      ],
    ],
  ])('cope with %s', (_, sentence, expected) => {
    expect(offsetsOf(sentence)).toEqual(expected);
  });

  it('follow the text as it stands in a cased model', () => {
    const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'Café', 'cafe\u0301', 'Zürich'];
    const cased = makeTokenizer({ vocabTxt: words.join('\n'), tokenizerConfig: '{"do_lower_case": false}' });
    expect(offsetsOf('Café cafe\u0301 Zürich', cased)).toEqual([
      [0, 4],
      [5, 10],
      [11, 17],
    ]);
  });
});

describe('byte-level offsets', () => {
  it.each([
    [
      'words with their spaces',
      'The cat sat',
      [
        [0, 1],
        [1, 3],
        [4, 7],
        [8, 11],
      ],
    ],
    [
      'two bytes in one token',
      'Café cat',
      [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 4],
        [5, 8],
      ],
    ],
    [
      'tokens of nothing but a space',
      '  the  cat ',
      [
        [1, 1],
        [2, 5],
        [6, 6],
        [7, 10],
        [11, 11],
      ],
    ],
    [
      'characters of three and four bytes',
      '雪 🎉!',
      [...[0, 0, 0].map((at) => [at, at + 1]), [2, 2], ...[2, 2, 2, 2].map((at) => [at, at + 2]), [4, 5]],
    ],
    [
      'a <mask> that takes the space before it',
      'the <mask> sat',
      [
        [0, 1],
        [1, 3],
        [4, 10],
        [11, 14],
      ],
    ],
  ])('cope with %s', (_, sentence, expected) => {
    expect(offsetsOf(sentence, roberta)).toEqual(expected);
  });

  it('do not count a space that the tokenizer put there', () => {
    const spaced = makeTokenizer({ tokenizerJson: byteLevelJson({ addPrefixSpace: true }) });
    expect(offsetsOf('cat the', spaced)).toEqual([
      [0, 3],
      [4, 7],
    ]);
    expect(offsetsOf('The cat', spaced)).toEqual([
      [0, 0],
      [0, 1],
      [1, 3],
      [4, 7],
    ]);
  });
});

describe.each([
  ['WordPiece', pocket],
  ['byte-level', roberta],
] as const)('%s offsets', (_, tokenizer) => {
  it('stay in the sentence, never go back, and leave no letter out', () => {
    fc.assert(
      fc.property(tricky, (sentence) => {
        const offsets = offsetsOf(sentence, tokenizer);
        const covered = new Set<number>();
        let [lastStart, lastEnd] = [0, 0];
        for (const [start, end] of offsets) {
          expect(start).toBeGreaterThanOrEqual(lastStart);
          expect(end).toBeGreaterThanOrEqual(lastEnd);
          expect(start).toBeLessThanOrEqual(end);
          for (let at = start; at < end; at++) covered.add(at);
          [lastStart, lastEnd] = [start, end];
        }
        expect(lastEnd).toBeLessThanOrEqual(sentence.length);
        for (const { index } of sentence.matchAll(/[\p{L}\p{N}\p{P}]/gu)) expect(covered).toContain(index);
      }),
    );
  });
});
