// Runs that survive a reload of the page: a resumed run equals one that never stopped, and training continues whatever
// goes wrong with saving.
import { describe, expect, it } from 'vitest';
import { resolveStart } from '../../src/worker/startPoint.ts';
import type { RunStorage } from '../../src/worker/savedRun.ts';
import type { StartCommand } from '../../src/worker/protocol.ts';
import { opfsStorage } from '../../src/worker/opfs.ts';
import { tinyPlain } from '../support/tiny.ts';
import { MemoryStorage } from './memoryStorage.ts';
import { startCommand, seekTo, playToEnd, startTraining, stepOnce, type StartedTraining } from './harness.ts';

const STEPS = 24;
const own = {
  id: 'own-1',
  anchor: 'a dog',
  positive: 'a pup',
  pattern: 'nli' as const,
  source: 'typed' as const,
};
const joining = { ...own, id: 'own-2', anchor: 'a cat' };
const config = { steps: STEPS, evaluateEvery: 6, checkpointEvery: 5, logEvery: 2 };
const given = (rest: Partial<StartCommand> = {}): StartCommand =>
  startCommand(config, { saveAs: 'run-1', userGroups: [own], ...rest });

async function resolveAndStart(asked: StartCommand, storage: RunStorage): Promise<StartedTraining> {
  const resolved = await resolveStart(asked, undefined, storage);
  return startTraining(resolved.command, { startPoint: resolved.startPoint, newGroups: resolved.newGroups });
}

/** Trains with a group that joins and a knob that is edited on the way. */
async function train(run: StartedTraining, from: number, to: number): Promise<void> {
  for (let step = from + 1; step <= to; step++) {
    if (step === 4) run.training.changes.addGroups([joining]);
    if (step === 7) run.training.changes.edit({ knob: 'temperature', value: 0.1 });
    await stepOnce(run, step);
  }
}

describe('a saved run', () => {
  it('continues after a reload as if it had never stopped, and its past can be visited', async () => {
    const whole = await resolveAndStart(given(), new MemoryStorage());
    await train(whole, 0, 11);
    const shown = [0, 3, 11].map((step) => whole.page.watched(step));
    await playToEnd(whole);
    const record = whole.page.record();

    const storage = new MemoryStorage();
    const first = await resolveAndStart(given(), storage);
    await train(first, 0, 11);
    await storage.written(); // when idle
    await first.training.stop();
    // The page's list of groups has grown by the one that joined; knobs come from the saved run.
    const again = startCommand(
      { ...config, temperature: 0.1 },
      { saveAs: 'run-1', resume: true, userGroups: [own, joining] },
    );
    const second = await resolveAndStart(again, storage);
    expect(second.page.all('status').at(-1)).toMatchObject({ status: 'waiting', step: 11 });
    expect(second.page.watched(11)).toEqual(shown[2]);
    await seekTo(second, 3);
    expect(second.page.watched(3)).toEqual(shown[1]);
    await seekTo(second, 0);
    expect(second.page.watched(0)).toEqual(shown[0]);
    await seekTo(second, 11);
    const from = second.page.reports.length;
    await playToEnd(second);
    const later = record.filter((event) => 'step' in event && event.step > 11);
    expect(second.page.record(from)).toEqual(later);
    await second.training.stop();

    // The finished run was saved, too.
    const third = await resolveAndStart(again, storage);
    expect(third.page.all('status').at(-1)).toMatchObject({ status: 'ended', step: STEPS });
    await third.page.shown(STEPS);
    expect(third.page.watched(STEPS)).toEqual(whole.page.watched(STEPS));
    await whole.training.stop();
    await third.training.stop();
  });

  it('that is a branch continues, and its past reaches back to the step it was resumed at', async () => {
    const parent = await resolveAndStart(given(), new MemoryStorage());
    await train(parent, 0, 9);
    const storage = new MemoryStorage();
    const asked = startCommand({ ...config, seed: 5 }, { saveAs: 'run-2', branch: { step: 6 } });
    const resolved = await resolveStart(asked, parent.training, storage);
    const run = await startTraining(resolved.command, { startPoint: resolved.startPoint });
    await stepOnce(run, 7);
    await storage.written();
    await playToEnd(run);
    const record = run.page.record();
    await run.training.stop();
    const files = [...storage.runs.get('run-2')!.keys()];
    expect(files).toHaveLength(1);
    const resumed = await resolveAndStart({ ...asked, branch: undefined, resume: true }, storage);
    await seekTo(resumed, STEPS);
    expect(resumed.page.watched(STEPS)).toEqual(run.page.watched(STEPS));
    expect(record.at(-1)).toMatchObject({ type: 'end', step: STEPS });
    resumed.training.seek(6);
    expect(await resumed.page.next('seeked')).toMatchObject({ step: STEPS });
    await resumed.training.stop();
  });

  it('is refused to a second tab, in one sentence, until the first releases it', async () => {
    const storage = new MemoryStorage();
    const first = await resolveAndStart(given(), storage);
    await expect(resolveAndStart(given({ resume: true }), storage)).rejects.toThrow(
      /^This run is open in another tab; close it there/,
    );
    await first.training.stop();
    const second = await resolveAndStart(given(), storage);
    await second.training.stop();
  });

  it('keeps the earlier checkpoint when there is no room for the next, says so once, and continues training', async () => {
    const storage = new MemoryStorage();
    const run = await resolveAndStart(given(), storage);
    await stepOnce(run, 1);
    await storage.written();
    const kept = [...storage.runs.get('run-1')!.keys()];
    storage.quota = 1000;
    await playToEnd(run);
    await run.training.encode(['a dog']); // after the end has been handled
    expect(run.page.events('end')).toMatchObject([{ reason: 'finished', step: STEPS }]);
    const notes = run.page.events('note').filter(({ text }) => text.includes('could not be saved'));
    expect(notes.map(({ text }) => text)).toEqual([
      expect.stringMatching(/no storage space is left.*training continues/),
    ]);
    expect([...storage.runs.get('run-1')!.keys()]).toEqual(kept);
    await run.training.stop();
    storage.quota = Infinity;
    const resumed = await resolveAndStart(given({ resume: true }), storage);
    expect(resumed.page.all('status').at(-1)).toMatchObject({ step: 1 });
    await resumed.training.stop();
  });

  it('reads an earlier checkpoint when the newest was cut off', async () => {
    const storage = new MemoryStorage();
    const run = await resolveAndStart(given(), storage);
    await stepOnce(run, 1);
    await storage.written();
    await run.training.stop();
    const files = storage.runs.get('run-1')!;
    const [[, good]] = [...files] as [[string, Uint8Array]];
    files.set('00000099.safetensors', good.slice(0, good.length / 2));
    files.set('00000100.safetensors', new Uint8Array(good.length));
    const resumed = await resolveAndStart(given({ resume: true }), storage);
    expect(resumed.page.all('status').at(-1)).toMatchObject({ step: 1 });
    await resumed.training.stop();
  });

  it('is not resumed with other data, and says why', async () => {
    const storage = new MemoryStorage();
    const run = await resolveAndStart(given(), storage);
    await stepOnce(run, 1);
    await storage.written();
    await run.training.stop();
    const other = given({ resume: true, groups: tinyPlain(60, 8) });
    const refused = await resolveAndStart(
      { ...other, setting: { domain: 'tiny', pattern: 'dropout' } },
      storage,
    );
    expect(refused.page.all('failed')).toMatchObject([
      { during: 'start', message: expect.stringMatching(/another setting/) },
    ]);
    await refused.training.stop();
  });

  it('that was never saved cannot be resumed, and says so', async () => {
    await expect(resolveAndStart(given({ resume: true }), new MemoryStorage())).rejects.toThrow(
      'The run cannot be resumed (nothing is saved of it); start a new one.',
    );
  });

  it('trains without storage, and says so once', async () => {
    // Node has no OPFS.
    const run = await resolveAndStart(given(), opfsStorage());
    await playToEnd(run);
    const notes = run.page.events('note').filter(({ text }) => text.includes('survive'));
    expect(notes).toHaveLength(1);
    await run.training.stop();
    await expect(resolveAndStart(given({ resume: true }), opfsStorage())).rejects.toThrow(
      /none can be resumed/,
    );
  });
});
