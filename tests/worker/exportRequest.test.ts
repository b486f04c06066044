// The current weights exported as a folder: it can be loaded, and embeds as the run does at that step.
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/encoder/folder.ts';
import { Embedder } from '../../src/trainer/embedder.ts';
import { startCommand, seekTo, playToEnd, startTraining } from './harness.ts';

describe('an exported encoder', () => {
  it.each([6, 3, 0])('embeds as the run does at step %i, whether trained or sought', async (step) => {
    const run = await startTraining(startCommand({ steps: 6 }));
    await playToEnd(run);
    if (step < 6) await seekTo(run, step);
    const files = await run.training.exportModel();
    const { now } = await run.training.encode(['a dog', 'a red car']);
    await run.training.stop();
    const model = await loadModel({ name: 'exported', read: async (file) => files.get(file) });
    const embedder = new Embedder(model, { pooling: run.training.command.config.pooling, maxLength: 32 });
    const { data } = await embedder.embedSentences(['a dog', 'a red car']);
    expect([...data]).toEqual([...now.data]);
    embedder.dispose();
  });
});
