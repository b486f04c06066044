// Starts a run as a branch, with the weights that another run had at a given step.
import type { Group } from '../data/group.ts';
import { configDifference, type Config } from '../run/config.ts';
import { KNOBS } from '../run/knobs.ts';
import { Failure } from '../util/failure.ts';
import { EditLog, type EditLogEntry } from './editLog.ts';
import type { StartCommand } from './protocol.ts';
import type { ResolvedStart } from './runContext.ts';
import type { Training } from './training.ts';

/**
 * With the same data and the same knobs, the branch reproduces its parent; if only hot knobs differ, it still sees the
 * same batches. Groups that were added to the parent later are added to the branch at the same steps; later knob edits
 * are not repeated.
 * @throws Failure when there is nothing to branch from
 */
export async function branchFrom(
  parent: Training | undefined,
  command: StartCommand,
  step: number,
): Promise<ResolvedStart> {
  if (!parent) throw new Failure('There is no run to branch from; start one first.');
  const { steps } = command.config;
  if (steps > 0 && steps <= step) {
    throw new Failure(
      `The branch starts after step ${step}, but its run would have ${steps} steps in all; raise "steps" above ${step}.`,
    );
  }
  const from = await parent.checkpointAt(step);
  if (!haveSameData(parent.command, command) || !differOnlyHot(command.config, from.state.config))
    return { command, startPoint: { branch: { from, continuesRun: false } }, newGroups: [] };
  const { userGroups } = parent.command;
  const later = laterGroups(parent.editLog, step, command.userGroups);
  const included = new Set(
    [
      ...userGroups,
      ...from.state.joined.map(({ group }) => group),
      ...later.flatMap(({ groups }) => groups),
    ].map(({ id }) => id),
  );
  return {
    command: { ...command, userGroups },
    startPoint: { branch: { from, continuesRun: true }, editLog: new EditLog(later) },
    newGroups: command.userGroups.filter(({ id }) => !included.has(id)),
  };
}

/** The parent's log from a step on, without knob edits and without groups that the visitor has removed since. */
function laterGroups(log: EditLog, step: number, userGroups: readonly Group[]): EditLogEntry[] {
  const ids = new Set(userGroups.map(({ id }) => id));
  return log
    .entries()
    .filter((entry) => entry.step >= step)
    .map((entry) => ({ ...entry, edits: [], groups: entry.groups.filter(({ id }) => ids.has(id)) }));
}

function differOnlyHot(config: Config, other: Config): boolean {
  return configDifference(config, other).every((name) => KNOBS[name].hot);
}

/** Whether both use the same corpus; the child may have additional groups of the visitor. */
function haveSameData(parent: StartCommand, child: StartCommand): boolean {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const childGroups = new Map(child.userGroups.map((group) => [group.id, group]));
  return (
    same(parent.setting, child.setting) &&
    same(parent.groups, child.groups) &&
    same(parent.sts, child.sts) &&
    parent.userGroups.every((group) => same(group, childGroups.get(group.id)))
  );
}
