// Queue of the visitor's changes to a running training: edits of hot knobs and new groups wait here for the next step,
// and are logged when they are applied. After a change at a past step, the steps after it are discarded.
import type { Group } from '../data/group.ts';
import type { KnobEdit } from '../run/knobEdit.ts';
import type { ChangedRun, Changes, ChangeSource } from '../trainer/host.ts';
import type { Autosave } from './autosave.ts';
import type { RunContext } from './runContext.ts';

export class RunChanges implements ChangeSource {
  private waitingEdits: KnobEdit[] = [];
  private waitingGroups: Group[] = [];

  constructor(
    private readonly context: Pick<RunContext, 'timeline' | 'editLog' | 'reports'>,
    private readonly autosave: Pick<Autosave, 'cut'>,
  ) {}

  edit(edit: KnobEdit): void {
    this.waitingEdits.push(edit);
  }

  addGroups(groups: readonly Group[]): void {
    this.waitingGroups.push(...groups);
  }

  /** The changes to apply after a step: those already logged for it, and those that are waiting. */
  nextAt(step: number): Changes {
    const { edits, groups } = this.context.editLog.at(step);
    return { edits: [...edits, ...this.waitingEdits], groups: [...groups, ...this.waitingGroups] };
  }

  /** The changes for the next step. Those made at a past step discard the steps after it. */
  take(run: ChangedRun): Changes {
    const { step } = run;
    const { editLog, timeline } = this.context;
    const isChanged = this.waitingEdits.length + this.waitingGroups.length > 0;
    if (isChanged && step < timeline.head) this.discardLaterSteps(run);
    const changes = this.nextAt(step);
    editLog.addEdits(step, this.waitingEdits.splice(0));
    editLog.addGroups(step, this.waitingGroups.splice(0));
    return changes;
  }

  private discardLaterSteps(run: ChangedRun): void {
    const { step } = run;
    const { editLog, reports, timeline } = this.context;
    timeline.cut(step);
    editLog.cut(step);
    this.autosave.cut(step);
    run.discardLaterReadings();
    reports.rewound(step, null);
    reports.timeline(timeline);
  }
}
