// Writes what `npm run record -- --presets` leaves for the test of what the presets promise: a thinned record of each
// preset's run, the mean cosines to the anchor before and after training, and the files that all of it was made from.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Point } from '../data/points.ts';
import { rowCosines, takeRows } from '../metrics/vectors.ts';
import { unpackEmbeddings } from '../run/embeddings.ts';
import { ENCODER_FILES } from '../run/encoders.ts';
import type { RunEvent } from '../run/events.ts';
import { PRESET_IDS, presetRun, type PresetId } from '../run/presets.ts';
import { formatEvent } from '../run/record.ts';
import { mean } from '../util/statistics.ts';
import { anchorFiles, domainFiles } from './node/files.ts';
import { root } from './root.ts';
import { DEFAULT_MODEL } from './modelPath.ts';
import { DEFAULT_CORPORA } from './startRun.ts';
import { rounded, thinned } from './thinned.ts';

/** Mean cosine of the followed sentences to their anchors, by role. */
type RoleCosines = Partial<Record<Point['role'], number>>;

/** Beside the records: what they leave out. */
export interface RecordedPresets {
  /** SHA-256 (its first 16 digits) of every file that the runs were made from, by its path in the repository. */
  files: Record<string, string>;
  /** Of the presets that train on groups. */
  cosines: Partial<Record<PresetId, RecordedCosines>>;
}

/** Before the first step and after the last one. */
export interface RecordedCosines {
  before: RoleCosines;
  after: RoleCosines;
}

/** Name of the file with RecordedPresets. */
export const PRESETS_FILE = 'recorded.json';

/** About as many measurements are kept of each run, evenly spaced. */
const MEASUREMENTS = 12;

export function writePreset(folder: string, id: PresetId, events: readonly RunEvent[]): void {
  mkdirSync(folder, { recursive: true });
  const lines = thinnedFurther(events).map(formatEvent);
  writeFileSync(join(folder, `${id}.jsonl`), `${lines.join('\n')}\n`);
}

/** Written last: it says that all records are there. @param cosines of the presets that train on groups */
export function writeRecordedPresets(folder: string, cosines: RecordedPresets['cosines']): void {
  const recorded: RecordedPresets = { files: madeFrom(), cosines };
  writeFileSync(join(folder, PRESETS_FILE), `${JSON.stringify(recorded, null, 2)}\n`);
}

/** First 16 hexadecimal digits of a file's SHA-256. */
export function fingerprint(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16);
}

function madeFrom(): RecordedPresets['files'] {
  const settings = PRESET_IDS.map((id) => presetRun(id).setting);
  const paths = new Set([
    ...ENCODER_FILES.map((file) => join(DEFAULT_MODEL, file)),
    ...settings.flatMap((setting) => domainFiles(DEFAULT_CORPORA, setting)),
    ...settings.flatMap(({ domain }) => anchorFiles(DEFAULT_CORPORA, domain)),
    join(DEFAULT_CORPORA, 'sts', 'dev.tsv'),
  ]);
  return Object.fromEntries([...paths].map((path) => [relative(root, path), fingerprint(path)]));
}

/** Leaves out most of the measurements, and the steps where nothing is measured; the first and the last step stay. */
function thinnedFurther(events: readonly RunEvent[]): RunEvent[] {
  const measured = [...new Set(events.flatMap((event) => (event.type === 'metric' ? [event.step] : [])))];
  const every = Math.max(1, Math.round((measured.length - 1) / MEASUREMENTS));
  const kept = new Set(measured.filter((_, i) => i % every === 0 || i === measured.length - 1));
  return thinned(
    events.filter((event) => event.type !== 'metric' || kept.has(event.step)),
    (step) => step === 1 || kept.has(step),
  );
}

/** Mean cosines at the first and at the last embeddings; undefined when the followed sentences are not groups. */
export function cosinesOf(events: readonly RunEvent[]): RecordedCosines | undefined {
  const points = events.find((event) => event.type === 'points')?.points;
  const embeddings = events.filter((event) => event.type === 'embeddings');
  const [first, last] = [embeddings[0], embeddings.at(-1)];
  if (points === undefined || first === undefined || last === undefined) return undefined;
  if (points.every(({ role }) => role === 'plain')) return undefined;
  return { before: roleCosines(points, first), after: roleCosines(points, last) };
}

function roleCosines(
  points: readonly Point[],
  packed: Extract<RunEvent, { type: 'embeddings' }>,
): RoleCosines {
  const rows = unpackEmbeddings(packed);
  if (rows === undefined) throw new Error('the embeddings do not have the size that they state');
  const anchors = new Map(points.flatMap(({ group, role }, i) => (role === 'anchor' ? [[group, i]] : [])));
  const cosines: RoleCosines = {};
  for (const role of ['positive', 'intermediate', 'negative'] as const) {
    const own = points.flatMap((point, i) => (point.role === role ? [i] : []));
    if (own.length === 0) continue;
    const theirs = own.map((i) => anchors.get(points[i]?.group ?? '') ?? i);
    cosines[role] = rounded(mean(rowCosines(takeRows(rows, own), takeRows(rows, theirs))));
  }
  return cosines;
}
