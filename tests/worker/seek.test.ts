// Going back and forth in a run: steps trained again give the same record, bit for bit on wasm, from any step.
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/util/random.ts';
import { tinyModel } from '../support/tiny.ts';
import { startCommand, seekTo, playToEnd, startTraining, stepOnce, type StartedTraining } from './harness.ts';

const STEPS = 60;
const own = [
  { id: 'own-1', anchor: 'a dog', positive: 'a pup', pattern: 'nli' as const, source: 'typed' as const },
];

/** A run with a knob edit and a group that joins on the way, played to its end. */
async function finishedRun(config = {}, budget?: number): Promise<StartedTraining> {
  const run = await startTraining(
    startCommand({ steps: STEPS, evaluateEvery: 10, checkpointEvery: 10, dropout: 0.1, ...config }),
    { host: { timelineBudget: budget } },
  );
  for (let step = 1; step <= 7; step++) await stepOnce(run, step);
  run.training.changes.edit({ knob: 'temperature', value: 0.1 });
  await stepOnce(run, 8);
  run.training.changes.addGroups(own);
  for (let step = 9; step <= 12; step++) await stepOnce(run, step);
  await playToEnd(run);
  return run;
}

/** Stands for the weights: the embeddings of two sentences. */
async function fingerprint({ training }: StartedTraining): Promise<number[]> {
  const { now } = await training.encode(['a dog plays', 'the red car']);
  return [...now.data];
}

describe('seeking', () => {
  it.each([
    ['as many snapshots as there are steps', undefined],
    ['room for a few snapshots', 1_500_000],
  ])(
    'repeats the record from 20 random steps of a run with an edit and a joined group, with %s',
    async (_, budget) => {
      const run = await finishedRun({}, budget);
      const whole = run.page.record();
      const random = Random.seeded(11);
      for (let i = 0; i < 20; i++) {
        const step = random.integer(STEPS);
        await seekTo(run, step);
        expect(run.page.all('seeked').at(-1)).toMatchObject({ step });
        const from = run.page.reports.length;
        await stepOnce(run, step + 1);
        await run.page.next('status', ({ status }) => status === 'waiting' || status === 'ended', from);
        const again = run.page.record(from);
        const before = (event: (typeof whole)[number]) =>
          (event.type === 'edit' || event.type === 'pairs') && event.step === step;
        const after = (event: (typeof whole)[number]) =>
          'step' in event && event.step === step + 1 && event.type !== 'edit' && event.type !== 'pairs';
        expect(again).toEqual(whole.filter((event) => before(event) || after(event)));
      }
      await run.training.stop();
    },
  );

  it('shows the embeddings that were shown, and has the weights that belong to them', async () => {
    const run = await startTraining(startCommand({ steps: 12 }));
    const prints = [await fingerprint(run)];
    for (let step = 1; step <= 12; step++) {
      await stepOnce(run, step);
      prints.push(await fingerprint(run));
    }
    const shown = prints.map((_, step) => run.page.watched(step));
    for (const step of [5, 11, 0, 12, 3, 2, 1, 7]) {
      await seekTo(run, step);
      expect(run.page.watched(step)).toEqual(shown[step]);
      expect(await fingerprint(run)).toEqual(prints[step]);
    }
    // Embeddings of other sentences are not stored: they need the weights.
    run.training.follow(['a blue ball']);
    for (const step of [4, 9]) {
      await seekTo(run, step);
      const { now } = await run.training.encode(['a blue ball']);
      expect(run.page.watched(step)).toEqual([...now.data]);
    }
    await run.training.stop();
  });

  it('goes to both ends, and reports the step it reached when asked for one outside', async () => {
    const run = await finishedRun();
    const ended = run.page.events('end').length;
    for (const [asked, reached] of [
      [0, 0],
      [STEPS, STEPS],
      [-5, 0],
      [STEPS + 9, STEPS],
    ] as const) {
      const from = run.page.reports.length;
      run.training.seek(asked);
      expect(await run.page.next('seeked', () => true, from)).toMatchObject({ step: reached });
      const status = reached === STEPS ? 'ended' : 'waiting';
      expect(await run.page.next('status', () => true, from)).toMatchObject({ status, step: reached });
    }
    expect(run.page.events('end')).toHaveLength(ended); // sought, not trained
    await run.training.stop();
  });

  it('plays the whole run again from its first step to the same end', async () => {
    const run = await finishedRun();
    const record = run.page.record();
    await seekTo(run, 0);
    const from = run.page.reports.length;
    await playToEnd(run);
    const trained = record.filter(
      (event) => event.type !== 'header' && !(event.type === 'metric' && event.step === 0),
    );
    expect(run.page.record(from)).toEqual(trained);
    await run.training.stop();
  });

  it('performs only the newest of several seeks', async () => {
    const run = await finishedRun({}, 1); // no budget: every step is trained again
    const from = run.page.reports.length;
    for (const step of [55, 31, 44, 20, 52]) run.training.seek(step);
    await run.page.next('seeked', () => true, from);
    run.training.seek(50);
    await new Promise((resolve) => setTimeout(resolve, 5)); // on its way
    run.training.seek(3);
    await run.page.next('seeked', ({ step }) => step === 3, from);
    expect(run.page.all('seeked').map(({ step }) => step)).toEqual([52, 3]);
    await run.training.stop();
  });

  it('discards the later steps when a knob is edited at a step of the past', async () => {
    const run = await finishedRun();
    await seekTo(run, 20);
    run.training.changes.edit({ knob: 'temperature', value: 0.2 });
    const from = run.page.reports.length;
    await stepOnce(run, 21);
    expect(run.page.reports.slice(from)).toContainEqual(
      expect.objectContaining({ type: 'rewound', step: 20 }),
    );
    expect(run.page.record(from)).toContainEqual(
      expect.objectContaining({ type: 'edit', step: 20, from: 0.1, to: 0.2 }),
    );
    run.training.seek(40);
    expect(await run.page.next('seeked')).toMatchObject({ step: 21 }); // step 40 was discarded
    await playToEnd(run);
    expect(run.page.events('end').at(-1)).toMatchObject({ step: STEPS, reason: 'finished' });
    await run.training.stop();
  });

  it('visits the past of a run that failed', async () => {
    // The embedding of a word outside the corpus is NaN, as after an overflow.
    const model = tinyModel();
    const words = model.tensors.get('embeddings.word_embeddings.weight')!;
    words.data.fill(NaN, 10 * 16, 11 * 16);
    const run = await startTraining(startCommand({ steps: 20 }), { host: { model } });
    for (let step = 1; step <= 5; step++) await stepOnce(run, step);
    const record = run.page.record();
    run.training.changes.addGroups([{ ...own[0]!, positive: 'a dog means' }]);
    run.training.gate.stepOnce();
    expect(await run.page.next('failed')).toMatchObject({
      during: 'training',
      message: expect.stringMatching(/^Training stopped at step 6: the loss is NaN/),
    });
    await seekTo(run, 3);
    const from = run.page.reports.length;
    await stepOnce(run, 4);
    expect(run.page.record(from).filter(({ type }) => type === 'step')).toEqual(
      record.filter((event) => event.type === 'step' && event.step === 4),
    );
    await run.training.stop();
  });
});
