// What stands behind a `start`: another run's weights, or a kept run, or neither; and the place the run is kept in.
import type { Group } from '../data/group.ts';
import { Failure, messageOf } from '../util/failure.ts';
import { branchOff } from './branch.ts';
import { Keeper, type KeptStorage } from './keptRuns.ts';
import type { StartCommand } from './protocol.ts';
import { EditLog } from './editLog.ts';
import type { Origin, Training } from './training.ts';

export interface Beginning {
  command: StartCommand;
  origin: Origin;
  /** The visitor's groups for the first batch. */
  joining: Group[];
}

/** Ends the present run, once nothing of it is needed. @throws Failure when the new one cannot begin */
export async function beginning(
  command: StartCommand,
  present: Training | undefined,
  storage: KeptStorage,
): Promise<Beginning> {
  const begun: Beginning = command.branch
    ? await branchOff(present, command)
    : { command, origin: {}, joining: [] };
  await present?.giveUp();
  if (command.saveAs === undefined) return begun;
  const kept = await open(storage, command.saveAs);
  if (!(kept instanceof Keeper)) {
    if (command.resume) throw new Failure(`No run can be kept here, so none can go on (${kept}).`);
    const notice = `This run will not outlive the page (${kept}); training goes on all the same.`;
    return { ...begun, origin: { ...begun.origin, notice } };
  }
  if (!command.resume) return { ...begun, origin: { ...begun.origin, keeper: kept } };
  try {
    return await resumed(command, kept);
  } catch (error) {
    kept.release();
    throw error;
  }
}

/** A sentence where nothing can be kept. @throws Failure when another tab has the run */
async function open(storage: KeptStorage, run: string): Promise<Keeper | string> {
  try {
    return await Keeper.open(storage, run);
  } catch (error) {
    if (error instanceof Failure) throw error;
    return messageOf(error);
  }
}

async function resumed(command: StartCommand, keeper: Keeper): Promise<Beginning> {
  const { checkpoint, config, own, script, branched } = await keeper.newest();
  return {
    command: { ...command, config, own },
    origin: { resume: checkpoint, script: new EditLog(script), branched, keeper },
    joining: [],
  };
}
