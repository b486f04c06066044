// Reads the data embedded in the page of a shared run: its record, its corpus sample and further details.
import { groupSchema, patternOf, type Group } from '../../data/group.ts';
import type { RunEvent } from '../../run/events.ts';
import { readRecord } from '../../run/runFile.ts';
import { BLOCKS, parseAbout } from '../../run/sharedPage.ts';
import { t } from '../messages/t.ts';

export interface PageContent {
  name: string;
  saved: Date | null;
  events: readonly RunEvent[];
  /** Problems with the file, one sentence each. */
  problems: readonly string[];
  /** A sample of the corpus, and the total number of groups. */
  corpus: { groups: readonly Group[]; total: number };
}

export function readPage(page: Document): PageContent {
  const text = (id: string) => page.getElementById(id)?.textContent ?? null;
  const about = parseAbout(text(BLOCKS.about) ?? '');
  const record = text(BLOCKS.record);
  const { events, problems } = readRecord((record ?? '').trim());
  const whole = page.getElementById(BLOCKS.end) !== null;
  // A truncated line is already reported as a problem; a file cut between two lines is detected by its missing end.
  if (!whole && events.length === 0) problems.splice(0, Infinity, t('share.page.nothing'));
  else if (!whole && problems.length === 0) problems.push(t('share.page.cut', { count: events.length }));
  const groups = (about?.corpus.groups ?? []).flatMap((line, i) => toGroup(line, i));
  const saved = about === null ? null : new Date(about.saved);
  return {
    name: about?.name ?? t('share.page.unnamed'),
    saved: saved !== null && Number.isFinite(saved.getTime()) ? saved : null,
    events,
    problems,
    corpus: { groups, total: about?.corpus.total ?? 0 },
  };
}

function toGroup(line: unknown, index: number): Group[] {
  const { data } = groupSchema.safeParse(line);
  if (data === undefined) return [];
  const { id = String(index), pattern = patternOf(data), source = 'file', ...rest } = data;
  return [{ ...rest, id, pattern, source }];
}
