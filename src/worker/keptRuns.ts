// Runs that outlive their page: the newest checkpoint of each lies in a place of its own, with what the visitor
// changed on the way, so that training goes on after a reload as if it had never stopped.
import { z } from 'zod';
import { completeGroupSchema } from '../data/group.ts';
import { readSafetensors, writeSafetensors, type TensorMap } from '../encoder/safetensors.ts';
import { configSchema } from '../run/config.ts';
import { checkpointStateSchema, type Checkpoint } from '../trainer/checkpoint.ts';
import { Failure, messageOf } from '../util/failure.ts';
import { editLogSchema } from './editLog.ts';

/** A place for the files of one run. */
export interface KeptPlace {
  list(): Promise<string[]>;
  read(name: string): Promise<Uint8Array>;
  /** All or nothing: a write that fails or is cut off leaves no file of this name. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
  /** Others may have it now. */
  release(): void;
}

export interface KeptStorage {
  /** The place of a run, for one holder at a time; undefined while another one has it. */
  claim(run: string): Promise<KeptPlace | undefined>;
  /** Deletes what is kept of a run; nothing happens when that is nothing. */
  forget(run: string): Promise<void>;
}

const runSchema = z.object({
  version: z.literal(1),
  state: checkpointStateSchema,
  /** The configuration the run began with: split, order and masks follow from it. */
  config: configSchema,
  /** The visitor's groups that it began with. */
  own: z.array(completeGroupSchema),
  script: editLogSchema,
  /** Did it begin with another run's weights? */
  branched: z.boolean(),
});

export interface KeptRun extends Omit<z.infer<typeof runSchema>, 'version' | 'state'> {
  checkpoint: Checkpoint;
}

/** Its number orders the files of a run, also after a step back. */
const FILE = /^(\d+)\.safetensors$/;

export class Keeper {
  /** Of the newest file. */
  private number = 0;

  private constructor(private readonly place: KeptPlace) {}

  /** @throws Failure when another tab holds the run, Error when nothing can be kept here */
  static async open(storage: KeptStorage, run: string): Promise<Keeper> {
    const place = await storage.claim(run);
    if (!place)
      throw new Failure(
        'This run is open in another tab; close it there, or begin a run of its own here. Two tabs cannot train one run.',
      );
    const keeper = new Keeper(place);
    keeper.number = Math.max(0, ...(await keeper.numbers()));
    return keeper;
  }

  /** The newest checkpoint that can be read. @throws Failure when there is none */
  async newest(): Promise<KeptRun> {
    let problem = 'nothing is kept of it';
    for (const number of (await this.numbers()).sort((a, b) => b - a)) {
      try {
        return parse(await this.place.read(nameOf(number)));
      } catch (error) {
        problem = messageOf(error);
      }
    }
    throw new Failure(`The run cannot go on (${problem}); begin a new one.`);
  }

  /** Keeps this instead of what was kept. When that fails, the earlier one stays. @throws Error with the reason */
  async write(run: KeptRun): Promise<void> {
    const number = this.number + 1;
    await this.place.write(nameOf(number), format(run));
    this.number = number;
    for (const older of await this.numbers()) if (older < number) await this.place.remove(nameOf(older));
  }

  release(): void {
    this.place.release();
  }

  private async numbers(): Promise<number[]> {
    return (await this.place.list()).flatMap((name) => {
      const [, number] = FILE.exec(name) ?? [];
      return number === undefined ? [] : [Number(number)];
    });
  }
}

function nameOf(number: number): string {
  return `${String(number).padStart(8, '0')}.safetensors`;
}

/** One file: the tensors, and all else in its header. */
function format({ checkpoint: { state, tensors, encoder }, ...rest }: KeptRun): Uint8Array {
  const run = JSON.stringify({ version: 1, state, ...rest });
  const prefixed: TensorMap = new Map([...encoder].map(([name, tensor]) => [`encoder/${name}`, tensor]));
  return writeSafetensors(new Map([...prefixed, ...tensors]), { metadata: { run } });
}

/** @throws Error that says what is wrong */
function parse(bytes: Uint8Array): KeptRun {
  const { tensors, metadata } = readSafetensors(bytes, 'the checkpoint');
  const parsed = runSchema.safeParse(JSON.parse(metadata.run ?? 'null'));
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new Failure(`its checkpoint is not usable: ${issue.path.join('.')} ${issue.message}`);
  }
  const { state, config, own, script, branched } = parsed.data;
  const encoder: TensorMap = new Map();
  const others: TensorMap = new Map();
  for (const [name, tensor] of tensors) {
    if (name.startsWith('encoder/')) encoder.set(name.slice('encoder/'.length), tensor);
    else others.set(name, tensor);
  }
  return { checkpoint: { state, tensors: others, encoder }, config, own, script, branched };
}
