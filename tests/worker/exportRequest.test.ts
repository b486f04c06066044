// The weights as they stand, as a folder: it opens again, and embeds as the run does at that step.
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/encoder/folder.ts';
import { Embedder } from '../../src/trainer/embedder.ts';
import { command, goTo, playToEnd, started } from './page.ts';

describe('an exported encoder', () => {
  it.each([6, 3, 0])('embeds as the run does at step %i, the last one or a sought one', async (step) => {
    const run = await started(command({ steps: 6 }));
    await playToEnd(run);
    if (step < 6) await goTo(run, step);
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
