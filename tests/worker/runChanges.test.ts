// Edits and groups wait for the next step and are logged with it; at a step of the past they replace what came after.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Group } from '../../src/data/group.ts';
import type { KnobEdit } from '../../src/run/knobEdit.ts';
import type { Snapshot } from '../../src/trainer/snapshot.ts';
import { EditLog } from '../../src/worker/editLog.ts';
import type { Report } from '../../src/worker/protocol.ts';
import { RunChanges } from '../../src/worker/runChanges.ts';
import { RunReporter } from '../../src/worker/runReporter.ts';
import { Timeline } from '../../src/worker/timeline.ts';

const edit = (value: number): KnobEdit => ({ knob: 'temperature', value });
const group = (id: string): Group => ({
  id,
  anchor: 'a dog',
  positive: 'a pup',
  pattern: 'nli',
  source: 'typed',
});

let reports: Report[];
let timeline: Timeline;
let editLog: EditLog;
let changes: RunChanges;
const autosave = { cut: vi.fn() };
const discardLaterReadings = vi.fn();
const at = (step: number) => ({ step, discardLaterReadings });

beforeEach(() => {
  vi.clearAllMocks();
  reports = [];
  timeline = new Timeline();
  for (const step of [0, 5, 10]) timeline.addSnapshot({ step, bytes: 1 } as Snapshot, 0);
  timeline.reach(10);
  editLog = new EditLog([
    { step: 3, edits: [edit(0.1)], groups: [group('a')] },
    { step: 8, edits: [edit(0.2)], groups: [] },
  ]);
  const reporter = new RunReporter(1, (report) => void reports.push(report));
  changes = new RunChanges({ timeline, editLog, reports: reporter }, autosave);
});

describe('changes of a running training', () => {
  it('are taken once, in their order, and logged at their step', () => {
    changes.edit(edit(0.3));
    changes.addGroups([group('b')]);
    changes.edit(edit(0.4));
    expect(changes.take(at(10))).toEqual({ edits: [edit(0.3), edit(0.4)], groups: [group('b')] });
    expect(editLog.at(10)).toEqual({ step: 10, edits: [edit(0.3), edit(0.4)], groups: [group('b')] });
    expect(changes.take(at(11))).toEqual({ edits: [], groups: [] });
    expect(reports).toEqual([]);
  });

  it('are known before they are taken, together with what was changed at that step', () => {
    changes.edit(edit(0.3));
    expect(changes.nextAt(3)).toEqual({ edits: [edit(0.1), edit(0.3)], groups: [group('a')] });
    expect(changes.nextAt(3).edits).toHaveLength(2); // asking takes nothing
  });

  it('are repeated from the log when the past is trained again', () => {
    expect(changes.take(at(3))).toEqual({ edits: [edit(0.1)], groups: [group('a')] });
    expect(editLog.at(3)).toMatchObject({ edits: [edit(0.1)], groups: [group('a')] });
    expect(discardLaterReadings).not.toHaveBeenCalled();
  });

  it.each(['an edit', 'a group'])('replace the steps after them: %s at a step of the past', (what) => {
    if (what === 'an edit') changes.edit(edit(0.3));
    else changes.addGroups([group('b')]);
    const { edits, groups } = changes.take(at(5));
    expect([edits.length, groups.length]).toEqual(what === 'an edit' ? [1, 0] : [0, 1]);
    expect([timeline.head, timeline.steps]).toEqual([5, [0, 5]]);
    expect(editLog.entries().map(({ step }) => step)).toEqual([3, 5]);
    expect(autosave.cut).toHaveBeenCalledExactlyOnceWith(5);
    expect(discardLaterReadings).toHaveBeenCalledOnce();
    expect(reports.map(({ type }) => type)).toEqual(['rewound', 'timeline']);
    expect(reports[0]).toMatchObject({ step: 5, deviceError: null });
  });
});
