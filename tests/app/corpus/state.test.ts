// The visitor's groups: every change can be undone, ids follow a sentence to the map, and what goes into a training
// is what is shown.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CorpusState } from '../../../src/app/state/corpus.svelte.ts';
import { BUNDLED } from '../../../src/app/state/corpusFiles.ts';
import { cleanSentence, LONGEST_SENTENCE } from '../../../src/app/state/corpusText.ts';
import { PATTERN_NAMES } from '../../../src/run/settings.ts';

fc.configureGlobal({ seed: 5, numRuns: 60 });

const CORPORA = join(import.meta.dirname, '../../../public/corpora');
/** The files as a server would give them. */
const served = (url: string) => Promise.resolve(new Response(readFileSync(join(CORPORA, url), 'utf8')));
const fresh = (fetcher: (url: string) => Promise<Response> = served) =>
  new CorpusState({ store: null, fetcher, base: '' });

describe('own groups', () => {
  let corpus: CorpusState;
  beforeEach(() => {
    corpus = fresh();
  });
  const anchors = () => corpus.user.groups.map(({ anchor }) => anchor);

  it('are cleaned, told of, and get ids that are never given again', () => {
    const heard = vi.fn();
    corpus.user.onadded = heard;
    corpus.user.add([{ anchor: '  A\tdog \n runs\u0007. ', positive: ' ', negative: 'No dog.' }]);
    expect(corpus.user.groups).toEqual([
      expect.objectContaining({ id: 'own-1', anchor: 'A dog runs.', positive: undefined, source: 'typed' }),
    ]);
    expect(heard).toHaveBeenCalledExactlyOnceWith(corpus.user.groups);
    corpus.user.undo();
    corpus.user.add([{ anchor: 'B' }]);
    expect(corpus.user.groups.map(({ id }) => id)).toEqual(['own-2']); // a run may still know own-1
  });

  it('refuses what cannot be trained on, and copies', () => {
    corpus.user.add([{ anchor: 'A', positive: 'B' }]);
    const outcome = corpus.user.add([
      { anchor: ' \u0000 ' },
      { anchor: 'x'.repeat(LONGEST_SENTENCE + 1) },
      { anchor: ' A ', positive: 'B' },
      { anchor: 'x'.repeat(LONGEST_SENTENCE) },
    ]);
    expect(outcome).toEqual({ added: 1, duplicates: 1, invalid: 2, overLimit: 0 });
  });

  it('can be edited, and their pattern follows; an edit that cannot be used changes nothing', () => {
    corpus.user.add([{ anchor: 'A', positive: 'B' }]);
    expect(corpus.user.groups[0]!.pattern).toBe('nli');
    expect(corpus.user.update('own-1', { intermediate: 'C' })).toBe(true);
    expect(corpus.user.groups[0]).toMatchObject({ id: 'own-1', intermediate: 'C', pattern: 'sts' });
    const before = corpus.user.groups;
    expect(corpus.user.update('own-1', { anchor: ' ' })).toBe(false);
    expect(corpus.user.update('plain:1', { anchor: 'bundled ones stay' })).toBe(false);
    expect(corpus.user.groups).toBe(before);
  });

  it('come back by undo and go by redo; a new change ends redo', () => {
    corpus.user.add([{ anchor: 'A' }, { anchor: 'B' }]);
    corpus.user.addPairs([{ score: 1, first: 'a', second: 'b' }]);
    corpus.user.remove(['own-1', 'pair-3']);
    corpus.user.clear();
    expect(corpus.user.lastChange).toEqual({ kind: 'cleared', count: 1, by: 'doing' });
    corpus.user.undo();
    corpus.user.undo();
    expect(anchors()).toEqual(['A', 'B']);
    expect(corpus.user.pairs).toHaveLength(1);
    expect(corpus.user.lastChange).toEqual({ kind: 'deleted', count: 2, by: 'undo' });
    corpus.user.redo();
    expect(anchors()).toEqual(['B']);
    corpus.user.add([{ anchor: 'C' }]);
    expect(corpus.user.canRedo).toBe(false);
  });

  it('any series of changes is undone to the beginning and redone to the end', () => {
    const step = fc.record({
      what: fc.constantFrom('add', 'remove', 'update', 'pair', 'clear'),
      n: fc.nat(6),
      text: fc.string(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const state = fresh();
        for (const { what, n, text } of steps) {
          if (what === 'add') state.user.add([{ anchor: text }]);
          else if (what === 'pair') state.user.addPairs([{ score: n, first: text, second: 'b' }]);
          else if (what === 'remove') state.user.remove([`own-${n}`, `pair-${n}`]);
          else if (what === 'update') state.user.update(`own-${n}`, { positive: text });
          else state.user.clear();
        }
        const end = [state.user.groups, state.user.pairs];
        while (state.user.canUndo) state.user.undo();
        expect([state.user.groups, state.user.pairs]).toEqual([[], []]);
        while (state.user.canRedo) state.user.redo();
        expect([state.user.groups, state.user.pairs]).toEqual(end);
      }),
    );
  });

  it('remembers a hundred changes', () => {
    for (let i = 0; i < 130; i++) corpus.user.add([{ anchor: `a ${i}` }]);
    while (corpus.user.canUndo) corpus.user.undo();
    expect(corpus.user.groups).toHaveLength(30);
  });

  it('very many come in as one change', async () => {
    const drafts = Array.from({ length: 3000 }, (_, i) => ({ anchor: `a ${i % 2500}`, positive: 'p' }));
    expect(await corpus.user.addMany(drafts, [])).toEqual({
      added: 2500,
      duplicates: 500,
      invalid: 0,
      overLimit: 0,
    });
    corpus.user.undo();
    expect(corpus.user.groups).toHaveLength(0);
  });
});

it('cleaning a clean sentence changes nothing, and leaves no control character or line break', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      const once = cleanSentence(text);
      expect(cleanSentence(once)).toBe(once);
      expect(once).not.toMatch(/\p{Cc}|\s{2}|^\s|\s$|\p{Surrogate}/u);
    }),
  );
});

describe('the bundled corpus', () => {
  it.each(
    Object.keys(BUNDLED).flatMap((domain) => PATTERN_NAMES.map((pattern) => [domain, pattern] as const)),
  )('%s.%s loads and can be trained on, or says why not', async (domain, pattern) => {
    const corpus = fresh();
    await corpus.load(domain, pattern);
    expect(corpus.failure).toBe(corpus.missingFor(domain, pattern));
    expect(corpus.shortfall).toBe(corpus.failure);
    if (corpus.failure === null) expect(corpus.evaluationPairs).toHaveLength(300);
  });

  it('a failure keeps what was there, and says that it is not what was chosen', async () => {
    let broken = false;
    const corpus = fresh((url) => (broken ? Promise.reject(new TypeError('Failed to fetch')) : served(url)));
    await corpus.load('scenes', 'nli');
    const before = corpus.bundled;
    broken = true;
    await corpus.load('encyclopedia', 'nli');
    expect(corpus.bundled).toBe(before);
    expect(corpus.failure).toMatch(/no connection/);
    expect(corpus.shortfall).toBe(corpus.failure);
    await corpus.load('scenes', 'nli'); // from memory
    expect([corpus.failure, corpus.shortfall]).toEqual([null, null]);
  });

  it.each([
    ['404', () => new Response('', { status: 404 }), /not on the page's server/],
    ['500', () => new Response('', { status: 500 }), /status 500/],
    [
      'the page itself',
      () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }),
      /not on the page's server/,
    ],
    ['an empty file', () => new Response(''), /empty/],
  ])('%s in place of a file is told', async (_, answer, words) => {
    const corpus = fresh(() => Promise.resolve(answer()));
    await corpus.load('scenes', 'dropout');
    expect(corpus.failure).toMatch(words);
    expect(corpus.loading).toBe(false);
  });

  it('a later choice overtakes an earlier one that is still loading', async () => {
    const answers: (() => void)[] = [];
    const corpus = fresh((url) => new Promise((resolve) => answers.push(() => resolve(served(url)))));
    const first = corpus.load('scenes', 'dropout');
    const second = corpus.load('encyclopedia', 'dropout');
    answers.reverse().forEach((answer) => answer());
    await Promise.all([first, second]);
    expect(corpus.loaded).toEqual({ domain: 'encyclopedia', pattern: 'dropout' });
    expect(corpus.failure).toBeNull();
  });

  it('switched off leaves the visitor alone with their own, which then serve the setting', async () => {
    const corpus = fresh();
    await corpus.load('scenes', 'nli');
    corpus.user.add([{ anchor: 'a', positive: 'p', intermediate: 'i', negative: 'n' }]);
    expect(corpus.groups).toEqual([...corpus.bundled, ...corpus.user.groups]);
    expect(corpus.forTraining).toMatchObject({ groups: corpus.bundled, userGroups: corpus.user.groups });
    corpus.usesBundled = false;
    expect(corpus.groups).toEqual(corpus.user.groups);
    expect(corpus.evaluationPairs).toEqual([]);
    // By itself the group would count as an STS group, and the NLI setting would find nothing to train on.
    expect(corpus.forTraining.groups.map(({ pattern }) => pattern)).toEqual(['nli']);
  });
});

describe('too little to train on', () => {
  const alone = (count: number) => {
    const corpus = fresh();
    corpus.usesBundled = false;
    corpus.user.add(
      Array.from({ length: count }, (_, i) => ({ anchor: `a ${i}`, positive: `p ${i}`, negative: 'n' })),
    );
    return corpus;
  };
  const need = { batch: 8, heldOut: 0.1, seed: 42, generatedShare: 1, positive: 'positive' as const };

  it('two groups: says how many are needed', () => {
    expect(alone(2).shortfall).toMatch(/2 groups are too few .* at least 4/);
  });

  it('nothing at all, one, enough', () => {
    expect(alone(0).shortfall).toMatch(/nothing to train on/);
    expect(alone(1).shortfall).toMatch(/^One group is too few/);
    expect(alone(4).shortfallFor({ ...need, batch: 2 })).toBeNull();
  });

  it('fewer than a batch: says how many there are', async () => {
    const corpus = alone(6);
    await corpus.load('scenes', 'nli');
    expect(corpus.shortfall).toBeNull();
    expect(corpus.shortfallFor(need)).toMatch(/batch of 8 .* has 4/);
    expect(corpus.shortfallFor({ ...need, batch: 4 })).toBeNull();
  });
});
