// The reactive shell around the state machine, with a worker that only notes what it is told.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveTraining } from '../../../src/app/live/liveTraining.svelte.ts';
import type { UnfinishedRun } from '../../../src/app/live/options.ts';
import { continues } from '../../../src/app/live/unfinished.ts';
import { NoticesState } from '../../../src/app/state/notices.svelte.ts';
import { RecipeState } from '../../../src/app/state/recipe.svelte.ts';
import { RunRecord } from '../../../src/record/runRecord.ts';
import type { RunEvent } from '../../../src/run/events.ts';
import { pageDefaults } from '../../../src/run/pageDefaults.ts';
import type { Command, Report, StartCommand } from '../../../src/worker/protocol.ts';
import { header, step } from '../../record/events.ts';

let commands: Command[] = [];
const workers: FakeWorker[] = [];

class FakeWorker {
  onmessage: (message: { data: unknown }) => void = () => undefined;

  constructor() {
    workers.push(this);
  }

  postMessage(command: Command): void {
    commands.push(structuredClone(command));
  }

  terminate(): void {
    this.onmessage = () => undefined;
  }
}

beforeEach(() => {
  commands = [];
  vi.stubGlobal('Worker', FakeWorker);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const told = (...types: Command['type'][]) => commands.filter(({ type }) => types.includes(type));
const lastStart = () => told('start').at(-1) as StartCommand;
const worker = () => workers.at(-1)!;
const report = (said: Report) => worker().onmessage({ data: said });
const device = { name: 'wasm', detail: '', reason: '' } as const;

interface Setup {
  unfinished?: UnfinishedRun | null;
  loading?: boolean;
  shortfall?: string | null;
}

function setUp({ unfinished = null, loading = false, shortfall = null }: Setup = {}) {
  const defaults = pageDefaults();
  const recipe = new RecipeState({
    defaults,
    linkChoices: { domains: [defaults.setting.domain], models: ['auto', 'pocket', 'mini'] },
  });
  const notices = new NoticesState();
  const recorder = { begin: vi.fn(), changed: vi.fn() };
  const data = { groups: [], userGroups: [], sharedAnchors: [], sts: [], bundled: true, loading, shortfall };
  let ids = 0;
  const training = new LiveTraining({
    recipe,
    notices,
    recorder,
    data: () => data,
    modelAddress: (model) => model,
    newId: () => `run-${++ids}`,
    unfinished: () => Promise.resolve(unfinished),
  });
  return { training, recipe, notices, recorder, data };
}

const status = (name: 'waiting' | 'running' | 'recovering' | 'ended', at: number, run = 1) =>
  report({ type: 'status', run, status: name, step: at });
const events = (...list: RunEvent[]) => report({ type: 'events', run: 1, events: list });

/** A run that waits after some steps. */
async function waitingAt(at: number, options?: Setup) {
  const page = setUp(options);
  page.training.load();
  report({
    type: 'loaded',
    device,
    model: { name: 'tiny', hidden: 8, layers: 1, maxPositions: 8 },
  });
  await vi.waitFor(() => expect(told('start')).toHaveLength(1));
  events({ ...header({ steps: 6 }), config: lastStart().config });
  for (let i = 1; i <= at; i++) events(step(i));
  status('waiting', at);
  return page;
}

describe('a hot knob', () => {
  const turned = async (value = 0.2) => {
    const page = await waitingAt(3);
    page.recipe.set('temperature', value);
    page.training.edit('temperature');
    return page;
  };

  it('is told once, and applied when the worker says so', async () => {
    const { recipe, training } = await turned();
    training.sendUnsentEdits();
    expect(told('edit')).toEqual([{ type: 'edit', edit: { knob: 'temperature', value: 0.2 } }]);
    expect(recipe.applied?.config.temperature).not.toBe(0.2);
    events({ type: 'edit', step: 3, knob: 'temperature', from: 0.05, to: 0.2 }, step(4));
    expect(recipe.applied?.config.temperature).toBe(0.2);
    expect(recipe.appliedAtStep).toEqual({ temperature: 3 });
  });

  it('is told before the next step when nobody has told it yet', async () => {
    const { recipe, training } = await waitingAt(3);
    recipe.set('temperature', 0.2);
    training.step();
    expect(commands.slice(-2).map(({ type }) => type)).toEqual(['edit', 'step']);
  });

  it('is told while a device is being recovered', async () => {
    const { recipe, training } = await waitingAt(3);
    status('recovering', 3);
    expect(training.status).toBe('recovering');
    recipe.set('temperature', 0.2);
    training.edit('temperature');
    expect(told('edit')).toHaveLength(1);
  });

  it('that is changed at a step of the past begins a branch, and the recipe stays as it is', async () => {
    const { recipe, training, recorder } = await waitingAt(3);
    const before = recipe.config.temperature;
    training.seek(1);
    report({ type: 'seeked', run: 1, step: 1, milliseconds: 1 });
    status('waiting', 1);
    recipe.set('temperature', 0.2);
    const chosen = recipe.config;
    training.edit('temperature');
    expect(commands.slice(-2).map(({ type }) => type)).toEqual(['start', 'edit']);
    expect(lastStart()).toMatchObject({ branch: { step: 1 }, config: { temperature: before } });
    expect(recipe.config).toBe(chosen);
    expect(recorder.begin).toHaveBeenLastCalledWith('run-2', training.run.record, { id: 'run-1', step: 1 });
    expect(training.status).toBe('loading');
    status('waiting', 1, 2);
    expect(training.status).toBe('paused');
  });
});

describe('the training', () => {
  it('begins by itself, and plays when that was asked before', async () => {
    const { training } = setUp();
    training.load();
    training.play();
    report({ type: 'loaded', device, model: { name: '', hidden: 8, layers: 1, maxPositions: 8 } });
    await vi.waitFor(() => expect(told('start')).toHaveLength(1));
    expect(told('play')).toEqual([]);
    status('waiting', 0);
    expect(told('play')).toEqual([{ type: 'play', rate: null }]);
    expect(training.status).toBe('running');
  });

  it('resumes what an earlier visit left, once, and cuts its record to the checkpoint', async () => {
    const record = new RunRecord([header({ steps: 6 }), step(1), step(2)]);
    const left = { id: 'left', record, playing: false };
    const { training, recorder } = setUp({ unfinished: left });
    training.load();
    report({ type: 'loaded', device, model: { name: '', hidden: 8, layers: 1, maxPositions: 8 } });
    await vi.waitFor(() => expect(lastStart()).toMatchObject({ saveAs: 'left', resume: true }));
    expect(training.run.step).toBe(2);
    status('waiting', 1);
    expect(training.run.step).toBe(1);
    expect(recorder.changed).toHaveBeenCalledWith('left', 2);
    expect(training.status).toBe('paused');
  });

  it('says why it cannot begin', async () => {
    const { training, notices } = setUp({ shortfall: 'Two groups are too few.' });
    training.load();
    report({ type: 'loaded', device, model: { name: '', hidden: 8, layers: 1, maxPositions: 8 } });
    await vi.waitFor(() => expect(training.status).toBe('failed'));
    expect(notices.all.map(({ text }) => text)).toContain('Two groups are too few.');
    expect(told('start')).toEqual([]);
  });

  it('is started again after its worker has died', async () => {
    const { training } = await waitingAt(2);
    worker().onmessage({ data: 'nonsense' });
    expect(training.status).toBe('failed');
    expect(training.run.step).toBe(2);
    training.play();
    expect(told('load')).toHaveLength(2);
    expect(training.status).toBe('loading');
  });

  it('ignores reports of a run that another one has replaced', async () => {
    const { training } = await waitingAt(2);
    training.start(false);
    status('running', 2);
    events(step(3));
    expect([training.status, training.run.step]).toEqual(['loading', 0]);
  });
});

const model = { name: '', hidden: 8, layers: 1, maxPositions: 8 };

describe('another encoder', () => {
  const spareOf = async (page: Awaited<ReturnType<typeof waitingAt>>) => {
    const prepared = page.training.worker.prepare({ model: 'mini', device: 'auto' });
    report({ type: 'loaded', device, model }); // of the newest worker, the spare
    expect(await prepared).toEqual(device);
  };

  it('loads beside the current one, and takes its place with a fresh run', async () => {
    const page = await waitingAt(0);
    await spareOf(page);
    expect(page.training.status).toBe('ready');
    expect(told('load')).toMatchObject([{ model: 'pocket' }, { model: 'mini' }]);
    page.recipe.setModel('mini');
    expect(page.training.hasOtherEncoder).toBe(true);
    expect(page.training.adopt()).toBe(true);
    expect(page.training.hasOtherEncoder).toBe(false);
    expect(page.recipe.applied?.model).toBe('mini');
    expect(told('start')).toHaveLength(2);
    status('waiting', 0, 2);
    expect(page.training.status).toBe('ready');
    // The old worker is gone: what it still says is not heard.
    workers.at(-2)!.onmessage({ data: { type: 'status', run: 2, status: 'running', step: 0 } });
    expect(page.training.status).toBe('ready');
  });

  it('does not take its place while a run trains', async () => {
    const page = await waitingAt(0);
    await spareOf(page);
    page.training.play();
    expect(page.training.adopt()).toBe(false);
    expect([page.training.worker.told?.model, page.training.status]).toEqual(['pocket', 'running']);
  });

  it('that cannot be loaded leaves the current one as it is', async () => {
    const { training } = await waitingAt(0);
    const prepared = training.worker.prepare({ model: 'mini', device: 'auto' });
    report({ type: 'failed', during: 'load', message: 'mini is missing.' });
    await expect(prepared).rejects.toThrow('mini is missing.');
    expect([training.status, training.adopt()]).toEqual(['ready', false]);
    const dropped = training.worker.prepare({ model: 'mini', device: 'auto' });
    training.load();
    await expect(dropped).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  });

  it('is loaded for a run of an earlier visit that was trained with it', async () => {
    const record = new RunRecord([header({ steps: 6 }), step(1), step(2)]);
    const left = { id: 'left', record, playing: false };
    const page = setUp({ unfinished: left });
    page.training.load();
    // As the desk does when it finds the run.
    page.recipe.automatic = 'mini';
    report({ type: 'loaded', device, model });
    await vi.waitFor(() => expect(told('load')).toHaveLength(2));
    expect(told('start')).toEqual([]);
    report({ type: 'loaded', device, model });
    expect(lastStart()).toMatchObject({ saveAs: 'left', resume: true });
    expect(page.recipe.applied?.model).toBe('mini');
  });

  it('chosen while the first one loads is loaded next, and never taken for the first', async () => {
    const page = setUp();
    page.training.load();
    page.recipe.setModel('mini');
    report({ type: 'loaded', device, model });
    expect(page.recipe.applied?.model).toBe('pocket');
    await vi.waitFor(() => expect(told('load')).toMatchObject([{ model: 'pocket' }, { model: 'mini' }]));
  });
});

describe('a run that an earlier visit left', () => {
  const recipe = (choice: string) => ({ ...pageDefaults(), model: choice });
  const record = (name: string) => {
    const made = header();
    const config = pageDefaults().config;
    return new RunRecord([
      { ...made, setting: 'scenes.sts_ht', config, model: { ...made.model, name } },
      step(1),
    ]);
  };

  it.each([
    ['auto', 'pocket', true],
    ['auto', 'mini', true],
    ['mini', 'mini', true],
    ['pocket', 'mini', false],
    // An encoder that this page does not have (any more).
    ['auto', 'huge', false],
  ])('continues by itself: with the encoder %s chosen, trained with %s: %s', (choice, name, continued) => {
    expect(continues(recipe(choice), record(name), ['pocket', 'mini'])).toBe(continued);
  });
});

describe('training a whole run', () => {
  it('resolves at its end, with its id', async () => {
    const { training } = await waitingAt(0);
    const whole = training.trainToEnd(new AbortController().signal);
    const finished = { type: 'end', step: 6, reason: 'finished', message: 'done' } as const;
    report({ type: 'events', run: 2, events: [header({ steps: 6 }), step(6), finished] });
    expect(await whole).toBe('run-2');
  });

  it('rejects when it cannot begin, when its worker dies, and after the signal', async () => {
    const page = await waitingAt(0);
    page.data.shortfall = 'Too few.';
    await expect(page.training.trainToEnd(new AbortController().signal)).rejects.toThrow('Too few.');
    page.data.shortfall = null;
    const died = page.training.trainToEnd(new AbortController().signal);
    worker().onmessage({ data: 'nonsense' });
    await expect(died).rejects.toThrow(/unknown/);
    const stop = new AbortController();
    const stopped = page.training.trainToEnd(stop.signal);
    stop.abort();
    await expect(stopped).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  });
});
