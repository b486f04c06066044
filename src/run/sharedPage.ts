// Shared pages: writes a run (its record, name and corpus sample) into a single HTML page, and reads it back. The data
// is in blocks (scripts of a type that browsers do not execute) after the page's own program; the record comes last.
import { z } from 'zod';
import type { RunEvent } from './events.ts';
import { formatEvent } from './record.ts';

/** Ids of the data blocks, and of the element that marks the file as complete. */
export const BLOCKS = { about: 'semblance-about', record: 'semblance-record', end: 'semblance-end' } as const;
/** Placeholder for the data in the built player page. */
const DATA_PLACEHOLDER = '<!--semblance-data-->';
const TITLE = '<title>Semblance</title>';

/** The contents of a shared page besides the record. */
export interface SharedAbout {
  name: string;
  /** Time it was written, ISO 8601. */
  saved: string;
  /** Groups of the corpus, in the format of a corpus file's lines, and their total number in the corpus. */
  corpus: { groups: unknown[]; total: number };
}

const aboutSchema = z.object({
  name: z.string(),
  saved: z.string(),
  corpus: z.object({ groups: z.array(z.unknown()), total: z.number() }),
});

export function parseAbout(text: string): SharedAbout | null {
  try {
    return aboutSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Escapes JSON so that it cannot close its script block: < occurs only in strings, where it can be escaped. */
const escapeForHtml = (json: string): string => json.replaceAll('<', '\\u003c');
const block = (id: string, type: string, text: string): string =>
  `${openingOf(id, type)}\n${text}\n</script>\n`;
const openingOf = (id: string, type: string): string => `<script type="application/${type}" id="${id}">`;

/**
 * Writes a run into the player page.
 * @param player the built player page (vite.player.ts)
 * @throws Error when it is not that page
 */
export function writePage(player: string, about: SharedAbout, events: readonly RunEvent[]): string {
  const [before, after, ...more] = player.split(DATA_PLACEHOLDER);
  if (before === undefined || after === undefined || more.length > 0 || !before.includes(TITLE))
    throw new Error('the page of the player is incomplete');
  const title = about.name.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const record = events.map((event) => escapeForHtml(formatEvent(event))).join('\n');
  return [
    before.replace(TITLE, () => `<title>${title} · Semblance</title>`),
    block(BLOCKS.about, 'json', escapeForHtml(JSON.stringify(about))),
    block(BLOCKS.record, 'jsonl', record),
    `<i id="${BLOCKS.end}" hidden></i>`,
    after,
  ].join('');
}

/** Is the text HTML, not lines of JSON? */
export const isPage = (text: string): boolean => text.trimStart().startsWith('<');

type PageRecord =
  | { record: string; whole: boolean; name: string | null }
  | { record: null; problem: string; name: string | null };

/** Finds the record in a shared page, even in a truncated one. */
export function recordOfPage(html: string): PageRecord {
  const about = blockOf(html, BLOCKS.about, 'json');
  const name = about === null ? null : (parseAbout(about.text)?.name ?? null);
  const found = blockOf(html, BLOCKS.record, 'jsonl');
  if (found !== null)
    return { record: found.text, whole: found.whole && html.includes(`id="${BLOCKS.end}"`), name };
  const ours = html.includes('<meta name="generator" content="Semblance"');
  const problem = ours
    ? 'The file is cut short before its run begins, perhaps after an incomplete download: download it again.'
    : 'This page holds no run of Semblance.';
  return { record: null, problem, name };
}

function blockOf(html: string, id: string, type: string): { text: string; whole: boolean } | null {
  const opening = openingOf(id, type);
  const at = html.lastIndexOf(opening);
  if (at < 0) return null;
  const from = at + opening.length + 1;
  const to = html.indexOf('\n</script>', from);
  return to < 0 ? { text: html.slice(from), whole: false } : { text: html.slice(from, to), whole: true };
}
