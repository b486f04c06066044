// A RoBERTa tokenizer small enough to read: all bytes, a few merges, RoBERTa's special tokens and offset rules.

/** GPT-2's alphabet: printable bytes stand for themselves, the others for letters from U+0100 on. */
function byteAlphabet(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCodePoint(printable ? byte : next++);
  });
}

export const MERGES = [
  'Ġ t',
  'h e',
  'Ġt he',
  'c a',
  'ca t',
  'Ġ cat',
  's a',
  'sa t',
  'Ġ sat',
  'Ã ©', // the two bytes of é
  'Ġ "',
  'T h',
] as const;

const SPECIAL = ['<s>', '<pad>', '</s>', '<unk>', '<mask>'] as const;

export const TOKENS = [...SPECIAL, ...byteAlphabet(), ...MERGES.map((pair) => pair.replace(' ', ''))];

/** As roberta-base writes it: <mask> takes the space before it, offsets leave spaces out. */
export function byteLevelJson(options: { addPrefixSpace?: boolean } = {}): string {
  const { addPrefixSpace = false } = options;
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: content === '<mask>',
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: 'ByteLevel',
      add_prefix_space: addPrefixSpace,
      trim_offsets: true,
      use_regex: true,
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: ['</s>', 2],
      cls: ['<s>', 0],
      trim_offsets: true,
      add_prefix_space: addPrefixSpace,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(TOKENS.map((token, id) => [token, id])),
      merges: MERGES,
    },
  });
}
