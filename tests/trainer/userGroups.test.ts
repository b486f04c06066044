// Groups that the visitor gives: in the next batch, in every later epoch, never held out, and part of what a resumed
// run goes on with.
import { describe, expect, it } from 'vitest';
import { userExample } from '../../src/data/mix.ts';
import type { Group } from '../../src/data/group.ts';
import { defaultConfig } from '../../src/run/config.ts';
import { readSafetensors } from '../../src/encoder/safetensors.ts';
import { startDevice } from '../../src/kernels/backend.ts';
import { readCheckpoint, STATE_FILE, TENSOR_FILE } from '../../src/trainer/checkpoint.ts';
import type { Files } from '../../src/trainer/host.ts';
import type { RunInputs } from '../../src/trainer/prepare.ts';
import { TrainingSession } from '../../src/trainer/session.ts';
import { train } from '../../src/trainer/train.ts';
import { tinyGroups, tinyModel, tinyPairs, tinyPlain } from '../support/tiny.ts';

const pair: Group = {
  id: 'own-1',
  anchor: 'a dog',
  positive: 'a small dog',
  pattern: 'nli',
  source: 'typed',
};
const four: Group = {
  ...pair,
  id: 'own-2',
  intermediate: 'a cat',
  negative: 'a red car',
  pattern: 'sts',
};

describe('what a given group becomes', () => {
  const HT = ['anchor', 'positive', 'intermediate', 'negative'] as const;
  it.each([
    ['a whole group of the setting', four, HT, 'sts_ht', 4, true],
    ['a labelled pair beside plain rows', pair, HT, 'sts_ht', 2, false],
    ['a labelled pair in an unsupervised setting', four, [], 'dropout', 2, false],
    ['a triple', four, ['anchor', 'positive', 'negative'], 'sup', 3, false],
  ] as const)('%s', (_, group, roles, pattern, sentences, generated) => {
    const example = userExample(group, roles, pattern)!;
    expect(example.sentences).toHaveLength(sentences);
    expect(example.generated).toBe(generated);
  });

  it('nothing, when the setting takes whole triples only and one is missing', () => {
    expect(userExample(pair, ['anchor', 'positive', 'negative'], 'sup')).toBeUndefined();
  });
});

describe('in a running training', () => {
  const given = (): RunInputs => ({
    setting: { domain: 'tiny', pattern: 'sts_ht' },
    config: {
      ...defaultConfig(),
      batch: 8,
      generatedBatch: 4,
      steps: 12,
      evaluateEvery: 12,
      checkpointEvery: 2,
    },
    groups: [...tinyPlain(30), ...tinyGroups(24)],
    sts: tinyPairs(24),
    model: tinyModel(),
    device: { name: 'wasm', detail: 'test', reason: 'test' },
    files: ['tiny'],
  });
  const cpu = () => startDevice('wasm', { gpu: async () => 'none' });

  it('is in the very next batch, with both its sentences, and says so in the record', async () => {
    await cpu();
    const usual = new TrainingSession(given());
    const session = new TrainingSession(given());
    const [before] = await usual.update();
    session.addGroups([pair, four]);
    const [first] = await session.update();
    expect(first!.plain).toBe(before!.plain + 1);
    expect(first!.generated).toBe(before!.generated + 1);
    const [[second], [usualSecond]] = [await session.update(), await usual.update()];
    expect(second!.plain).toBe(usualSecond!.plain);
    usual.dispose();
    session.dispose();

    const gifts = [[], [pair], []];
    const events = [];
    for await (const event of train(
      { ...given(), config: { ...given().config, steps: 3 } },
      { control: { changes: { take: () => ({ edits: [], groups: gifts.shift() ?? [] }) } } },
    )) {
      events.push(event);
    }
    expect(events.filter(({ type }) => type === 'pairs')).toEqual([
      { type: 'pairs', step: 1, groups: [expect.objectContaining({ id: 'own-1', anchor: 'a dog' })] },
    ]);
  });

  it('comes again in later epochs, and a run resumed after it goes on bit for bit', async () => {
    await cpu();
    const whole = new TrainingSession(given());
    const losses: number[] = [];
    let files: Files = new Map();
    for (let step = 0; step < 12; step++) {
      if (step === 3) whole.addGroups([pair, four]);
      losses.push((await whole.update())[0]!.loss);
      if (step === 5) files = await whole.state.checkpointFiles();
    }
    const first = whole.prepared.examples.findIndex(({ id }) => id === 'own-1');
    expect(whole.prepared.plan.since[first]).toBeGreaterThan(0);
    whole.dispose();

    const resumed = new TrainingSession(given());
    const weights = readSafetensors(files.get('model.safetensors')!, 'model').tensors;
    resumed.state.restore(readCheckpoint('test', files.get(STATE_FILE)!, files.get(TENSOR_FILE)!, weights));
    const again: number[] = [];
    for (let step = 6; step < 12; step++) again.push((await resumed.update())[0]!.loss);
    resumed.dispose();
    expect(again).toEqual(losses.slice(6));
  });

  it('given at the start it is trained on and never held out', async () => {
    await cpu();
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const inputs = { ...given(), userGroups: [pair, four], config: { ...given().config, seed } };
      const session = new TrainingSession(inputs);
      const ids = session.prepared.examples.map(({ id }) => id);
      expect(ids).toContain('own-1');
      expect(ids).toContain('own-2');
      session.dispose();
    }
  });
});
