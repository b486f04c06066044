// A branch has its parent's weights at its first step; with the same knobs it repeats its parent, bit for bit.
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/run/events.ts';
import { resolveStart } from '../../src/worker/startPoint.ts';
import type { StartCommand } from '../../src/worker/protocol.ts';
import { MemoryStorage } from './memoryStorage.ts';
import { startCommand, seekTo, playToEnd, startTraining, stepOnce, type StartedTraining } from './harness.ts';

const joined = {
  id: 'own-1',
  anchor: 'a dog',
  positive: 'a pup',
  pattern: 'nli' as const,
  source: 'typed' as const,
};

/** Starts a run while another one is there. */
async function branch(parent: StartedTraining, given: StartCommand): Promise<StartedTraining> {
  const resolved = await resolveStart(given, parent.training, new MemoryStorage());
  const run = await startTraining(resolved.command, {
    startPoint: resolved.startPoint,
    newGroups: resolved.newGroups,
  });
  return run;
}

const after = (events: readonly RunEvent[], step: number) =>
  events.filter((event) => 'step' in event && event.step > step);

async function parentRun(config = {}): Promise<StartedTraining> {
  const run = await startTraining(
    startCommand({ steps: 16, evaluateEvery: 4, checkpointEvery: 5, ...config }),
  );
  for (let step = 1; step <= 5; step++) await stepOnce(run, step);
  run.training.changes.addGroups([joined]);
  await playToEnd(run);
  return run;
}

describe('a branch', () => {
  it.each([3, 5, 8, 15])('with the same knobs repeats its parent from step %i', async (step) => {
    const parent = await parentRun();
    const record = parent.page.record();
    // By now the visitor's list has the group that joined the parent.
    const given = startCommand(parent.training.command.config, {
      run: 4,
      userGroups: [joined],
      branch: { step },
    });
    const run = await branch(parent, given);
    const header = run.page.events('header');
    expect(header).toMatchObject([{ steps: 16, from: { step } }]);
    expect(run.page.watched(step)).toEqual(parent.page.watched(step));
    await playToEnd(run);
    expect(run.page.record()).toEqual([
      ...header,
      ...run.page.events('note'),
      ...record.filter((event) => event.type === 'pairs' && event.step === step),
      ...after(record, step),
    ]);
    await run.training.stop();
  });

  it('with another value of a hot knob has the same batches and other losses', async () => {
    const parent = await parentRun();
    const config = { ...parent.training.command.config, temperature: 0.2 };
    const run = await branch(parent, startCommand(config, { userGroups: [joined], branch: { step: 8 } }));
    await playToEnd(run);
    const [ours, theirs] = [run.page.events('step'), after(parent.page.events('step'), 8)];
    expect(ours.map(({ step, tokens, plain }) => [step, tokens, plain])).toEqual(
      theirs.map((event) => event.type === 'step' && [event.step, event.tokens, event.plain]),
    );
    expect(ours[0]!.loss).not.toBe(theirs[0]!.type === 'step' && theirs[0].loss);
    await run.training.stop();
  });

  it.each([
    ['another batch size and seed', { batch: 6, seed: 9 }],
    ['another pooling, with its own head', { pooling: 'cls' as const }],
    ['frozen embeddings', { freezeEmbeddings: true }],
  ])('with %s has the same weights and step, and its own order of batches', async (_, changed) => {
    const parent = await parentRun({ pooling: 'mean' });
    await seekTo(parent, 8);
    const { now } = await parent.training.encode(['a red car']);
    const config = { ...parent.training.command.config, ...changed };
    const run = await branch(parent, startCommand(config, { branch: { step: 8 } }));
    expect(run.page.events('header')).toMatchObject([{ from: { step: 8 }, config: changed }]);
    const same = await run.training.encode(['a red car']);
    if (!('pooling' in changed)) expect([...same.now.data]).toEqual([...now.data]);
    await playToEnd(run);
    const steps = run.page.events('step').map(({ step }) => step);
    expect(steps).toEqual([9, 10, 11, 12, 13, 14, 15, 16]);
    // Its past can be visited as well, back to its own first step.
    await seekTo(run, 8);
    expect([...(await run.training.encode(['a red car'])).now.data]).toEqual([...same.now.data]);
    run.training.seek(2);
    expect(await run.page.next('seeked')).toMatchObject({ step: 8 });
    await run.training.stop();
  });

  it('can be taken of a branch, whose frozen weights were trained before', async () => {
    const parent = await parentRun();
    const first = await branch(
      parent,
      startCommand({ ...parent.training.command.config, freezeEmbeddings: true }, { branch: { step: 8 } }),
    );
    await playToEnd(first);
    const record = first.page.record();
    const second = await branch(first, startCommand(first.training.command.config, { branch: { step: 12 } }));
    await playToEnd(second);
    expect(after(second.page.record(), 12)).toEqual(after(record, 12));
    await second.training.stop();
  });

  it('is refused at a step that does not exist, and the parent is still available', async () => {
    const parent = await parentRun();
    const { config } = parent.training.command;
    await expect(branch(parent, startCommand(config, { branch: { step: 99 } }))).rejects.toThrow(
      /would have 16 steps in all; raise "steps" above 99/,
    );
    await expect(
      branch(parent, startCommand({ ...config, steps: 200 }, { branch: { step: 99 } })),
    ).rejects.toThrow(/has no step 99 to branch from/);
    await seekTo(parent, 4);
    await expect(
      resolveStart(startCommand(config, { branch: { step: 1 } }), undefined, new MemoryStorage()),
    ).rejects.toThrow(/no run to branch from/);
    await parent.training.stop();
  });
});
