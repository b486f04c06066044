// What is measured during a run: in every setting of a domain the same anchors, whole, with the augmentation before
// truncation, and with one prompt template, so that differences between settings are differences between their data.
import { describe, expect, it } from 'vitest';
import type { Group } from '../../src/data/group.ts';
import { splitHeldOut } from '../../src/data/split.ts';
import { startDevice } from '../../src/kernels/backend.ts';
import { defaultConfig, type Config } from '../../src/run/config.ts';
import { PATTERN_NAMES, PATTERNS, type PatternName } from '../../src/run/settings.ts';
import { prepare, type Prepared, type RunInputs } from '../../src/trainer/prepare.ts';
import { TrainingSession } from '../../src/trainer/session.ts';
import { Random } from '../../src/util/random.ts';
import { tinyGroups, tinyModel, tinyPairs, tinyPlain, WORDS } from '../support/tiny.ts';

const SEED = 5;
const STS = tinyGroups(60);
const ANCHORS = STS.map(({ anchor }) => anchor);
const as = (pattern: 'nli' | 'sup'): Group[] =>
  STS.map(({ id, anchor, positive, negative }) => {
    return {
      id: `${pattern}-${id}`,
      anchor,
      positive: `${positive} near`,
      negative,
      pattern,
      source: 'file',
    };
  });
const GROUPS: Record<string, Group[]> = { sts: STS, nli: as('nli'), sup: as('sup') };
const PLAIN: Group[] = [
  ...tinyPlain(50),
  ...ANCHORS.map((anchor, i): Group => ({ id: `line-${i}`, anchor, pattern: 'plain', source: 'file' })),
];

/** A domain as it is bundled: every pattern has a group for each of the anchors, which are plain sentences too. */
function dataOf(name: PatternName): Group[] {
  const pattern = PATTERNS[name];
  const groups = 'groups' in pattern ? GROUPS[pattern.groups]! : [];
  return [...(pattern.plain ? PLAIN : []), ...groups];
}

function inputs(pattern: PatternName, config: Partial<Config> = {}): RunInputs {
  return {
    setting: { domain: 'tiny', pattern },
    config: {
      ...defaultConfig(),
      batch: 8,
      generatedBatch: 4,
      steps: 2,
      heldOut: 0.3,
      seed: SEED,
      ...config,
    },
    groups: dataOf(pattern),
    sharedAnchors: ANCHORS,
    sts: tinyPairs(24),
    model: tinyModel({ max_position_embeddings: 48 }),
    device: { name: 'wasm', detail: 'test', reason: 'test' },
    files: ['tiny'],
  };
}

const prepared = (pattern: PatternName, config: Partial<Config> = {}) =>
  prepare(inputs(pattern, config), Random.seeded(SEED));
const heldOut = ({ measured }: Prepared) => measured.find(({ split }) => split === 'train')!;
const { tokenizer } = tinyModel();
const ids = (sentence: string, length = 48) => tokenizer.ids(sentence, length);
/** The shared anchors that the seed holds out, by the split alone. */
const EXPECTED = splitHeldOut(PLAIN, 0.3, SEED)
  .heldOut.map(({ anchor }) => anchor)
  .filter((anchor) => ANCHORS.includes(anchor));

describe('the measured held-out anchors', () => {
  it.each(PATTERN_NAMES)('of %s are those of every other setting of the domain', (pattern) => {
    expect(EXPECTED.length).toBeGreaterThan(10);
    const firsts = heldOut(prepared(pattern)).pairs.map(([anchor]) => anchor.join());
    expect(firsts.toSorted()).toEqual(EXPECTED.map((anchor) => ids(anchor).join()).toSorted());
  });

  it('are the same with a small share of the groups, and their groups are measured', () => {
    const [all, few] = [prepared('sts_ht'), prepared('sts_ht', { generatedShare: 0.2 })];
    expect(heldOut(few)).toEqual(heldOut(all));
    const groups = (of: Prepared) => of.examples.filter(({ sentences }) => sentences.length > 1).length;
    expect(groups(few)).toBe(Math.round(0.2 * groups(all)));
  });

  it('are all held-out ones of data that says nothing of shared anchors', () => {
    const { measured } = prepare({ ...inputs('dropout'), sharedAnchors: [] }, Random.seeded(SEED));
    expect(measured[0]!.pairs).toHaveLength(splitHeldOut(PLAIN, 0.3, SEED).heldOut.length);
  });

  it('are all held-out ones, with a note, where nearly none is shared', () => {
    const { measured, notes } = prepare(
      { ...inputs('dropout'), sharedAnchors: ['no such'] },
      Random.seeded(SEED),
    );
    expect(measured[0]!.pairs.length).toBeGreaterThan(EXPECTED.length);
    expect(notes.join()).toMatch(/Fewer than two held-out anchors have a group in every pattern/);
  });
});

describe('the pairs', () => {
  const group = (anchor: string, pattern: string) => GROUPS[pattern]!.find((g) => g.anchor === anchor)!;
  const anchor = EXPECTED[0]!;
  const pairOf = (pattern: PatternName, config: Partial<Config> = {}) => {
    const set = heldOut(prepared(pattern, config));
    return set.pairs.find(([first]) => first.join() === ids(anchor).join())!;
  };

  it.each([
    ['dropout', anchor],
    ['nli', group(anchor, 'nli').positive!],
    ['sup', group(anchor, 'sup').positive!],
    ['sts', group(anchor, 'sts').positive!],
    ['sts_ht', group(anchor, 'sts').intermediate!],
  ] as const)('of %s are the anchor and what the setting takes as its positive', (pattern, positive) => {
    expect(pairOf(pattern)).toEqual([ids(anchor), ids(positive)]);
  });

  it('of sts are those of the positive too when the run trains on the intermediate, as the authors measure', () => {
    const [usual, paper] = [prepared('sts'), prepared('sts', { positive: 'intermediate' })];
    expect(heldOut(paper)).toEqual(heldOut(usual));
    const trained = (of: Prepared) =>
      of.examples.find(({ sentences }) => sentences.length > 1)!.sentences.length;
    expect([trained(usual), trained(paper)]).toEqual([3, 4]);
  });
});

describe('the augmentation', () => {
  /** Longer than what is trained on: 20 words, all different. */
  const LONG = WORDS.slice(0, 20).join(' ');
  const long = (pattern: PatternName, config: Partial<Config> = {}) => {
    const given = inputs(pattern, { maxLength: 8, heldOut: 0.01, ...config });
    const groups: Group[] = [
      { id: 'long', anchor: LONG, pattern: 'plain', source: 'file' },
      ...tinyPlain(20),
    ];
    const made = prepare({ ...given, groups, sharedAnchors: [] }, Random.seeded(SEED));
    const example = made.examples.find(({ id }) => id === 'long')!;
    const view = (epoch: number) => made.views.rowsOf(example, epoch)[1]!.slice(1, -1);
    return { made, example, view };
  };
  const inner = ids(LONG).slice(1, -1);

  it('shuffles the whole sentence and cuts it off afterwards', () => {
    const { view, example } = long('token_shuffle');
    expect(example.ids[0]).toHaveLength(8);
    expect(view(0)).toHaveLength(6);
    // Of the first six words alone no other word could come.
    expect(view(0).some((id) => !inner.slice(0, 6).includes(id))).toBe(true);
  });

  it('drops its share of the whole sentence before it is cut off', () => {
    const { view } = long('token_cutoff', { cutoffRate: 0.5 });
    expect(view(0)).toHaveLength(6);
    const places = view(0).map((id) => inner.indexOf(id));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places.at(-1)).toBeGreaterThan(6);
  });

  it('counts the tokens of the whole sentence in its note', () => {
    const { made } = long('token_cutoff', { cutoffRate: 0.05 });
    const short = made.examples.filter(({ whole }) => whole!.length - 2 <= 10).length;
    expect(made.notes.join()).toContain(`nothing in ${short} of ${made.examples.length} sentences`);
  });

  it('is drawn once for the run, or anew in each epoch', () => {
    const once = long('token_shuffle').view;
    expect([once(1), once(2)]).toEqual([once(0), once(0)]);
    const epoch = long('token_shuffle', { augmentation: 'epoch' }).view;
    expect(epoch(0)).toEqual(epoch(0));
    expect(epoch(1)).not.toEqual(epoch(0));
  });

  it('measures the view that is trained on, uncut', () => {
    const { made, example } = long('token_shuffle');
    const held = made.views.tokeniseHeldOut(example);
    const [first, second] = made.views.measuredRows(held);
    expect(first).toEqual(ids(LONG));
    expect(second!.slice(1, 7)).toEqual(made.views.rowsOf(example, 0)[1]!.slice(1, -1));
    expect(second).toHaveLength(first!.length);
  });
});

describe('the prompt of mask pooling', () => {
  it('is the first template on both measured views, and the second one on the second view in training', () => {
    const { measured, views, examples } = prepared('dropout', { pooling: 'mask' });
    for (const [first, second] of measured[0]!.pairs) expect(second).toEqual(first);
    const [first, second] = views.rowsOf(examples[0]!, 0);
    expect(second).not.toEqual(first);
  });

  it('so that alignment without dropout is 0 for pairs of a sentence with itself', async () => {
    await startDevice('wasm', { gpu: async () => 'none' });
    const session = new TrainingSession(inputs('dropout', { pooling: 'mask', dropout: 0 }));
    const events = await session.evaluate();
    session.dispose();
    const alignment = events.find(({ name, split }) => name === 'alignment' && split === 'train');
    expect(alignment).toMatchObject({ value: 0, count: EXPECTED.length });
  });
});
