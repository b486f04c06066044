// The worker's training without its worker: what the page can make it do, and what is reported.
import { describe, expect, it } from 'vitest';
import { startDevice } from '../../src/kernels/backend.ts';
import { Training } from '../../src/worker/training.ts';
import { tinyModel } from '../support/tiny.ts';
import { startCommand, FakePage, startTraining } from './harness.ts';

async function start(config = {}) {
  return startTraining(startCommand(config));
}

describe('a training in the worker', () => {
  it('waits at step 0 with its header, its first measurements and the untrained embeddings', async () => {
    const { page, training } = await start();
    expect(page.events('header')).toHaveLength(1);
    expect(page.events('metric')).toHaveLength(5);
    expect(page.events('step')).toHaveLength(0);
    expect(page.reports).toContainEqual(
      expect.objectContaining({ type: 'embeddings', initial: true, step: 0 }),
    );
    await training.stop();
    expect(page.events('end')).toMatchObject([{ reason: 'interrupted' }]);
  });

  it('makes one step when asked for one, and reports the new embeddings', async () => {
    const { page, training } = await start();
    training.gate.stepOnce();
    await page.until((report) => report.type === 'embeddings' && report.step === 1);
    expect(page.events('step')).toHaveLength(1);
    await training.stop();
  });

  it('plays to its end, and its weights are available afterwards', async () => {
    const { page, training } = await start();
    training.gate.play(null);
    await page.until((report) => report.type === 'status' && report.status === 'ended');
    expect(page.events('step')).toHaveLength(6);
    const { before, now } = await training.encode(['a dog', 'a red car']);
    expect(before.rows).toBe(2);
    expect(now.data).not.toEqual(before.data);
    await training.stop();
  });

  it('encodes while it waits; before any step both results are the same', async () => {
    const { training } = await start();
    const { before, now } = await training.encode(['a dog']);
    expect(now.data).toEqual(before.data);
    await training.stop();
  });

  it('applies edits and new groups to the next step, and records both', async () => {
    const { page, training } = await start();
    training.changes.edit({ knob: 'temperature', value: 0.1 });
    training.changes.addGroups([
      { id: 'own-1', anchor: 'a dog', positive: 'a pup', pattern: 'nli', source: 'typed' },
    ]);
    training.gate.stepOnce();
    await page.until((report) => report.type === 'embeddings' && report.step === 1);
    expect(page.events('edit')).toMatchObject([{ knob: 'temperature', from: 0.05, to: 0.1 }]);
    expect(page.events('pairs')).toHaveLength(1);
    await training.stop();
  });

  it('reports a run that cannot start, with the reason', async () => {
    const device = await startDevice('wasm', { gpu: async () => 'none' });
    const page = new FakePage();
    const bad = { ...startCommand(), groups: startCommand().groups.slice(0, 2) };
    const training = new Training(bad, {
      post: page.post,
      model: tinyModel(),
      device,
      restartDevice: async () => device,
    });
    training.start();
    const failed = await page.until((report) => report.type === 'failed');
    expect(failed).toMatchObject({ during: 'start' });
    expect((failed as { message: string }).message).toMatch(/needs sts groups/);
    await training.stop();
  });
});
