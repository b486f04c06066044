// The folder of a run: record, checkpoints and best model. Models and checkpoints are written atomically: the files are
// written to a new folder and flushed to disk, then the folder is renamed.
//
//   run.jsonl                    the record, one event per line
//   inputs.json                  the model, data and evaluation files that the run was started with
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
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { eventsUpTo } from '../../record/runRecord.ts';
import { formatEvent, parseRecord } from '../../run/record.ts';
import type { RunEvent } from '../../run/events.ts';
import { readCheckpoint, STATE_FILE, TENSOR_FILE, type Checkpoint } from '../../trainer/checkpoint.ts';
import type { Files, CheckpointStore } from '../../trainer/host.ts';
import { Failure, messageOf } from '../../util/failure.ts';
import { openModel } from './files.ts';

const RECORD = 'run.jsonl';
const INPUTS = 'inputs.json';
const CHECKPOINTS = 'checkpoints';
const BEST = 'best';
/** Number of checkpoints kept: the newest, and the previous one in case the newest cannot be read. */
const MAX_CHECKPOINTS = 2;

const inputsSchema = z.object({
  model: z.string(),
  setting: z.string(),
  files: z.array(z.string()),
  /** Absent in runs of before: these measured all held-out anchors. */
  anchors: z.array(z.string()).default([]),
  sts: z.array(z.string()),
});
/** The absolute paths that a run was started with, and its setting. */
export type RunPaths = z.infer<typeof inputsSchema>;

/** Writes a whole file and flushes it to disk. On a nearly full disk a write can be partial without an error. */
function writeWhole(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const descriptor = openSync(path, 'w');
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at, bytes.length - at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Writes a folder atomically; an existing folder of that name is only replaced when the new one is complete. */
function writeFolder(path: string, files: Files): void {
  const fresh = join(dirname(path), `.new-${basename(path)}`);
  const old = join(dirname(path), `.old-${basename(path)}`);
  rmSync(fresh, { recursive: true, force: true });
  try {
    for (const [file, bytes] of files) writeWhole(join(fresh, file), bytes);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
  rmSync(old, { recursive: true, force: true });
  if (existsSync(path)) renameSync(path, old);
  renameSync(fresh, path);
  rmSync(old, { recursive: true, force: true });
}

/** The step in a checkpoint's name. */
function stepOf(name: string): number {
  return Number(name.replace('step-', ''));
}

export class RunFolder implements CheckpointStore {
  private constructor(
    readonly path: string,
    /** The checkpoint that was requested by name. */
    private readonly checkpointName?: string,
  ) {}

  /** A folder for a new run; nothing is written yet. @throws Failure when the folder is not empty */
  static claim(path: string): RunFolder {
    if (existsSync(path) && !statSync(path).isDirectory())
      throw new Failure(`${path} is a file, not a folder.`);
    if (existsSync(path) && readdirSync(path).length > 0) {
      throw new Failure(
        `${path} is not empty, and nothing is overwritten; choose another --out, or continue it with --resume ${path}.`,
      );
    }
    return new RunFolder(path);
  }

  /** Opens a run's folder, or one of its checkpoints. @throws Failure when the path is neither */
  static open(path: string): RunFolder {
    const isCheckpoint = basename(dirname(resolve(path))) === CHECKPOINTS;
    const root = isCheckpoint ? dirname(dirname(resolve(path))) : path;
    if (!existsSync(join(root, INPUTS)))
      throw new Failure(`${path} is not the folder of a run (it has no ${INPUTS}).`);
    return new RunFolder(root, isCheckpoint ? basename(path) : undefined);
  }

  /** Starts a new run in this folder. */
  begin(paths: RunPaths): void {
    mkdirSync(this.path, { recursive: true });
    writeFileSync(join(this.path, INPUTS), `${JSON.stringify(paths, null, 2)}\n`);
  }

  /** Continues a run from one of its checkpoints, here or in a copy, and removes everything after that step. */
  continueFrom(source: RunFolder, paths: RunPaths, step: number): void {
    if (resolve(source.path) !== resolve(this.path)) cpSync(source.path, this.path, { recursive: true });
    this.begin(paths);
    this.rewindRecord(step);
    for (const name of this.checkpoints().filter((checkpoint) => stepOf(checkpoint) > step)) {
      rmSync(join(this.path, CHECKPOINTS, name), { recursive: true, force: true });
    }
  }

  paths(): RunPaths {
    const file = join(this.path, INPUTS);
    try {
      return inputsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch (error) {
      throw new Failure(`${file} is damaged (${messageOf(error).split('\n')[0]}).`, { cause: error });
    }
  }

  append(event: RunEvent): void {
    appendFileSync(join(this.path, RECORD), `${formatEvent(event)}\n`);
  }

  async writeCheckpoint(name: string, files: Files): Promise<string> {
    const folder = join(this.path, CHECKPOINTS);
    mkdirSync(folder, { recursive: true });
    writeFolder(join(folder, name), files);
    for (const old of this.checkpoints().slice(0, -MAX_CHECKPOINTS))
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
    const names = existsSync(folder) ? readdirSync(folder) : [];
    return names.filter((name) => name.startsWith('step-')).sort((a, b) => stepOf(a) - stepOf(b));
  }

  /**
   * The checkpoint that was named, otherwise the newest one that can be read.
   * @param onSkipped called with a message for each newer checkpoint that cannot be read
   * @throws Failure when there is none
   */
  async checkpoint(onSkipped: (message: string) => void): Promise<Checkpoint> {
    const names = this.checkpointName === undefined ? this.checkpoints().reverse() : [this.checkpointName];
    for (const [i, name] of names.entries()) {
      try {
        return await this.read(name);
      } catch (error) {
        if (i === names.length - 1) throw error;
        onSkipped(`${messageOf(error)} The checkpoint before it is used.`);
      }
    }
    throw new Failure(`${this.path} has no checkpoint to resume from.`);
  }

  private async read(name: string): Promise<Checkpoint> {
    const folder = join(this.path, CHECKPOINTS, name);
    const model = await openModel(folder);
    const bytes = (file: string) => {
      if (!existsSync(join(folder, file))) throw new Failure(`Checkpoint ${name} has no ${file}.`);
      return new Uint8Array(readFileSync(join(folder, file)));
    };
    return readCheckpoint(name, bytes(STATE_FILE), bytes(TENSOR_FILE), model.tensors);
  }

  /** Truncates the record at the checkpoint's step, so that the resumed run does not repeat events. */
  private rewindRecord(step: number): void {
    const path = join(this.path, RECORD);
    const { events } = parseRecord(readFileSync(path, 'utf8'));
    const kept = eventsUpTo(events, step);
    const fresh = `${path}.new`;
    writeFileSync(fresh, kept.map((event) => `${formatEvent(event)}\n`).join(''));
    renameSync(fresh, path);
  }
}

/** An unused path under `runs/`. */
export function newRunFolderPath(setting: string): string {
  for (let n = 1; ; n++) {
    const path = join('runs', n === 1 ? setting : `${setting}-${n}`);
    if (!existsSync(path)) return path;
  }
}
