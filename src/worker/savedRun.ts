// Saves runs so that they survive a page reload: the newest checkpoint of each run is stored in the run's own folder,
// together with the visitor's changes, so that training continues exactly where it stopped.
import { z } from 'zod';
import { completeGroupSchema } from '../data/group.ts';
import { readSafetensors, writeSafetensors, type TensorMap } from '../encoder/safetensors.ts';
import { configSchema } from '../run/config.ts';
import { checkpointStateSchema, type Checkpoint } from '../trainer/checkpoint.ts';
import { Failure, messageOf } from '../util/failure.ts';
import { editLogSchema, type EditLogEntry } from './editLog.ts';

/** The files of one run, locked by one tab at a time. */
export interface SavedRunFolder {
  list(): Promise<string[]>;
  read(name: string): Promise<Uint8Array>;
  /** Atomic: a write that fails or is interrupted leaves no file with this name. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
  /** Releases the folder, so that other tabs can open it. */
  release(): void;
}

export interface RunStorage {
  /** The folder of a run, or undefined while another tab has it open. */
  open(run: string): Promise<SavedRunFolder | undefined>;
  /** Deletes the saved files of a run, if there are any. */
  delete(run: string): Promise<void>;
}

/** The file's header. Its keys are a storage format: runs saved by earlier versions of the page must stay readable. */
const headerSchema = z.object({
  version: z.literal(1),
  state: checkpointStateSchema,
  /** The configuration the run started with; it determines split, order and dropout masks. */
  config: configSchema,
  /** The visitor's groups that the run started with. */
  own: z.array(completeGroupSchema),
  /** The edit log. */
  script: editLogSchema,
  /** Whether the run started with another run's weights. */
  branched: z.boolean(),
});
type Header = z.infer<typeof headerSchema>;

export interface SavedState extends Pick<Header, 'config' | 'branched'> {
  /** The visitor's groups that the run started with. */
  userGroups: Header['own'];
  checkpoint: Checkpoint;
  editLog: EditLogEntry[];
}

/** Files are numbered in the order they were written, even after the run has gone back to an earlier step. */
const FILE_NAME = /^(\d+)\.safetensors$/;
const ENCODER = 'encoder/';

export class SavedRun {
  private constructor(
    private readonly folder: SavedRunFolder,
    private newestNumber: number,
  ) {}

  /** @throws Failure if the run is open in another tab, Error if this browser cannot save runs */
  static async open(storage: RunStorage, run: string): Promise<SavedRun> {
    const folder = await storage.open(run);
    if (!folder)
      throw new Failure(
        'This run is open in another tab; close it there, or start a new run here. Two tabs cannot train one run.',
      );
    return new SavedRun(folder, Math.max(0, ...(await numbersIn(folder))));
  }

  /** The newest readable checkpoint. @throws Failure if there is none */
  async newest(): Promise<SavedState> {
    let problem = 'nothing is saved of it';
    for (const number of (await numbersIn(this.folder)).sort((a, b) => b - a)) {
      try {
        return parse(await this.folder.read(fileName(number)));
      } catch (error) {
        problem = messageOf(error);
      }
    }
    throw new Failure(`The run cannot be resumed (${problem}); start a new one.`);
  }

  /** Replaces the saved checkpoint; if that fails, the earlier one is kept. @throws Error with the reason */
  async write(state: SavedState): Promise<void> {
    const number = this.newestNumber + 1;
    await this.folder.write(fileName(number), format(state));
    this.newestNumber = number;
    for (const older of await numbersIn(this.folder))
      if (older < number) await this.folder.remove(fileName(older));
  }

  release(): void {
    this.folder.release();
  }
}

async function numbersIn(folder: SavedRunFolder): Promise<number[]> {
  return (await folder.list()).flatMap((name) => {
    const [, number] = FILE_NAME.exec(name) ?? [];
    return number === undefined ? [] : [Number(number)];
  });
}

function fileName(number: number): string {
  return `${String(number).padStart(8, '0')}.safetensors`;
}

/** Formats a state as one safetensors file: the tensors, with everything else in the header. */
function format({ checkpoint, config, userGroups, editLog, branched }: SavedState): Uint8Array {
  const { state, tensors, encoder } = checkpoint;
  const header: Header = { version: 1, state, config, own: userGroups, script: editLog, branched };
  const prefixed: TensorMap = new Map([...encoder].map(([name, tensor]) => [ENCODER + name, tensor]));
  return writeSafetensors(new Map([...prefixed, ...tensors]), { metadata: { run: JSON.stringify(header) } });
}

/** @throws Error that describes the problem */
function parse(bytes: Uint8Array): SavedState {
  const { tensors: all, metadata } = readSafetensors(bytes, 'the checkpoint');
  const parsed = headerSchema.safeParse(JSON.parse(metadata.run ?? 'null'));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Failure(`its checkpoint is not usable: ${issue?.path.join('.')} ${issue?.message}`);
  }
  const { state, config, own: userGroups, script, branched } = parsed.data;
  const encoder: TensorMap = new Map();
  const tensors: TensorMap = new Map();
  for (const [name, tensor] of all) {
    if (name.startsWith(ENCODER)) encoder.set(name.slice(ENCODER.length), tensor);
    else tensors.set(name, tensor);
  }
  return { checkpoint: { state, tensors, encoder }, config, userGroups, editLog: script, branched };
}
