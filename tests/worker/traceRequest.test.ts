// The page may request a trace of the next step at any time: while waiting, playing, visiting the past, or too late. The
// trace has the numbers of the step that follows, and the run continues as if it had not been requested.
import { describe, expect, it } from 'vitest';
import type { Group } from '../../src/data/group.ts';
import { responseSchemas } from '../../src/worker/protocol.ts';
import { startCommand, seekTo, playToEnd, startTraining, stepOnce } from './harness.ts';

const OWN: Group = { id: 'own-1', anchor: 'a dog', positive: 'a cat', pattern: 'nli', source: 'typed' };
const FOUR: Group = { ...OWN, intermediate: 'a bird', negative: 'a red ball', pattern: 'sts' };

describe('a trace from the worker', () => {
  it('has the numbers of the next step, survives the way to the page, and leaves the run waiting', async () => {
    const run = await startTraining(startCommand());
    const trace = await run.training.trace();
    const sent = structuredClone(trace);
    expect(responseSchemas.trace.parse(sent)).toEqual(sent);
    expect(run.page.events('step')).toHaveLength(0);
    await stepOnce(run, 1);
    const [step] = run.page.events('step');
    expect([trace.step, trace.loss, trace.gradNorm]).toEqual([1, step!.loss, step!.gradNorm]);
    await run.training.stop();
  });

  it('includes the changes that wait for the step, which keep waiting', async () => {
    const run = await startTraining(startCommand());
    run.training.changes.edit({ knob: 'temperature', value: 0.3 });
    run.training.changes.addGroups([FOUR]);
    const trace = await run.training.trace();
    expect(trace.knobs.temperature).toBe(0.3);
    expect(trace.rows.filter(({ id }) => id === OWN.id)).toHaveLength(4);
    expect(run.page.events('edit')).toHaveLength(0);
    await stepOnce(run, 1);
    expect(run.page.events('edit')).toHaveLength(1);
    expect(run.page.events('pairs')).toHaveLength(1);
    expect(run.page.events('step')[0]!.loss).toBe(trace.loss);
    await run.training.stop();
  });

  it('requested while the run plays does not change its record', async () => {
    const [quiet, asked] = [await startTraining(startCommand()), await startTraining(startCommand())];
    await playToEnd(quiet);
    const end = playToEnd(asked);
    const first = await asked.training.trace();
    const second = await asked.training.trace();
    await end;
    expect(asked.page.record()).toEqual(quiet.page.record());
    for (const trace of [first, second])
      expect(trace.loss).toBe(quiet.page.events('step')[trace.step - 1]!.loss);
    await quiet.training.stop();
    await asked.training.stop();
  });

  it('of a step of the past includes the changes made there', async () => {
    const run = await startTraining(startCommand());
    await stepOnce(run, 1);
    run.training.changes.edit({ knob: 'temperature', value: 0.2 });
    run.training.changes.addGroups([FOUR]);
    await playToEnd(run);
    await seekTo(run, 1);
    const trace = await run.training.trace();
    expect(trace.step).toBe(2);
    expect(trace.knobs.temperature).toBe(0.2);
    expect(trace.loss).toBe(run.page.events('step')[1]!.loss);
    await run.training.stop();
  });

  it('is refused after the last step, and of a run that was stopped', async () => {
    const run = await startTraining(startCommand({ steps: 2 }));
    await playToEnd(run);
    await expect(run.training.trace()).rejects.toThrow('All 2 steps of this run are made');
    await run.training.stop();
    await expect(run.training.trace()).rejects.toThrow('This run is over');
  });
});
