// The recorded run of each preset (`npm run record -- --presets`), as what its sentence is held to.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRESETS_FILE, type RecordedPresets } from '../../../src/cli/recordedPresets.ts';
import { RunRecord } from '../../../src/record/runRecord.ts';
import { curveOf, type Quantity } from '../../../src/record/series.ts';
import { PRESET_IDS, type PresetId } from '../../../src/run/presets.ts';
import { parseRecord } from '../../../src/run/record.ts';
import { mean } from '../../../src/util/statistics.ts';

const FOLDER = join(import.meta.dirname, 'presets');
export const COMMAND = 'npm run record -- --presets';

const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

export const recorded: RecordedPresets = existsSync(join(FOLDER, PRESETS_FILE))
  ? (JSON.parse(read(PRESETS_FILE)) as RecordedPresets) // our own file, written by the command
  : { files: {}, cosines: {} };

/** Readings that are averaged, since a batch, or a measurement with dropout, is noisy. */
const AVERAGED = 3;

/** The lines of a record that could not be read. */
export function recordErrors(id: PresetId): string[] {
  if (!existsSync(join(FOLDER, `${id}.jsonl`))) return ['there is no record'];
  return parseRecord(read(`${id}.jsonl`)).errors.map(({ line, reason }) => `line ${line}: ${reason}`);
}

/** Files in the folder that are no preset's. */
export function otherFiles(): string[] {
  const own = [PRESETS_FILE, ...PRESET_IDS.map((id) => `${id}.jsonl`)];
  return existsSync(FOLDER) ? readdirSync(FOLDER).filter((file) => !own.includes(file)) : [];
}

/** A recorded run, read as its sentence speaks of it. What was not measured is an error, so that no claim holds idly. */
export class PresetRun {
  readonly record: RunRecord;

  constructor(private readonly id: PresetId) {
    const file = `${id}.jsonl`;
    this.record = new RunRecord(existsSync(join(FOLDER, file)) ? parseRecord(read(file)).events : []);
  }

  /** Before training; the loss: of the first step. */
  start(quantity: Quantity): number {
    return this.measured(this.values(quantity)[0], quantity);
  }

  /** At the end of the run: the mean of the last readings. */
  end(quantity: Quantity): number {
    return mean(this.values(quantity).slice(-AVERAGED));
  }

  /** Every reading, the untrained encoder's included. */
  values(quantity: Quantity): number[] {
    const readings = curveOf(this.record.series, quantity).map(({ value }) => value);
    return this.measured(readings.length > 0 ? readings : undefined, quantity);
  }

  /** How far a quantity moves from start to end. */
  moved(quantity: Quantity): number {
    return Math.abs(this.end(quantity) - this.start(quantity));
  }

  /** Losses of the batches of plain sentences alone; a batch with groups is harder, and the curve goes up and down. */
  plainLosses(): number[] {
    const losses = this.record.events.flatMap((event) =>
      event.type === 'step' && event.generated === 0 ? [event.loss] : [],
    );
    return this.measured(losses.length > 0 ? losses : undefined, 'batch without groups');
  }

  rfd(name: 'alignment' | 'uniformity'): number {
    return this.measured(this.record.summary().rfd[name] ?? undefined, `RFD of ${name}`);
  }

  /** Mean cosine of the followed sentences of a role to their anchors. */
  cosine(role: 'positive' | 'intermediate' | 'negative', when: 'before' | 'after'): number {
    return this.measured(recorded.cosines[this.id]?.[when][role], `cosine of ${role}`);
  }

  private measured<T>(value: T | undefined, what: string): T {
    if (value === undefined) throw new Error(`The record of ${this.id} has no ${what}; ${COMMAND}`);
    return value;
  }
}
