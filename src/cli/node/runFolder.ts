// A run's folder: record, checkpoints, best model. Every write is complete or not there at all: files go into a
// folder of their own, are flushed to disk, and the folder is renamed into place.
//
//   run.jsonl                    the record, one event a line
//   inputs.json                  which model, data and evaluation files the run was started with
//   checkpoints/step-000100/     model in Hugging Face layout + trainer.json + trainer.safetensors
//   best/                        the model with the best STS score so far
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  fsyncSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { formatEvent, parseRecord } from '../../run/record.ts';
import type { RunEvent } from '../../run/events.ts';
import { readCheckpoint, STATE_FILE, TENSOR_FILE, type Checkpoint } from '../../trainer/checkpoint.ts';
import type { Files, RunStore } from '../../trainer/host.ts';
import { Failure } from '../../util/failure.ts';
import { openModel } from './files.ts';

const RECORD = 'run.jsonl';
const INPUTS = 'inputs.json';
const CHECKPOINTS = 'checkpoints';
const BEST = 'best';
/** Checkpoints kept besides the best model: the newest, and the one before in case the newest cannot be read. */
const KEPT = 2;

const inputsSchema = z.object({
  model: z.string(),
  setting: z.string(),
  files: z.array(z.string()),
  sts: z.array(z.string()),
});
/** Paths a run was started with, absolute. */
export type RunPaths = z.infer<typeof inputsSchema>;

/** Writes a folder in one stroke; an older one of that name is replaced. */
function writeFolder(path: string, files: Files): void {
  const fresh = join(dirname(path), `.new-${basename(path)}`);
  const old = join(dirname(path), `.old-${basename(path)}`);
  rmSync(fresh, { recursive: true, force: true });
  for (const [file, bytes] of files) {
    const full = join(fresh, file);
    mkdirSync(dirname(full), { recursive: true });
    const descriptor = openSync(full, 'w');
    writeSync(descriptor, bytes);
    fsyncSync(descriptor);
    closeSync(descriptor);
  }
  rmSync(old, { recursive: true, force: true });
  if (existsSync(path)) renameSync(path, old);
  renameSync(fresh, path);
  rmSync(old, { recursive: true, force: true });
}

export class RunFolder implements RunStore {
  constructor(readonly path: string) {}

  /** @throws Failure when the folder already holds something: nothing is overwritten. */
  static create(path: string, paths: RunPaths): RunFolder {
    if (existsSync(path) && readdirSync(path).length > 0) {
      throw new Failure(
        `${path} is not empty, and nothing is overwritten; name another --out, or go on with --resume ${path}.`,
      );
    }
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, INPUTS), `${JSON.stringify(paths, null, 2)}\n`);
    return new RunFolder(path);
  }

  /** Opens a run's folder, also when one of its checkpoints is named. @throws Failure when it is none. */
  static open(path: string): RunFolder {
    const root = basename(dirname(path)) === CHECKPOINTS ? dirname(dirname(path)) : path;
    if (!existsSync(join(root, INPUTS)))
      throw new Failure(`${path} is not the folder of a run (it has no ${INPUTS}).`);
    return new RunFolder(root);
  }

  paths(): RunPaths {
    const parsed = inputsSchema.safeParse(JSON.parse(readFileSync(join(this.path, INPUTS), 'utf8')));
    if (!parsed.success)
      throw new Failure(`${join(this.path, INPUTS)} is damaged (${parsed.error.issues[0]?.message}).`);
    return parsed.data;
  }

  append(event: RunEvent): void {
    appendFileSync(join(this.path, RECORD), `${formatEvent(event)}\n`);
  }

  async writeCheckpoint(name: string, files: Files): Promise<string> {
    const folder = join(this.path, CHECKPOINTS);
    mkdirSync(folder, { recursive: true });
    writeFolder(join(folder, name), files);
    for (const old of this.checkpoints().slice(0, -KEPT))
      rmSync(join(folder, old), { recursive: true, force: true });
    return join(folder, name);
  }

  async writeBest(files: Files): Promise<string> {
    writeFolder(join(this.path, BEST), files);
    return join(this.path, BEST);
  }

  /** Names of complete checkpoints, oldest first. */
  checkpoints(): string[] {
    const folder = join(this.path, CHECKPOINTS);
    return existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => name.startsWith('step-'))
          .sort()
      : [];
  }

  /** The newest checkpoint. @throws Failure when there is none. */
  async latest(): Promise<Checkpoint> {
    const name = this.checkpoints().at(-1);
    if (name === undefined) throw new Failure(`${this.path} has no checkpoint to go on from.`);
    const folder = join(this.path, CHECKPOINTS, name);
    const model = await openModel(folder);
    return readCheckpoint(
      name,
      readFileSync(join(folder, STATE_FILE)),
      readFileSync(join(folder, TENSOR_FILE)),
      model.tensors,
    );
  }

  /** A copy of the run in a new folder, to go on there. */
  copyTo(path: string): RunFolder {
    const copy = RunFolder.create(path, this.paths());
    cpSync(this.path, path, { recursive: true });
    return copy;
  }

  /** Cuts the record back to what was known at a checkpoint, so that going on repeats nothing. */
  rewindRecord(step: number): void {
    const path = join(this.path, RECORD);
    const { events } = parseRecord(readFileSync(path, 'utf8'));
    const kept = events.filter(
      (event) => event.type === 'header' || (event.type !== 'end' && event.step <= step),
    );
    const fresh = `${path}.new`;
    writeFileSync(fresh, kept.map((event) => `${formatEvent(event)}\n`).join(''));
    renameSync(fresh, path);
  }
}

/** A name under `runs/` that is still free. */
export function freeRunFolder(setting: string): string {
  for (let n = 1; ; n++) {
    const path = join('runs', n === 1 ? setting : `${setting}-${n}`);
    if (!existsSync(path)) return path;
  }
}
