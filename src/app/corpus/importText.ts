// Decodes the bytes of a file to text: UTF-8, or UTF-16 with a byte order mark; everything else is rejected with a
// sentence about what it seems to be and how to fix it.
import { Failure } from '../../util/failure.ts';
import { t } from '../messages/t.ts';

/** Maximum size: bytes of a file, or characters of pasted text. */
export const MAX_BYTES = 50_000_000;

/** "61.3 MB" */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Why a source of this size cannot be read; null if it can. Checked before anything is read. */
export function sizeProblem(name: string, bytes: number): string | null {
  if (bytes === 0) return t('corpus.import.empty', { name });
  if (bytes <= MAX_BYTES) return null;
  return t('corpus.import.huge', { name, size: megabytes(bytes), limit: `${MAX_BYTES / 1e6} MB` });
}

/** Magic bytes of formats that are often mistaken for text files. */
const MAGIC: readonly [string, readonly number[]][] = [
  ['PDF', [0x25, 0x50, 0x44, 0x46]],
  ['ZIP (or Excel, Word, OpenDocument)', [0x50, 0x4b, 0x03, 0x04]],
  ['gzip', [0x1f, 0x8b]],
  ['PNG', [0x89, 0x50, 0x4e, 0x47]],
  ['JPEG', [0xff, 0xd8, 0xff]],
  ['Excel (old)', [0xd0, 0xcf, 0x11, 0xe0]],
];

/** @throws Failure if the bytes are not text */
export function decodeBytes(bytes: Uint8Array, name: string): string {
  const starts = (marks: readonly number[]) => marks.every((mark, i) => bytes[i] === mark);
  const kind = MAGIC.find(([, marks]) => starts(marks))?.[0];
  if (kind !== undefined) throw new Failure(t('corpus.import.binaryKind', { name, kind }));
  if (starts([0xff, 0xfe])) return sound(new TextDecoder('utf-16le').decode(bytes), name);
  if (starts([0xfe, 0xff])) return sound(new TextDecoder('utf-16be').decode(bytes), name);
  const zero = bytes.indexOf(0);
  if (zero >= 0) {
    const key = looksLikeUtf16(bytes) ? 'corpus.import.utf16NoMark' : 'corpus.import.binary';
    throw new Failure(t(key, { name, at: zero + 1 }));
  }
  try {
    return sound(new TextDecoder('utf-8', { fatal: true }).decode(bytes), name);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(t('corpus.import.notUtf8', { name, line: lineOfBadByte(bytes) }));
  }
}

function sound(text: string, name: string): string {
  if (text.includes('\u0000'))
    throw new Failure(t('corpus.import.binary', { name, at: text.indexOf('\u0000') + 1 }));
  if (text.trim() === '') throw new Failure(t('corpus.import.empty', { name }));
  return text;
}

/** In UTF-16, every second byte of Latin text is zero. */
function looksLikeUtf16(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 2000);
  const zeros = [0, 1].map((parity) => head.filter((byte, i) => byte === 0 && i % 2 === parity).length);
  const half = head.length / 2;
  return Math.max(...zeros) > half * 0.7 && Math.min(...zeros) < half * 0.1;
}

/** The first line, counted from 1, that is not valid UTF-8. */
function lineOfBadByte(bytes: Uint8Array): number {
  let [good, bad] = [0, bytes.length];
  const isUtf8 = (end: number) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isUtf8(middle)) good = middle;
    else bad = middle;
  }
  let line = 1;
  for (let i = 0; i < good; i++) if (bytes[i] === 10) line++;
  return line;
}
