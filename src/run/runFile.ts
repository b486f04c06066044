// Reads run files: a record (.jsonl) written by the page or the command line, or a shared page that contains one
// (sharedPage.ts). Files are untrusted: each problem is reported in one sentence, and the rest of the file is used.
import type { RunEvent } from './events.ts';
import { RECORD_VERSION } from './events.ts';
import { formatEvent, parseRecord } from './record.ts';
import { isPage, recordOfPage } from './sharedPage.ts';

export interface RunFile {
  /** Header first; empty if the file contains no readable run. */
  events: RunEvent[];
  /** Problems, one sentence each; if there is no run, the first one says why. */
  problems: string[];
  /** The run's name, if the file has one. */
  name: string | null;
}

/** A record as text: one event per line. */
export function runFileText(events: readonly RunEvent[]): string {
  return events.map((event) => `${formatEvent(event)}\n`).join('');
}

/** Reads a record or a shared page. */
export function readRunFile(text: string): RunFile {
  if (!isPage(text)) return { ...readRecord(text), name: null };
  const page = recordOfPage(text);
  if (page.record === null) return { events: [], problems: [page.problem], name: page.name };
  const { events, problems } = readRecord(page.record);
  // If the file was cut short, that already explains a problem with its last line.
  if (!page.whole && problems.length === 0) problems.push(cutShort(events.length));
  return { events, problems, name: page.name };
}

/** Reads the lines of a record. */
export function readRecord(text: string): Omit<RunFile, 'name'> {
  const nothing = (problem: string) => ({ events: [], problems: [problem] });
  if (text.trim() === '') return nothing('The file is empty.');
  const lines = text.trimEnd().split('\n');
  const { events, errors } = parseRecord(text);
  const version = lines.map(versionOf).find((found) => found !== undefined);
  if (version !== undefined && version !== RECORD_VERSION) {
    return nothing(
      `The run was written in format ${JSON.stringify(version)}, and this program reads format ${RECORD_VERSION}: open it with the version that made it.`,
    );
  }
  const starts = startsOf(events);
  const first = starts.at(-1);
  if (first === undefined) {
    return nothing(
      version === undefined
        ? 'This is not a run of Semblance: a run begins with a line {"type":"header", ...}.'
        : `The run cannot be read: its header is damaged (${errors[0]?.reason ?? 'unknown'}).`,
    );
  }
  const problems: string[] = [];
  if (starts.length > 1) problems.push(`The file holds ${starts.length} runs; the last one is opened.`);
  const kept = events.slice(first);
  const cut = errors.at(-1)?.line === lines.length && !text.endsWith('\n');
  const others = cut ? errors.slice(0, -1) : errors;
  if (others.length > 0) {
    const [{ line, reason }] = others as [(typeof others)[number]];
    problems.push(
      others.length === 1
        ? `Line ${line} cannot be read and is left out (${reason}).`
        : `${others.length} lines cannot be read and are left out; the first is line ${line} (${reason}).`,
    );
  }
  if (cut) problems.push(cutShort(kept.length));
  return { events: kept, problems };
}

/** Indices of the headers at which runs start. The header of a branch is inside the record that includes its past. */
function startsOf(events: readonly RunEvent[]): number[] {
  const headers = events.flatMap((event, i) => (event.type === 'header' ? [{ i, header: event }] : []));
  const own = headers.filter(({ header }) => header.from === undefined);
  return (own.length > 0 ? own : headers).map(({ i }) => i);
}

const cutShort = (events: number): string =>
  `The file ends in the middle, perhaps after an incomplete download: the ${events} events before that are shown.`;

/** The version stated in a header line, damaged or not; undefined for any other line. */
function versionOf(line: string): unknown {
  if (!line.includes('"header"')) return undefined;
  try {
    const value = JSON.parse(line) as { type?: unknown; version?: unknown } | null;
    return value?.type === 'header' ? (value.version ?? 'unknown') : undefined;
  } catch {
    return undefined;
  }
}
