// URLs of the page's files, and loading the recorded run that is shown before anything is trained here (made with the
// command line).
import { parseRecord } from '../../run/record.ts';
import type { RunEvent } from '../../run/events.ts';

export const RECORDED_RUN = './runs/scenes.sts_ht.jsonl';

/** @throws Error with one clause saying why */
export async function fetchRecord(address: string): Promise<RunEvent[]> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const { events, errors } = parseRecord(await response.text());
  if (events.length === 0) throw new Error(errors[0]?.reason ?? 'it is empty');
  return events;
}

/** The absolute URL of a file of the page, for the worker, whose base URL differs. */
export function addressOf(file: string): string {
  return new URL(file, document.baseURI).href;
}
