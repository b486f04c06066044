// Writes what `npm run thirteen` ships with the page: a thinned record of each run, and their summary. The folder is
// downloaded with the page, so its size is limited.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { SUMMARY_FILE, thirteenSchema, type RecordedRun, type Thirteen } from '../record/thirteen.ts';
import { formatEvent } from '../run/record.ts';
import { Failure } from '../util/failure.ts';
import { rounded, thinned } from './thinned.ts';
import type { SettingResult } from './trainSetting.ts';

/** The most that the folder may hold, each file compressed with gzip, in KiB. */
const MOST = 600;

type Named = Pick<SettingResult, 'setting' | 'seed'>;

const fileOf = ({ setting, seed }: Named): string => `${setting}.${seed}.jsonl`;

/**
 * Before an hour of training: a record of an earlier run of the command would be shipped without being named.
 * @throws Failure when the folder holds other files than those that will be written
 */
export function refuseOtherFiles(folder: string, runs: readonly Named[]): void {
  const written = [SUMMARY_FILE, ...runs.map(fileOf)];
  const others = existsSync(folder) ? readdirSync(folder).filter((file) => !written.includes(file)) : [];
  if (others.length > 0)
    throw new Failure(
      `${folder} holds files that this run would not write (${others.length}, the first: ${others[0]}); delete them, or give another --out.`,
    );
}

/** A run as the summary has it. */
export function recordedRun(result: SettingResult): RecordedRun {
  const { setting, seed, summary, measured } = result;
  return { setting, seed, file: fileOf(result), summary, stsb: measured.real, probe: measured.probe };
}

export function writeRecord(folder: string, result: SettingResult): void {
  mkdirSync(folder, { recursive: true });
  const lines = thinned(result.events).map(formatEvent);
  writeFileSync(join(folder, fileOf(result)), `${lines.join('\n')}\n`);
}

/**
 * Writes the summary of the runs whose records are in the folder.
 * @throws Failure when the folder is too large for the page
 */
export function writeSummary(folder: string, { model, config, runs }: Omit<Thirteen, 'version'>): void {
  const summary = thirteenSchema.parse({ version: 1, model, config, runs });
  const text = JSON.stringify(summary, (_, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? rounded(value) : value,
  );
  writeFileSync(join(folder, SUMMARY_FILE), `${text}\n`);
  const files = readdirSync(folder);
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0);
  const kilobytes = Math.ceil(bytes / 1024);
  if (kilobytes > MOST)
    throw new Failure(
      `The records in ${folder} have ${kilobytes} KiB (gzip), and the page may have ${MOST}: keep fewer steps or digits in src/cli/thinned.ts.`,
    );
}
