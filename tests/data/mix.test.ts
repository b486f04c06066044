// The settings of the paper differ in nothing but the data: which sentences are plain rows, which are groups, and in
// which order their sentences stand. What a corpus cannot give must be said, not passed over.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Group, GroupPattern } from '../../src/data/group.ts';
import { cutoffNote, mixExamples, splitExamples, takeShare, type MixOptions } from '../../src/data/mix.ts';
import { PATTERN_NAMES, type PatternName } from '../../src/run/settings.ts';
import { Failure } from '../../src/util/failure.ts';

fc.configureGlobal({ seed: 26, numRuns: 100 });

/** The examples to train on, before any is held out. */
function mix(groups: readonly Group[], pattern: PatternName, given: Partial<MixOptions> = {}) {
  const options = { pattern, generatedShare: 1, seed: 42, ...given };
  const mixture = mixExamples(groups, options);
  return { ...mixture, examples: takeShare(mixture.examples, options) };
}

let made = 0;

/** A group with the given sentences beside its anchor: p(ositive), i(ntermediate), n(egative). */
function group(anchor: string, pattern: GroupPattern, letters = ''): Group {
  const text = (letter: string, role: string) =>
    letters.includes(letter) ? { [role]: `${anchor} ${role}` } : {};
  return {
    id: `g${made++}`,
    anchor,
    ...text('p', 'positive'),
    ...text('i', 'intermediate'),
    ...text('n', 'negative'),
    pattern,
    source: 'file',
  };
}

const groups = (prefix: string, count: number, pattern: GroupPattern, letters = '') =>
  Array.from({ length: count }, (_, i) => group(`${prefix}${i}`, pattern, letters));

/** A domain as it is bundled: plain sentences, of which some are anchors of groups too. */
const DOMAIN = [...groups('s', 12, 'plain'), ...groups('s', 4, 'sts', 'pin'), ...groups('n', 3, 'nli', 'pn')];

const plainOf = (examples: { sentences: string[] }[]) =>
  examples.filter(({ sentences }) => sentences.length === 1).map(({ sentences }) => sentences[0]);
const groupsOf = (examples: { sentences: string[] }[]) =>
  examples.map(({ sentences }) => sentences).filter((sentences) => sentences.length > 1);

describe('plain settings', () => {
  it.each(['dropout', 'token_cutoff', 'token_shuffle'] as const)(
    '%s take every anchor once, alone',
    (pattern) => {
      const { examples, notes } = mix(DOMAIN, pattern);
      expect(plainOf(examples)).toEqual(
        [...groups('s', 12, 'plain'), ...groups('n', 3, 'plain')].map((g) => g.anchor),
      );
      expect(
        examples.every(({ anchor, sentences, generated }) => sentences[0] === anchor && !generated),
      ).toBe(true);
      expect(examples).toHaveLength(15);
      expect(notes).toEqual([]);
    },
  );

  it('do not care for the share of generated groups', () => {
    expect(mix(DOMAIN, 'dropout', { generatedShare: 0 })).toEqual(mix(DOMAIN, 'dropout'));
  });
});

describe('generated settings', () => {
  it('nli takes premise, entailed, contradicting; all other anchors are plain', () => {
    const { examples, notes } = mix(DOMAIN, 'nli');
    expect(plainOf(examples)).toEqual(groups('s', 12, 'plain').map(({ anchor }) => anchor));
    expect(groupsOf(examples)).toEqual(['n0', 'n1', 'n2'].map((n) => [n, `${n} positive`, `${n} negative`]));
    expect(notes).toEqual([]);
  });

  it('sts leaves the intermediate sentence out, sts_ht puts it third', () => {
    const triples = groupsOf(mix(DOMAIN, 'sts').examples);
    const quadruples = groupsOf(mix(DOMAIN, 'sts_ht').examples);
    expect(triples[0]).toEqual(['s0', 's0 positive', 's0 negative']);
    expect(quadruples[0]).toEqual(['s0', 's0 positive', 's0 intermediate', 's0 negative']);
    expect([triples.length, quadruples.length]).toEqual([4, 4]);
  });

  it('sts takes all four sentences when the intermediate is to be the positive, and says when there is none', () => {
    const { examples, roles } = mix(DOMAIN, 'sts', { positive: 'intermediate' });
    expect(groupsOf(examples)[0]).toEqual(['s0', 's0 positive', 's0 intermediate', 's0 negative']);
    expect(roles).toEqual(['anchor', 'positive', 'intermediate', 'negative']);
    const without = mix(groups('a', 5, 'sts', 'pn'), 'sts', { positive: 'intermediate' });
    expect(groupsOf(without.examples)[0]).toEqual(['a0', 'a0 positive', 'a0 negative']);
    expect(without.notes).toEqual([
      'No group has an intermediate sentence: InfoNCE takes the positive instead.',
    ]);
    for (const other of ['nli', 'dropout', 'sts_ht'] as const)
      expect(mix(DOMAIN, other, { positive: 'intermediate' })).toEqual(mix(DOMAIN, other));
  });

  it('mark the groups, so that they wait for each other, and keep their ids', () => {
    const { examples } = mix(DOMAIN, 'sts_ht');
    for (const { id, anchor, sentences, generated } of examples) {
      expect(generated).toBe(sentences.length > 1);
      expect(DOMAIN.find((g) => g.id === id)?.anchor).toBe(anchor);
    }
    expect(new Set(examples.map(({ id }) => id)).size).toBe(examples.length);
  });

  it('never have a sentence both as a plain row and as the anchor of a group', () => {
    const anyGroup = fc
      .tuple(
        fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
        fc.constantFrom('', 'p', 'pn', 'pin', 'in'),
      )
      .chain(([anchor, letters]) =>
        fc
          .constantFrom<GroupPattern>('plain', 'nli', 'sts', 'sup')
          .map((pattern) => group(anchor, pattern, letters)),
      );
    const names = fc.constantFrom(...PATTERN_NAMES);
    fc.assert(
      fc.property(
        fc.array(anyGroup, { minLength: 8 }),
        names,
        fc.constantFrom(0, 0.5, 1),
        (all, pattern, share) => {
          try {
            const { examples } = mix(all, pattern, { generatedShare: share });
            const plain = plainOf(examples);
            const used = groupsOf(examples).map(([anchor]) => anchor);
            expect(new Set(plain).size).toBe(plain.length);
            expect(plain.filter((anchor) => used.includes(anchor))).toEqual([]);
            const covered = new Set([...plain, ...used]);
            if (pattern !== 'sup') expect(covered).toEqual(new Set(all.map(({ anchor }) => anchor)));
          } catch (error) {
            expect(error).toBeInstanceOf(Failure);
          }
        },
      ),
    );
  });

  it('use several groups of one anchor each for itself', () => {
    const twice = [...groups('s', 4, 'plain'), group('s1', 'nli', 'pn'), group('s1', 'nli', 'pn')];
    const { examples } = mix(twice, 'nli');
    expect(plainOf(examples)).toEqual(['s0', 's2', 's3']);
    expect(groupsOf(examples)).toHaveLength(2);
  });
});

describe('supervised', () => {
  it('takes labelled groups alone, and they do not wait', () => {
    const { examples } = mix([...DOMAIN, ...groups('l', 5, 'sup', 'pn')], 'sup');
    expect(plainOf(examples)).toEqual([]);
    expect(examples).toHaveLength(5 + 3);
    expect(examples.every(({ generated }) => !generated)).toBe(true);
  });

  it('and nli serve each other, sts serves nobody else', () => {
    const nli = groups('a', 4, 'nli', 'pn');
    const sup = groups('a', 4, 'sup', 'pn');
    const sts = groups('a', 4, 'sts', 'pin');
    for (const [data, pattern] of [
      [nli, 'sup'],
      [sup, 'nli'],
    ] as const) {
      expect(groupsOf(mix(data, pattern).examples)).toHaveLength(4);
    }
    for (const [data, pattern] of [
      [sts, 'sup'],
      [sts, 'nli'],
      [nli, 'sts'],
      [sup, 'sts_ht'],
    ] as const) {
      expect(() => mix(data, pattern)).toThrow(Failure);
    }
  });
});

describe('what the data lacks', () => {
  it('is noted, and the anchors of incomplete groups are used as plain sentences', () => {
    const data = [
      ...groups('s', 5, 'plain'),
      ...groups('a', 3, 'sts', 'pin'),
      ...groups('b', 2, 'sts', 'pn'),
    ];
    const { examples, notes } = mix(data, 'sts_ht');
    expect(groupsOf(examples)).toHaveLength(3);
    expect(plainOf(examples)).toEqual(['s0', 's1', 's2', 's3', 's4', 'b0', 'b1']);
    expect(notes).toEqual([
      '2 of 5 groups lack one of anchor, positive, intermediate, negative; only their anchors are used, as plain sentences.',
    ]);
  });

  it('is left out in supervised training', () => {
    const { examples, notes } = mix([...groups('a', 4, 'sup', 'pn'), ...groups('b', 2, 'sup', 'p')], 'sup');
    expect(examples).toHaveLength(4);
    expect(notes).toEqual(['2 of 6 groups lack one of anchor, positive, negative; they are left out.']);
  });

  it('gives HT three sentences when there is no intermediate at all, with a note', () => {
    const data = [...groups('s', 4, 'plain'), ...groups('a', 3, 'sts', 'pn'), ...groups('b', 1, 'sts', 'p')];
    const { examples, notes } = mix(data, 'sts_ht');
    expect(groupsOf(examples)).toEqual(['a0', 'a1', 'a2'].map((a) => [a, `${a} positive`, `${a} negative`]));
    expect(examples.filter(({ generated }) => generated)).toHaveLength(3);
    expect(notes).toEqual([
      expect.stringMatching(/^HT without intermediates: /),
      '1 of 4 groups lack one of anchor, positive, negative; only their anchors are used, as plain sentences.',
    ]);
  });

  it('trains pairs without hard negatives when no group has a negative, with a note', () => {
    const { examples, notes } = mix(groups('a', 6, 'nli', 'p'), 'sup');
    expect(groupsOf(examples)).toEqual([0, 1, 2, 3, 4, 5].map((i) => [`a${i}`, `a${i} positive`]));
    expect(notes).toEqual([expect.stringMatching(/^No group has a negative sentence/)]);
  });

  it.each([
    ['nli', 'nli groups with anchor, positive, negative'],
    ['sts', 'sts groups with anchor, positive, negative'],
    ['sts_ht', 'sts groups with anchor, positive, intermediate, negative'],
    ['sup', 'sup groups with anchor, positive, negative'],
  ] as const)('stops %s, saying what it needs and what there is', (pattern, needs) => {
    const data = [...groups('s', 5, 'plain'), ...groups('a', 2, pattern === 'sup' ? 'sup' : 'sts', 'n')];
    expect(() => mix(data, pattern)).toThrow(
      new Failure(
        `Setting "${pattern}" needs ${needs}, and the data has none (it holds 5 plain, 2 ${pattern === 'sup' ? 'sup' : 'sts'}).`,
      ),
    );
  });

  it('stops when there is too little to train and to measure', () => {
    const message = (count: string) =>
      `The data gives ${count}; at least 4 are needed (2 to train on, 2 held out).`;
    expect(() => mix(groups('s', 3, 'plain'), 'dropout')).toThrow(new Failure(message('3 examples')));
    expect(() => mix([...groups('s', 1, 'plain'), ...groups('s', 1, 'plain')], 'dropout')).toThrow(
      new Failure(message('1 example')),
    );
    expect(mix(groups('s', 4, 'plain'), 'dropout').examples).toHaveLength(4);
  });
});

describe('generatedShare', () => {
  const data = [...groups('s', 10, 'plain'), ...groups('a', 40, 'nli', 'pn')];
  const used = (share: number, seed = 42) =>
    groupsOf(mix(data, 'nli', { generatedShare: share, seed }).examples).map(([anchor]) => anchor);

  it('takes so many groups, in their order, and the other anchors are plain', () => {
    for (const share of [0, 0.1, 0.25, 0.5, 1]) {
      const { examples } = mix(data, 'nli', { generatedShare: share });
      expect(groupsOf(examples)).toHaveLength(40 * share);
      expect(examples).toHaveLength(50);
      const places = used(share).map((anchor) => data.findIndex((g) => g.anchor === anchor));
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    }
  });

  it('is nested: more groups are the same ones and others', () => {
    let smaller: (string | undefined)[] = [];
    for (let share = 0; share <= 1; share += 0.05) {
      const larger = used(share);
      expect(smaller.filter((anchor) => !larger.includes(anchor))).toEqual([]);
      smaller = larger;
    }
  });

  it('draws by the seed', () => {
    expect(used(0.5)).toEqual(used(0.5));
    expect(used(0.5)).not.toEqual(used(0.5, 43));
  });

  it('of nothing, or too small for one group, leaves plain training', () => {
    expect(used(0)).toEqual([]);
    expect(used(0.01)).toEqual([]);
    expect(mix(groups('s', 5, 'plain'), 'nli', { generatedShare: 0 }).examples).toHaveLength(5);
  });
});

describe('splitExamples', () => {
  it('keeps all held-out groups whatever the share: they are measured, not trained on', () => {
    const data = [...groups('s', 100, 'plain'), ...groups('a', 200, 'nli', 'pn')];
    const split = (generatedShare: number) =>
      splitExamples(data, { pattern: 'nli', generatedShare, seed: 42, heldOut: 0.2 });
    const [all, few] = [split(1), split(0.1)];
    expect(few.heldOut).toEqual(all.heldOut);
    expect(groupsOf(all.heldOut).length).toBeGreaterThan(20);
    const trained = groupsOf(all.train).length;
    expect(groupsOf(few.train)).toHaveLength(Math.round(0.1 * trained));
    expect(few.train).toHaveLength(all.train.length);
  });
});

describe('cutoffNote', () => {
  it('says how many sentences token cutoff leaves whole', () => {
    expect(cutoffNote([5, 10, 11, 40], 0.05)).toBe(
      'Token cutoff drops round(0.05 x n) tokens: nothing in 2 of 4 sentences, whose views then differ by dropout alone.',
    );
    expect(cutoffNote([11, 40], 0.05)).toBeUndefined();
    expect(cutoffNote([], 0.05)).toBeUndefined();
  });
});
