// Where each token stands in the sentence: [start, end) in UTF-16 units, so that a page can colour the words.
// The tokenizer library gives token texts only; both walks below follow the text from left to right and meet it again.

export type Offset = readonly [start: number, end: number];

/** Characters of the text as BERT's normaliser leaves them, each with the place it came from. */
function normalisedUnits(text: string, lowerCase: boolean): { char: string; at: number; end: number }[] {
  const units: { char: string; at: number; end: number }[] = [];
  let at = 0;
  for (const char of text) {
    const end = at + char.length;
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
  const isBreak = (i: number) => i >= units.length || /[\s\p{P}\p{S}]/u.test(units[i]!.char);
  let cursor = 0;
  return tokens.map((token) => {
    while (cursor < units.length && /[\s\p{Cc}]/u.test(units[cursor]!.char)) cursor++;
    const start = cursor;
    if (token === unknown) {
      cursor++;
      if (!isBreak(start)) while (!isBreak(cursor)) cursor++;
    } else {
      cursor += [...token.replace(/^##/, '')].length;
    }
    return span(units, start, Math.min(cursor, units.length), text.length);
  });
}

function span(units: { at: number; end: number }[], start: number, end: number, textEnd: number): Offset {
  if (start >= units.length) return [textEnd, textEnd];
  return [units[start]!.at, units[Math.max(start, end - 1)]!.end];
}

/** Offsets of byte-level BPE tokens: each character of a token stands for one UTF-8 byte; a leading space is left out. */
export function byteLevelOffsets(text: string, tokens: readonly string[]): Offset[] {
  const encoder = new TextEncoder();
  const bytes: { at: number; end: number; space: boolean }[] = [];
  let at = 0;
  for (const char of text) {
    const end = at + char.length;
    for (let i = encoder.encode(char).length; i > 0; i--) bytes.push({ at, end, space: char === ' ' });
    at = end;
  }
  let cursor = 0;
  return tokens.map((token) => {
    const size = [...token].length;
    // The tokenizer may have put a space before the first word that the text does not have.
    const added = cursor === 0 && token.startsWith('\u0120') && bytes[0]?.space === false ? 1 : 0;
    const from = cursor;
    cursor = Math.min(bytes.length, cursor + size - added);
    let start = from;
    while (start < cursor - 1 && bytes[start]!.space) start++;
    return start < bytes.length
      ? [bytes[start]!.at, bytes[Math.max(start, cursor - 1)]!.end]
      : [text.length, text.length];
  });
}
