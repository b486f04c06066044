// Token offsets: the span of each token in its sentence, [start, end) in UTF-16 code units, so that the page can
// highlight words. The tokenizer library returns only token texts, so the functions below align them with the sentence
// from left to right.

export type Offset = readonly [start: number, end: number];

interface TextUnit {
  char: string;
  at: number;
  end: number;
}

/** Characters that BERT's normaliser removes: control and format characters, but not tabs and line ends. */
const REMOVED = /^(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\uFFFD]$/u;

/** Characters at which BERT's pre-tokeniser splits: white space, punctuation, ASCII symbols, Chinese characters. */
const BREAK = /[\s\p{P}!-/:-@[-`{-~\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF]/u;

/** Characters of the text after BERT's normalisation, each with its position in the original text. */
function normalisedUnits(text: string, lowerCase: boolean): TextUnit[] {
  const units: TextUnit[] = [];
  let at = 0;
  for (const char of text) {
    const end = at + char.length;
    if (REMOVED.test(char)) {
      at = end;
      continue;
    }
    const plain = lowerCase
      ? char
          .toLowerCase()
          .normalize('NFD')
          .replace(/\p{Mn}/gu, '')
      : char;
    for (const piece of plain) units.push({ char: piece, at, end });
    at = end;
  }
  return units;
}

/**
 * Offsets of WordPiece tokens. An unknown token covers the word that it replaces.
 * @param tokens without special tokens; continuation pieces keep their "##"
 */
export function wordPieceOffsets(
  text: string,
  tokens: readonly string[],
  unknown: string,
  lowerCase: boolean,
): Offset[] {
  const units = normalisedUnits(text, lowerCase);
  const isBreak = (i: number) => i >= units.length || BREAK.test(units[i]!.char);
  let cursor = 0;
  return tokens.map((token) => {
    while (cursor < units.length && /\s/.test(units[cursor]!.char)) cursor++;
    const start = cursor;
    const written = text.startsWith(unknown, units[start]?.at ?? text.length);
    if (token === unknown && !written) {
      cursor++;
      if (!isBreak(start)) while (!isBreak(cursor)) cursor++;
    } else {
      cursor += [...token.replace(/^##/, '')].length;
    }
    return span(units, start, Math.min(cursor, units.length), text.length);
  });
}

function span(units: TextUnit[], start: number, end: number, textEnd: number): Offset {
  if (start >= units.length) return [textEnd, textEnd];
  return [units[start]!.at, units[Math.max(start, end - 1)]!.end];
}

/**
 * Offsets of byte-level BPE tokens, in which each character represents one UTF-8 byte. Leading spaces are excluded, so
 * a token that consists only of spaces has an empty span.
 */
export function byteLevelOffsets(text: string, tokens: readonly string[]): Offset[] {
  const encoder = new TextEncoder();
  const bytes: { at: number; end: number; space: boolean }[] = [];
  let at = 0;
  for (const char of text) {
    const end = at + char.length;
    for (let i = encoder.encode(char).length; i > 0; i--) bytes.push({ at, end, space: char === ' ' });
    at = end;
  }
  const isSpace = (i: number) => bytes[i]?.space;
  let cursor = 0;
  return tokens.map((token) => {
    const spaced = token.startsWith('\u0120');
    // <mask> includes the spaces before it.
    while (!spaced && isSpace(cursor)) cursor++;
    // The tokenizer may have added a space before a word that is not in the text.
    const added = spaced && isSpace(cursor) === false ? 1 : 0;
    let start = cursor;
    cursor = Math.min(bytes.length, cursor + [...token].length - added);
    while (start < cursor && isSpace(start)) start++;
    if (start < cursor) return [bytes[start]!.at, bytes[cursor - 1]!.end];
    const point = bytes[cursor]?.at ?? text.length;
    return [point, point];
  });
}
