// The record of the run that is being made: opened when it begins, written as it grows, closed once.
import { stepOf, type RunEvent } from '../../run/events.ts';
import type { ShownRun } from './shown.svelte.ts';
import type { Parent, Recorder } from './trainerOptions.ts';

export class Recording {
  id = '';
  private isOpen = false;

  constructor(private readonly recorder: Recorder) {}

  begin(id: string, parent: Parent | null): void {
    this.close('interrupted');
    this.recorder.begin(id, parent);
    this.id = id;
    this.isOpen = true;
  }

  /** Goes on with a record that is there already. */
  goOn(id: string): void {
    this.close('interrupted');
    this.id = id;
    this.isOpen = true;
  }

  /** Shows new events, and writes those that the record has not got. */
  take(run: ShownRun, events: readonly RunEvent[]): void {
    // What a run repeats after a look into the past is in its record already.
    const isRepeated = run.future.length > 0;
    const fresh = isRepeated ? events.filter((event) => stepOf(event) > run.head) : events;
    run.append(events);
    const branched = events.some((event) => event.type === 'header' && event.from !== undefined);
    // A branch begins with its parent's past.
    this.recorder.append(this.id, branched ? run.events : fresh);
    const end = fresh.find((event) => event.type === 'end');
    if (end) this.close(end.reason);
  }

  cut(step: number): void {
    this.recorder.cut(this.id, step);
  }

  private close(reason: 'finished' | 'interrupted' | 'failed'): void {
    if (this.isOpen) this.recorder.finish(this.id, reason);
    this.isOpen = false;
  }
}
