// A run that begins with the weights another one had at a step.
import type { Group } from '../data/group.ts';
import { configDifference, type Config } from '../run/config.ts';
import { KNOBS } from '../run/knobs.ts';
import { Failure } from '../util/failure.ts';
import type { StartCommand } from './protocol.ts';
import { EditLog } from './editLog.ts';
import type { Origin, Training } from './training.ts';

export interface BranchedRun {
  command: StartCommand;
  origin: Origin;
  /** The visitor's groups that the other run did not know: for the next batch. */
  joining: Group[];
}

/**
 * With the same data, and only hot knobs turned, the new run carries the other one on: with no knob turned it would
 * repeat it. Edits that the other one took later are not the new one's; groups that joined it later do so again.
 * @throws Failure when there is nothing to branch from
 */
export async function branchOff(parent: Training | undefined, command: StartCommand): Promise<BranchedRun> {
  const { step } = command.branch!;
  if (!parent) throw new Failure('There is no run to branch from; begin one first.');
  const { steps } = command.config;
  if (steps > 0 && steps <= step) {
    throw new Failure(
      `The branch begins after step ${step}, but its run would have ${steps} steps in all; raise "steps" above ${step}.`,
    );
  }
  const from = await parent.checkpointAt(step);
  if (!sameData(parent.command, command) || !onlyHot(command.config, from.state.config))
    return { command, origin: { branch: { from, carriesOn: false } }, joining: [] };
  const wanted = new Set(command.own.map(({ id }) => id));
  const later = parent.script
    .all()
    .filter((entry) => entry.step >= step)
    .map((entry) => ({ ...entry, edits: [], groups: entry.groups.filter(({ id }) => wanted.has(id)) }));
  const { own } = parent.command;
  const known = [
    ...own,
    ...from.state.joined.map(({ group }) => group),
    ...later.flatMap(({ groups }) => groups),
  ];
  const ids = new Set(known.map(({ id }) => id));
  return {
    command: { ...command, own },
    origin: { branch: { from, carriesOn: true }, script: new EditLog(later) },
    joining: command.own.filter(({ id }) => !ids.has(id)),
  };
}

function onlyHot(config: Config, other: Config): boolean {
  return configDifference(config, other).every((name) => KNOBS[name].hot);
}

/** The same corpus; the visitor's groups may have become more. */
function sameData(a: StartCommand, b: StartCommand): boolean {
  const same = (x: unknown, y: unknown) => JSON.stringify(x) === JSON.stringify(y);
  const own = new Map(b.own.map((group) => [group.id, group]));
  return (
    same(a.setting, b.setting) &&
    same(a.groups, b.groups) &&
    same(a.sts, b.sts) &&
    a.own.every((group) => same(group, own.get(group.id)))
  );
}
