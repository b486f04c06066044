// Reads and writes run records: JSONL, one event per line. Page and command line use the same format.
import { messageOf } from '../util/failure.ts';
import { eventSchema, RECORD_VERSION, type RunEvent } from './events.ts';

/** A parsed record, with the lines that could not be used. */
export interface ParsedRecord {
  events: RunEvent[];
  /** Lines that could not be used, with the reason. */
  errors: { line: number; reason: string }[];
}

export function formatEvent(event: RunEvent): string {
  return JSON.stringify(event);
}

/** Parses a record. Bad lines are reported and skipped, as is the header of a record of another version. */
export function parseRecord(text: string): ParsedRecord {
  const record: ParsedRecord = { events: [], errors: [] };
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return;
    try {
      const value: unknown = JSON.parse(line);
      const parsed = eventSchema.safeParse(value);
      if (parsed.success) record.events.push(parsed.data);
      else record.errors.push({ line: index + 1, reason: errorOf(value, parsed.error.issues[0]) });
    } catch (error) {
      record.errors.push({ line: index + 1, reason: `not JSON (${messageOf(error)})` });
    }
  });
  return record;
}

function errorOf(value: unknown, issue: { path: PropertyKey[]; message: string } | undefined): string {
  const { type, version } = (value ?? {}) as { type?: unknown; version?: unknown };
  if (type === 'header' && version !== RECORD_VERSION) {
    return `a record of version ${String(version)}; this program reads version ${RECORD_VERSION}`;
  }
  return `${issue?.path.join('.') || 'event'}: ${issue?.message ?? 'unknown'}`;
}
