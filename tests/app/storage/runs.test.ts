// Runs outlive the tab. Whatever goes wrong with keeping them is said, and costs nothing.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MAX_SELECTED } from '../../../src/app/state/runOverlays.ts';
import { RunsState } from '../../../src/app/state/runs.svelte.ts';
import { PIECE, STORED_VERSION, type StoredRun } from '../../../src/app/storage/runStore.ts';
import { BASE, end, header, record, stepsOf } from '../compare/records.ts';
import { append, begin } from './liveRuns.ts';
import { memoryDisk, type MemoryDisk } from './memoryRunStore.ts';
import { domError } from './memoryStore.ts';

let disk: MemoryDisk;
let clock = 0;
const visit = async () => {
  const runs = new RunsState({ defaults: BASE, now: () => (clock += 10), ...disk.tab() });
  await runs.load();
  return runs;
};
/** Trains a whole run. */
const trained = async (runs: RunsState, id: string, ...of: Parameters<typeof record>) => {
  begin(runs, id);
  append(runs, id, record(...of));
  await runs.flush();
};

beforeEach(() => {
  disk = memoryDisk();
  clock = 1e12;
});

describe('runs between visits', () => {
  it('come back event by event, with name, note, figures and parent', async () => {
    const first = await visit();
    await trained(first, 'a', { temperature: 0.1 });
    begin(first, 'b', { id: 'a', step: 40 });
    append(first, 'b', record({ temperature: 0.1, seed: 7 }));
    first.rename('b', 'my branch');
    first.setNote('b', 'colder');
    await first.flush();

    const second = await visit();
    expect(second.list).toEqual(first.list);
    expect(second.list.map(({ name }) => name)).toEqual(['my branch', 'temperature 0.1']);
    expect(second.list[0]).toMatchObject({
      note: 'colder',
      parent: { id: 'a', step: 40 },
      status: 'finished',
    });
    expect((await second.read('b')).events).toEqual(record({ temperature: 0.1, seed: 7 }));
    expect(second.newest?.id).toBe('b');
  });

  it('hold the figures that the record gives', async () => {
    const runs = await visit();
    await trained(runs, 'a');
    const { events } = await runs.read('a');
    const of = (split: string, name: string) =>
      events.flatMap((e) =>
        e.type === 'metric' && e.split === split && e.name === name && e.step > 0 ? [e.value!] : [],
      );
    const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
    const { summary } = runs.list[0]!;
    expect(summary.rfd.alignment).toBeCloseTo(
      mean(of('train', 'alignment')) - mean(of('eval', 'alignment')),
      12,
    );
    expect(summary.rfd.uniformity).toBeCloseTo(
      mean(of('train', 'uniformity')) - mean(of('eval', 'uniformity')),
      12,
    );
    expect(summary.sts.best).toBe(Math.max(...of('eval', 'sts')));
    expect(summary.steps).toBe(120);
  });

  it('are read as an earlier version of the page stored them, with its shorter summary', async () => {
    await trained(await visit(), 'a');
    const { summary, ...rest } = disk.runs.get('a') as StoredRun;
    const old = {
      step: summary.steps,
      loss: summary.loss,
      stsBest: summary.sts.best,
      stsLast: summary.sts.last,
      rfdAlignment: summary.rfd.alignment,
      rfdUniformity: summary.rfd.uniformity,
    };
    disk.runs.set('a', { ...rest, version: 1, summary: old });
    const runs = await visit();
    expect(runs.unreadable).toEqual([]);
    expect(runs.list[0]!.summary).toEqual({
      ...summary,
      sts: { ...summary.sts, first: null },
      alignment: { train: null, eval: null },
      uniformity: { train: null, eval: null },
    });
    const opened = await runs.read('a');
    expect(opened.events).toEqual(record());
    expect(opened.summary()).toEqual(summary);
    // It is stored again as soon as something of it changes.
    runs.rename('a', 'mine');
    await runs.flush();
    expect(disk.runs.get('a')).toMatchObject({
      name: 'mine',
      version: STORED_VERSION,
      summary: { steps: 120 },
    });
    expect((await visit()).list[0]).toMatchObject({ name: 'mine', summary: { loss: summary.loss } });
  });

  it('do not list a run before its first step, nor keep it', async () => {
    const runs = await visit();
    begin(runs, 'tried');
    append(runs, 'tried', [header(), ...stepsOf(0, 0)]);
    await runs.flush();
    expect(runs.list).toEqual([]);
    expect(disk.runs.size).toBe(0);
    append(runs, 'tried', stepsOf(1, 1));
    await runs.flush();
    expect(runs.list).toHaveLength(1);
    expect((await (await visit()).read('tried')).events).toHaveLength(1 + 5 + 1); // what came before it as well
  });

  it('say of a run whose page was closed that it was interrupted, and go on with it', async () => {
    const first = new RunsState({ defaults: BASE, now: () => (clock += 10), ...disk.tab() });
    begin(first, 'a');
    append(first, 'a', [header(), ...stepsOf(0, 30)]);
    await first.flush();
    // The tab is gone, and its locks with it.
    const { claim: _held, ...tab } = disk.tab();
    const second = new RunsState({
      defaults: BASE,
      ...tab,
      claim: async () => ({ release: () => {} }),
    });
    await second.load();
    expect(second.list[0]).toMatchObject({ status: 'interrupted', summary: { steps: 30 } });
    const resumed = await second.resume('a');
    expect(resumed?.step).toBe(30);
    second.changed('a', resumed!.cut(20)); // the checkpoint is older than the record
    second.changed('a', resumed!.append([...stepsOf(21, 120), end(120)]));
    await second.flush();
    expect((await (await visit()).read('a')).events).toEqual(record());
  });

  it('start a record over when a header comes again', async () => {
    const runs = await visit();
    begin(runs, 'a');
    append(runs, 'a', [header(), ...stepsOf(0, 30)]);
    await runs.flush();
    append(runs, 'a', [header(), ...stepsOf(0, 3)]);
    await runs.flush();
    expect((await (await visit()).read('a')).events).toEqual([header(), ...stepsOf(0, 3)]);
  });

  it('open a record from a file, whatever its name, and refuse one without a run', async () => {
    const runs = await visit();
    const id = runs.open(record(), '  \u0000<b>"a"\u202E\n👩‍👩‍👧 \uD800 ' + 'x'.repeat(100));
    expect(runs.list[0]?.name).toMatch(/^<b>"a" 👩‍👩‍👧 x+…$/u);
    runs.open(record(), '');
    runs.open(record(), '');
    expect(runs.list.map(({ name }) => name).slice(0, 2)).toEqual([
      'scenes, STS pattern + HT (2)',
      'scenes, STS pattern + HT',
    ]);
    expect(() => runs.open([], 'empty.jsonl')).toThrow(/empty.jsonl contains no run/);
    await runs.flush();
    expect((await (await visit()).read(id)).events).toEqual(record());
  });

  it('keep a run without any metric, and fifty of them', async () => {
    const runs = await visit();
    for (let i = 0; i < 50; i++) {
      const bare = [header({ seed: i }), ...stepsOf(1, 3).filter(({ type }) => type === 'step')];
      runs.open(bare, `run ${i}`);
    }
    await runs.flush();
    const later = await visit();
    expect(later.list.map(({ name }) => name)).toEqual(Array.from({ length: 50 }, (_, i) => `run ${49 - i}`));
    expect(later.list[0]!.summary).toMatchObject({
      steps: 3,
      rfd: { alignment: null, uniformity: null },
      sts: { best: null },
    });
  });
});

describe('writing', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('happens about once a second while a run grows, and writes its end only', async () => {
    const runs = await visit();
    begin(runs, 'a');
    append(runs, 'a', [header(), ...stepsOf(0, 2000)]);
    await vi.advanceTimersByTimeAsync(1000);
    const before = disk.written;
    expect(disk.pieces.get('a')!.length).toBeGreaterThan(5);
    for (let step = 2001; step <= 2010; step++) {
      append(runs, 'a', stepsOf(step, step));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(disk.written).toBeGreaterThan(before);
    expect(disk.written - before).toBeLessThan(2 * PIECE);
    vi.useRealTimers();
    const { events } = await (await visit()).read('a');
    expect(events.at(-1)).toEqual(stepsOf(2010, 2010).at(-1));
  });
});

describe('deleting', () => {
  it('can be undone, and is final at a later visit', async () => {
    const first = await visit();
    await trained(first, 'a');
    await trained(first, 'b', { seed: 7 });
    first.remove('a');
    first.remove('b');
    expect(first.list).toEqual([]);
    expect(first.lastRemoved?.id).toBe('b');
    first.undo();
    first.undo();
    first.undo();
    expect(first.list.map(({ id }) => id)).toEqual(['b', 'a']);
    first.remove('a');
    await first.flush();
    expect((await visit()).list.map(({ id }) => id)).toEqual(['b']);
    expect(disk.runs.has('a')).toBe(true); // the first tab may still undo

    const cleared: string[] = [];
    const later = new RunsState({
      defaults: BASE,
      now: () => clock + 3_600_000,
      ...disk.tab(),
      oncleared: (id) => cleared.push(id),
    });
    await later.load();
    expect(cleared).toEqual(['a']);
    expect([...disk.runs.keys()]).toEqual(['b']);
  });
});

describe('a store that fails', () => {
  it.each([
    ['QuotaExceededError', /no room left/],
    ['VersionError', /newer version/],
    ['SecurityError', /private window/],
    ['Whatever', /could not be kept \(Whatever happened\)/],
  ])('says so (%s), keeps all of the run here, and stores it when it can', async (name, words) => {
    const runs = await visit();
    begin(runs, 'a');
    disk.failing = domError(name);
    append(runs, 'a', [header(), ...stepsOf(0, 700)]);
    await runs.flush();
    expect(runs.storageFailure).toMatch(words);
    expect((await runs.read('a')).step).toBe(700);
    disk.failing = null;
    append(runs, 'a', stepsOf(701, 710));
    await runs.flush();
    expect(runs.storageFailure).toBeNull();
    expect((await (await visit()).read('a')).events).toEqual([header(), ...stepsOf(0, 710)]);
  });

  it('frees room at once when a run is deleted while it is full', async () => {
    const runs = await visit();
    await trained(runs, 'old');
    begin(runs, 'a');
    disk.failing = domError('QuotaExceededError');
    append(runs, 'a', [header({ seed: 7 }), ...stepsOf(0, 20)]);
    await runs.flush();
    disk.failing = null;
    runs.remove('old');
    await vi.waitFor(() => expect(disk.runs.has('old')).toBe(false));
    await runs.flush();
    expect(runs.lastRemoved).toBeNull();
    expect(disk.runs.has('a')).toBe(true);
  });

  it('names runs that cannot be read, leaves them as they are, and deletes them when told', async () => {
    await trained(await visit(), 'good');
    const { version: _, ...rest } = disk.runs.get('good') as { version: number };
    disk.runs.set('other', { ...rest, id: 'other', version: 3, knobs: [] });
    disk.runs.set('broken', 17);
    const runs = await visit();
    expect(runs.list.map(({ id }) => id)).toEqual(['good']);
    expect(runs.unreadable).toEqual([
      { id: 'other', why: 'version' },
      { id: 'broken', why: 'damaged' },
    ]);
    await runs.flush();
    expect(disk.runs.get('other')).toMatchObject({ version: 3, knobs: [] });
    await runs.discard('broken');
    expect(disk.runs.has('broken')).toBe(false);
  });

  it('leaves out events that are not sound, and counts them', async () => {
    await trained(await visit(), 'a');
    (disk.pieces.get('a')![0] as unknown[]).splice(3, 2, null, { type: 'metric', step: 'x' });
    const loaded = await (await visit()).read('a');
    expect(loaded.unreadableEvents).toBe(2);
    expect(loaded.events).toHaveLength(record().length - 2);
  });
});

describe('two tabs', () => {
  it('see one another’s runs, and only one of them writes a run', async () => {
    const [one, other] = [await visit(), await visit()];
    begin(one, 'a');
    append(one, 'a', [header(), ...stepsOf(0, 30)]);
    await one.flush();
    await other.load();
    expect(other.list[0]).toMatchObject({ id: 'a', status: 'running' });
    expect(await other.resume('a')).toBeNull();
    await other.read('a');
    append(one, 'a', [...stepsOf(31, 120), end(120)]);
    await one.flush();
    await vi.waitFor(() => expect(other.list[0]?.status).toBe('finished'));
    expect((await other.read('a')).step).toBe(120); // what was read earlier is read again
    expect((await other.resume('a'))?.step).toBe(120);
  });

  it('lose nothing when one deletes for good what the other is training', async () => {
    const one = await visit();
    begin(one, 'a');
    append(one, 'a', [header(), ...stepsOf(0, 700)]);
    await one.flush();
    disk.runs.delete('a');
    disk.pieces.delete('a');
    append(one, 'a', stepsOf(701, 705));
    await one.flush();
    expect((await (await visit()).read('a')).events).toEqual([header(), ...stepsOf(0, 705)]);
  });
});

describe('the selection', () => {
  it('holds five runs with colours of their own, and outlives the visit', async () => {
    const runs = await visit();
    for (let i = 0; i < 7; i++) await trained(runs, `run-${i}`, { batch: 8 + i });
    for (let i = 0; i < MAX_SELECTED; i++) expect(runs.select(`run-${i}`, true)).toBe(true);
    expect(runs.canSelectMore).toBe(false);
    expect(runs.select('run-5', true)).toBe(false);
    expect(runs.overlays.others.map(({ id }) => id)).toEqual(['run-0', 'run-1', 'run-2', 'run-3', 'run-4']);
    expect(new Set(runs.selected.map((id) => runs.colorOf(id))).size).toBe(5);
    const color = runs.colorOf('run-1');
    runs.select('run-0', false);
    runs.select('run-6', true); // run-6 is shown, so its curve is not laid over itself
    expect(runs.colorOf('run-1')).toBe(color);
    expect(runs.overlays.others.map(({ id }) => id)).not.toContain('run-6');

    const later = await visit();
    expect(later.selected).toEqual(runs.selected);
    expect(later.colorOf('run-1')).toBe(color);
    expect(later.overlays.others).toHaveLength(5);
  });

  it('shows the run that a branch came from, even when five are selected', async () => {
    const runs = await visit();
    for (let i = 0; i < 6; i++) await trained(runs, `run-${i}`, { batch: 8 + i });
    for (let i = 0; i < 5; i++) runs.select(`run-${i}`, true);
    begin(runs, 'branch', { id: 'run-5', step: 10 });
    expect(runs.selected).toContain('run-5');
    expect(runs.selected).toHaveLength(5);
    runs.remove('run-5');
    expect(runs.selected).not.toContain('run-5');
  });

  it('draws runs that differ in their seed alone as one band, once they have ended', async () => {
    const runs = await visit();
    for (const seed of [1, 2, 3]) await trained(runs, `seed-${seed}`, { seed }, seed / 100);
    await trained(runs, 'hot', { temperature: 0.2 });
    for (const id of ['seed-1', 'seed-2', 'hot']) runs.select(id, true);
    runs.current = 'seed-3';
    expect(runs.overlays.bands.map(({ ids }) => [...ids].sort())).toEqual([['seed-1', 'seed-2', 'seed-3']]);
    expect(runs.overlays.bands[0]!.name).toBe('3 seeds of scenes, STS pattern + HT');
    expect(runs.overlays.others.map(({ id }) => id)).toEqual(['hot']);
    begin(runs, 'seed-4');
    append(runs, 'seed-4', [header({ seed: 4 }), ...stepsOf(0, 10)]);
    expect(runs.overlays.bands[0]!.ids).toEqual(['seed-2', 'seed-1']);
  });
});
