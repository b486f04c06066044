// Resolves a `start` command to the starting point of a training: step 0, another run's weights, or a saved checkpoint.
import { Failure, messageOf } from '../util/failure.ts';
import { branchFrom } from './branch.ts';
import { EditLog } from './editLog.ts';
import type { StartCommand } from './protocol.ts';
import type { ResolvedStart } from './runContext.ts';
import { SavedRun, type RunStorage } from './savedRun.ts';
import type { Training } from './training.ts';

/** Also stops the current run as soon as it is no longer needed. @throws Failure if the new run cannot start */
export async function resolveStart(
  command: StartCommand,
  current: Training | undefined,
  storage: RunStorage,
): Promise<ResolvedStart> {
  const { branch, saveAs, resume } = command;
  const start = branch
    ? await branchFrom(current, command, branch.step)
    : { command, startPoint: {}, newGroups: [] };
  await current?.stop();
  if (saveAs === undefined) return start;
  const saved = await openSaved(storage, saveAs);
  if (!(saved instanceof SavedRun)) {
    if (resume)
      throw new Failure(`This browser cannot save runs, so none can be resumed (${saved.problem}).`);
    const notice = `This run will not survive a reload of the page (${saved.problem}); training continues anyway.`;
    return { ...start, startPoint: { ...start.startPoint, notice } };
  }
  if (!resume) return { ...start, startPoint: { ...start.startPoint, saved } };
  try {
    return await resumeFrom(saved, command);
  } catch (error) {
    saved.release();
    throw error;
  }
}

/** @throws Failure if the run is open in another tab */
async function openSaved(storage: RunStorage, run: string): Promise<SavedRun | { problem: string }> {
  try {
    return await SavedRun.open(storage, run);
  } catch (error) {
    if (error instanceof Failure) throw error;
    return { problem: messageOf(error) };
  }
}

async function resumeFrom(saved: SavedRun, command: StartCommand): Promise<ResolvedStart> {
  const { checkpoint, config, userGroups, editLog, branched } = await saved.newest();
  return {
    command: { ...command, config, userGroups },
    startPoint: { resume: checkpoint, editLog: new EditLog(editLog), branched, saved },
    newGroups: [],
  };
}
