// A model is only as good as the ids it is fed: they must be those of Hugging Face's tokenizers, truncation and prompt
// included, whichever files the model folder has.
import { describe, expect, it } from 'vitest';
import { makeTokenizer } from '../../src/tokenizer/tokenizer.ts';
import { Failure } from '../../src/util/failure.ts';
import { byteLevelJson, TOKENS } from './byteLevel.ts';
import { GOLDEN, POCKET, pocket, pocketVocabulary } from './models.ts';

interface TokenizerJson {
  [key: string]: unknown;
  added_tokens: { content: string }[];
  model: { [key: string]: unknown; vocab: Record<string, number> };
}

/** The pocket tokenizer.json with a change. */
function changed(change: (json: TokenizerJson) => void): string {
  const json = JSON.parse(POCKET.tokenizerJson) as TokenizerJson;
  change(json);
  return JSON.stringify(json);
}

describe('the pocket tokenizer', () => {
  it.each(GOLDEN)('meets the reference on "$sentence"', ({ sentence, whole, ids, tokens, offsets }) => {
    expect(pocket.encode(sentence, 64)).toEqual({
      ids: [2, ...ids, 3],
      tokens: ['[CLS]', ...tokens, '[SEP]'],
      offsets: [[0, 0], ...offsets, [0, 0]],
      truncated: false,
    });
    expect(pocket.ids(sentence, 64)).toEqual(whole);
  });

  it('knows its special tokens and how large the embedding table must be', () => {
    expect(pocket.special).toEqual({ cls: 2, sep: 3, pad: 0, mask: 4, unknown: '[UNK]' });
    expect(pocket.vocabularySize).toBe(8192);
  });

  it('encodes nothing as the special tokens alone', () => {
    for (const sentence of ['', '   ', '\n']) {
      expect(pocket.encode(sentence, 32)).toEqual({
        ids: [2, 3],
        tokens: ['[CLS]', '[SEP]'],
        offsets: [
          [0, 0],
          [0, 0],
        ],
        truncated: false,
      });
    }
  });

  it('does not care for padding or truncation that the file asks for', () => {
    const tokenizerJson = changed((json) => {
      json.truncation = { max_length: 4, strategy: 'LongestFirst', stride: 0, direction: 'Right' };
      json.padding = {
        strategy: { Fixed: 128 },
        direction: 'Right',
        pad_id: 0,
        pad_type_id: 0,
        pad_token: '[PAD]',
      };
    });
    const { sentence, ids } = GOLDEN[0]!;
    expect(makeTokenizer({ tokenizerJson }).ids(sentence, 64)).toEqual([2, ...ids, 3]);
  });
});

describe('truncation', () => {
  const { sentence, ids, tokens, offsets } = GOLDEN[1]!;

  it.each([3, 5, ids.length + 1])('keeps the first tokens and both special ones within %i', (maxLength) => {
    const kept = maxLength - 2;
    expect(pocket.encode(sentence, maxLength)).toEqual({
      ids: [2, ...ids.slice(0, kept), 3],
      tokens: ['[CLS]', ...tokens.slice(0, kept), '[SEP]'],
      offsets: [[0, 0], ...offsets.slice(0, kept), [0, 0]],
      truncated: true,
    });
    expect(pocket.ids(sentence, maxLength)).toHaveLength(maxLength);
  });

  it('says nothing when the sentence just fits', () => {
    const fitting = pocket.encode(sentence, ids.length + 2);
    expect(fitting.truncated).toBe(false);
    expect(fitting.ids).toHaveLength(ids.length + 2);
  });
});

describe('the prompt', () => {
  const wordIds = (text: string) => pocket.ids(text, 64).slice(1, -1);

  it("is the paper's, word for word, with [MASK] as its last token", () => {
    const after = [...wordIds('" means'), pocket.special.mask];
    expect(pocket.prompts).toEqual([
      { before: wordIds('This sentence : "'), after },
      { before: wordIds('This sentence of "'), after },
    ]);
  });

  it.each([0, 1] as const)('%i goes around the sentence, and [MASK] stands at length - 2', (index) => {
    const template = pocket.prompts[index];
    for (const { sentence, ids } of GOLDEN) {
      const prompted = pocket.ids(sentence, 64, template);
      expect(prompted).toEqual([2, ...template.before, ...ids, ...template.after, 3]);
      expect(prompted.at(-2)).toBe(pocket.special.mask);
    }
  });

  it('comes in after truncation: with a word a token, 32 tokens become 39', () => {
    const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
    const words = ['this', 'sentence', ':', 'of', '"', 'means', 'a', 'man'];
    const tokenizer = makeTokenizer({ vocabTxt: [...special, ...words].join('\n') });
    const long = 'a man '.repeat(50);
    const truncated = tokenizer.ids(long, 32);
    const prompted = tokenizer.ids(long, 32, tokenizer.prompts[1]);
    expect(prompted).toHaveLength(39);
    expect(prompted).toEqual([2, 5, 6, 8, 9, ...truncated.slice(1, -1), 9, 10, 4, 3]);
  });
});

describe('a bare vocab.txt', () => {
  const vocabulary = pocketVocabulary();

  it.each(['\n', '\r\n'])(
    'gives what the tokenizer.json of that vocabulary gives (line end %j)',
    (lineEnd) => {
      const bare = makeTokenizer({ vocabTxt: vocabulary.join(lineEnd) + lineEnd });
      expect(bare.vocabularySize).toBe(pocket.vocabularySize);
      expect(bare.special).toEqual(pocket.special);
      expect(bare.prompts).toEqual(pocket.prompts);
      for (const { sentence } of GOLDEN)
        expect(bare.encode(sentence, 64)).toEqual(pocket.encode(sentence, 64));
    },
  );

  it('is lower-cased unless tokenizer_config.json says otherwise', () => {
    const vocabTxt = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'man', 'Man', 'café', 'cafe'].join('\n');
    const tokens = (tokenizerConfig?: string) =>
      makeTokenizer({ vocabTxt, tokenizerConfig }).encode('Man café', 16).tokens.slice(1, -1);
    expect(tokens()).toEqual(['man', 'cafe']);
    expect(tokens('{"do_lower_case": true}')).toEqual(['man', 'cafe']);
    expect(tokens('{"do_lower_case": false}')).toEqual(['Man', 'café']);
  });

  it('may hold any word, even those that objects have of their own', () => {
    const words = ['constructor', '__proto__', 'toString'];
    const vocabTxt = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'constructor', '_', 'proto', 'tostring'];
    const bare = makeTokenizer({ vocabTxt: vocabTxt.join('\n') });
    expect(bare.ids(words.join(' '), 16)).toEqual([2, 5, 6, 6, 7, 6, 6, 8, 3]);
  });

  it.each(['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'])('is refused without %s', (missing) => {
    const vocabTxt = vocabulary.filter((token) => token !== missing).join('\n');
    expect(() => makeTokenizer({ vocabTxt })).toThrow(
      new Failure(`vocab.txt has no line "${missing}": it is not a BERT vocabulary.`),
    );
  });

  it('is not asked when there is a tokenizer.json', () => {
    expect(makeTokenizer({ ...POCKET, vocabTxt: 'nonsense' }).special).toEqual(pocket.special);
  });
});

describe('a folder that cannot be used', () => {
  it.each([
    ['class', '[CLS]'],
    ['separator', '[SEP]'],
    ['padding', '[PAD]'],
    ['mask', '[MASK]'],
  ])('names the missing %s token', (role, token) => {
    const tokenizerJson = changed((json) => {
      json.added_tokens = json.added_tokens.filter(({ content }) => content !== token);
      json.model.vocab = Object.fromEntries(
        Object.entries(json.model.vocab).filter(([name]) => name !== token),
      );
    });
    expect(() => makeTokenizer({ tokenizerJson })).toThrow(
      new RegExp(`^The vocabulary has no ${role} token \\(looked for \\${token}`),
    );
    expect(() => makeTokenizer({ tokenizerJson })).toThrow(Failure);
  });

  it.each([
    [{}, /neither tokenizer.json nor vocab.txt/],
    [{ tokenizerJson: '{"model":' }, /^tokenizer.json is not JSON/],
    [{ tokenizerJson: 'null' }, /^tokenizer.json is not a JSON object/],
    [{ tokenizerJson: '{}' }, /^tokenizer.json is not a tokenizer: model: /],
    [
      { tokenizerJson: '{"model": {"vocab": {"a": "b"}}}' },
      /^tokenizer.json is not a tokenizer: model.vocab/,
    ],
    [
      { tokenizerJson: '{"model": {"vocab": {"a": 0}}}' },
      /^tokenizer.json has an unsupported kind of tokenizer/,
    ],
    [{ ...POCKET, tokenizerConfig: 'nonsense' }, /^tokenizer_config.json is not JSON/],
    [{ ...POCKET, tokenizerConfig: 'null' }, /^tokenizer_config.json is not a JSON object/],
  ])('is a Failure with its reason (%#)', (files, message) => {
    expect(() => makeTokenizer(files)).toThrow(message);
    expect(() => makeTokenizer(files)).toThrow(Failure);
  });

  it('names a pre-tokeniser that nobody knows', () => {
    const tokenizerJson = changed((json) => {
      json.pre_tokenizer = { type: 'Rocket' };
    });
    expect(() => makeTokenizer({ tokenizerJson })).toThrow(/unsupported kind of tokenizer \(.*Rocket.*\)/);
  });
});

describe('a byte-level tokenizer (RoBERTa)', () => {
  const roberta = makeTokenizer({ tokenizerJson: byteLevelJson() });

  it('knows its special tokens by their RoBERTa names', () => {
    expect(roberta.special).toEqual({ cls: 0, sep: 2, pad: 1, mask: 4, unknown: '<unk>' });
    expect(roberta.vocabularySize).toBe(TOKENS.length);
  });

  // Ids from Hugging Face's tokenizers (Rust) 0.23 on the same tokenizer.json.
  it.each([
    ['The cat sat', [0, 89, 262, 266, 269, 2]],
    ['Café cat', [0, 72, 102, 107, 270, 266, 2]],
    ['  the  cat ', [0, 37, 263, 37, 266, 37, 2]],
    ['snow 雪 🎉!', [0, 120, 115, 116, 124, 37, 238, 160, 175, 37, 245, 164, 147, 142, 38, 2]],
    ['the <mask> sat', [0, 121, 262, 4, 269, 2]],
    ['"the" cat', [0, 39, 121, 262, 39, 266, 2]],
    ['', [0, 2]],
  ])('meets the reference on "%s"', (sentence, ids) => {
    expect(roberta.encode(sentence, 64).ids).toEqual(ids);
    expect(roberta.ids(sentence, 64)).toEqual(ids);
  });

  it('puts a space before the first word where the file asks for it', () => {
    const spaced = makeTokenizer({ tokenizerJson: byteLevelJson({ addPrefixSpace: true }) });
    expect(spaced.ids('cat the', 64)).toEqual([0, 266, 263, 2]);
  });

  it('truncates by tokens, not by characters', () => {
    expect(roberta.encode('雪雪', 6)).toMatchObject({
      ids: [0, 238, 160, 175, 238, 2],
      truncated: true,
    });
  });

  it('has the quotation marks of its prompt as RoBERTa has them: a space before the first one only', () => {
    const text = (ids: readonly number[]) => ids.map((id) => TOKENS[id]).join('');
    const [first, second] = roberta.prompts;
    expect(text(first.before)).toBe('ThisĠsentenceĠ:Ġ"');
    expect(text(second.before)).toBe('ThisĠsentenceĠofĠ"');
    expect(text(first.after)).toBe('"Ġmeans<mask>');
    expect(second.after).toEqual(first.after);
    const prompted = roberta.ids('The cat sat', 64, first);
    expect(prompted.at(-2)).toBe(roberta.special.mask);
    expect(text(prompted)).toBe('<s>ThisĠsentenceĠ:Ġ"TheĠcatĠsat"Ġmeans<mask></s>');
  });

  it('pads with its own padding', () => {
    expect([
      ...roberta.pad([
        [0, 2],
        [0, 5, 2],
      ]).ids,
    ]).toEqual([0, 2, 1, 0, 5, 2]);
  });
});
