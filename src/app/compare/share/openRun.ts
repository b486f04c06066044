// Opens a run file of the visitor: a record written by the page or by the command line, or a shared page.
import type { RunEvent } from '../../../run/events.ts';
import { readRunFile } from '../../../run/runFile.ts';
import { messageOf } from '../../../util/failure.ts';
import { t } from '../../messages/t.ts';

export interface OpenedRun {
  name: string;
  events: RunEvent[];
  /** Problems with the file that did not prevent opening it, one sentence each. */
  problems: string[];
}

/** Maximum file size in MiB; a run of 100,000 steps has about 40. */
const MOST = 300;

/** @throws Error with one sentence explaining why the file was not opened */
export async function openRun(file: File): Promise<OpenedRun> {
  if (file.size > MOST * 2 ** 20) throw new Error(t('share.drop.large', { file: file.name, most: MOST }));
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    throw new Error(t('share.drop.unreadable', { file: file.name, why: messageOf(error) }), { cause: error });
  }
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) throw new Error(t('share.drop.zip', { file: file.name }));
  const { events, problems, name } = readRunFile(new TextDecoder().decode(bytes));
  const header = events.findLast((event) => event.type === 'header');
  if (header === undefined)
    throw new Error(t('share.drop.bad', { file: file.name, problem: problems[0] ?? '' }));
  return { name: name ?? nameOf(file.name, header.setting), events, problems };
}

/** The file's name without extension, or the setting if it is "run", the name of every command-line record. */
function nameOf(file: string, setting: string): string {
  const stem = file.replace(/\.[^.]+$/, '');
  return stem === 'run' || stem === '' ? setting : stem;
}
