// Where each token stands in the sentence: [start, end) in UTF-16 units, so that a page can colour the words.
// The tokenizer library gives token texts only; both walks below follow the text from left to right and meet it again.

export type Offset = readonly [start: number, end: number];

interface Unit {
  char: string;
  at: number;
  end: number;
}

/** What BERT's normaliser takes out: control and format characters (tabs and line ends are spaces to it). */
const REMOVED = /^(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\uFFFD]$/u;

/** Where BERT's pre-tokeniser ends a word: white space, punctuation, ASCII symbols, a Chinese character. */
const BREAK = /[\s\p{P}!-/:-@[-`{-~\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF]/u;

/** Characters of the text as BERT's normaliser leaves them, each with the place it came from. */
function normalisedUnits(text: string, lowerCase: boolean): Unit[] {
  const units: Unit[] = [];
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
 * Offsets of WordPiece tokens. Unknown tokens cover the word they stand for.
 * @param tokens without special tokens, continuation pieces with their "##".
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

function span(units: Unit[], start: number, end: number, textEnd: number): Offset {
  if (start >= units.length) return [textEnd, textEnd];
  return [units[start]!.at, units[Math.max(start, end - 1)]!.end];
}

/**
 * Offsets of byte-level BPE tokens: each character of a token stands for one UTF-8 byte. Leading spaces are left out,
 * so a token of nothing but spaces covers nothing.
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
    // <mask> has swallowed the spaces before it.
    while (!spaced && isSpace(cursor)) cursor++;
    // The tokenizer may have put a space before a word that the text does not have.
    const added = spaced && isSpace(cursor) === false ? 1 : 0;
    let start = cursor;
    cursor = Math.min(bytes.length, cursor + [...token].length - added);
    while (start < cursor && isSpace(start)) start++;
    if (start < cursor) return [bytes[start]!.at, bytes[cursor - 1]!.end];
    const point = bytes[cursor]?.at ?? text.length;
    return [point, point];
  });
}
