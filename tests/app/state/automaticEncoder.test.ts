// The automatic choice of the encoder around a training that notes what it was told. Times are given, never measured.
import { describe, expect, it, vi } from 'vitest';
import { AutomaticEncoder } from '../../../src/app/state/automaticEncoder.svelte.ts';
import type { EncoderName } from '../../../src/run/encoders.ts';
import type { DeviceInfo, DeviceName } from '../../../src/util/devices.ts';

const [FAST, SLOW] = [1, 1000]; // milliseconds
const info = (name: DeviceName): DeviceInfo => ({ name, detail: '', reason: '' });

interface Setup {
  device?: DeviceName;
  milliseconds?: number;
  offered?: readonly EncoderName[];
  model?: string;
}

function setUp({ device = 'webgpu', milliseconds = FAST, offered, model = 'auto' }: Setup = {}) {
  const recipe = {
    model,
    automatic: 'pocket',
    device: 'auto' as const,
    get encoder() {
      return this.model === 'auto' ? this.automatic : this.model;
    },
  };
  /** Answers of the spare worker. */
  const spare = { loaded: (_: DeviceInfo) => {}, failed: (_: Error) => {} };
  const training = {
    status: 'ready' as 'ready' | 'running' | 'loading',
    hasOtherEncoder: false,
    adopt: vi.fn(() => true),
    worker: {
      device: info(device),
      prepare: vi.fn(
        () =>
          new Promise<DeviceInfo>((resolve, reject) => {
            Object.assign(spare, { loaded: resolve, failed: reject });
          }),
      ),
      dropSpare: vi.fn(() => spare.failed(new Error('dropped'))),
    },
  };
  const measure = vi.fn(() => Promise.resolve(milliseconds));
  const automatic = new AutomaticEncoder({
    offered: offered ?? ['pocket', 'mini'],
    recipe,
    training,
    measure,
  });
  const deciding = () => {
    const done = automatic.decide();
    return { done, prepared: vi.waitFor(() => expect(training.worker.prepare).toHaveBeenCalled()) };
  };
  /** Up to where mini has been loaded and waits. */
  const loaded = async () => {
    const { done, prepared } = deciding();
    await prepared;
    spare.loaded(info(device));
    await done;
  };
  return { recipe, training, automatic, measure, spare, deciding, loaded };
}

describe('it is time to decide', () => {
  it.each<[string, Setup, boolean]>([
    ['when the page is ready', {}, true],
    ['not where there is nothing to choose from', { offered: ['pocket'] }, false],
    ['not when the link names an encoder', { model: 'pocket' }, false],
    ['not when it names the larger one', { model: 'mini' }, false],
  ])('%s', (_, setup, due) => {
    expect(setUp(setup).automatic.isDue).toBe(due);
  });

  it('not before the page is ready, nor while another encoder is in the worker', () => {
    const { automatic, training } = setUp();
    training.status = 'loading';
    expect(automatic.isDue).toBe(false);
    Object.assign(training, { status: 'ready', hasOtherEncoder: true });
    expect(automatic.isDue).toBe(false);
  });

  it('once', async () => {
    const { automatic } = setUp({ milliseconds: SLOW });
    const done = automatic.decide();
    expect(automatic.isDue).toBe(false);
    await done;
    expect(automatic.isDue).toBe(false);
  });
});

describe('a fast device', () => {
  it('gets the larger encoder once that has loaded', async () => {
    const { automatic, recipe, training, loaded } = setUp();
    await loaded();
    expect(training.worker.prepare).toHaveBeenCalledWith({ model: 'mini', device: 'auto' });
    expect([automatic.isReady, automatic.decision.kind, recipe.encoder]).toEqual([true, 'coming', 'pocket']);
    automatic.adopt();
    expect([automatic.isReady, automatic.decision.kind, recipe.encoder]).toEqual([false, 'fast', 'mini']);
  });

  it('keeps waiting where something else goes on', async () => {
    const { automatic, recipe, training, loaded } = setUp();
    await loaded();
    training.adopt.mockReturnValue(false);
    automatic.adopt();
    expect([automatic.isReady, automatic.decision.kind, recipe.encoder]).toEqual([true, 'coming', 'pocket']);
  });

  it.each<[string, (page: ReturnType<typeof setUp>) => void, string]>([
    ['begins before it has loaded: pocket stays', ({ automatic }) => automatic.begin(), 'begun'],
    ['chooses an encoder meanwhile', ({ automatic }) => automatic.suspend(), 'unknown'],
    ['takes another device', ({ automatic }) => automatic.useDevice('wasm'), 'unknown'],
    ['continues a run of mini', ({ automatic }) => automatic.continueWith('mini'), 'continued'],
  ])('whose visitor %s', async (_, act, kind) => {
    const page = setUp();
    const { done, prepared } = page.deciding();
    await prepared;
    act(page);
    expect(page.training.worker.dropSpare).toHaveBeenCalled();
    await done;
    page.automatic.adopt();
    expect([page.automatic.decision.kind, page.automatic.isReady]).toEqual([kind, false]);
    expect(page.training.adopt).not.toHaveBeenCalled();
  });

  it('is begun while it is measured: the measurement no longer counts', async () => {
    const { automatic, training, measure } = setUp();
    let answer: (milliseconds: number) => void = () => {};
    measure.mockReturnValue(new Promise((resolve) => (answer = resolve)));
    const done = automatic.decide();
    automatic.begin();
    answer(FAST);
    await done;
    expect(automatic.decision.kind).toBe('begun');
    expect(training.worker.prepare).not.toHaveBeenCalled();
  });
});

describe('the default encoder stays', () => {
  it('on a slow device', async () => {
    const { automatic, recipe, training } = setUp({ milliseconds: SLOW, device: 'wasm' });
    await automatic.decide();
    expect([automatic.decision.kind, recipe.encoder]).toEqual(['slow', 'pocket']);
    expect(training.worker.prepare).not.toHaveBeenCalled();
  });

  it('on the software adapter, which is not measured', async () => {
    const { automatic, measure } = setUp({ device: 'software' });
    await automatic.decide();
    expect(automatic.decision.kind).toBe('emulated');
    expect(measure).not.toHaveBeenCalled();
  });

  it('when the larger one cannot be loaded, which is said', async () => {
    const { automatic, recipe, training, spare, deciding } = setUp();
    const { done, prepared } = deciding();
    await prepared;
    spare.failed(new Error('mini/config.json is missing.'));
    await done;
    expect(automatic.decision).toEqual({
      kind: 'failed',
      larger: 'mini',
      why: 'mini/config.json is missing.',
    });
    expect([recipe.encoder, automatic.isDue, automatic.isReady]).toEqual(['pocket', false, false]);
    expect(training.worker.dropSpare).toHaveBeenCalled();
  });

  it('is measured again when the trainer was started anew meanwhile', async () => {
    const { automatic, spare, deciding } = setUp();
    const { done, prepared } = deciding();
    await prepared;
    spare.failed(new DOMException('Stopped.', 'AbortError'));
    await done;
    expect([automatic.decision.kind, automatic.isDue]).toEqual(['unknown', true]);
  });

  it('when the second worker has only a slower device', async () => {
    const { automatic, spare, deciding } = setUp();
    const { done, prepared } = deciding();
    await prepared;
    spare.loaded(info('wasm'));
    await done;
    expect(automatic.decision.kind).toBe('failed');
  });

  it('when the device cannot be measured', async () => {
    const { automatic, measure } = setUp();
    measure.mockRejectedValue(new Error('lost'));
    await automatic.decide();
    expect(automatic.decision).toEqual({ kind: 'unmeasured', why: 'lost' });
  });

  it('once the visitor has begun, also on another device', async () => {
    const { automatic, measure } = setUp();
    automatic.begin();
    automatic.useDevice('wasm');
    expect(automatic.isDue).toBe(true);
    await automatic.decide();
    expect(automatic.decision.kind).toBe('begun');
    expect(measure).not.toHaveBeenCalled();
  });
});

it('another device is measured anew, with the default encoder', async () => {
  const { automatic, recipe, loaded } = setUp();
  await loaded();
  automatic.adopt();
  expect(recipe.encoder).toBe('mini');
  automatic.useDevice('wasm');
  expect([recipe.encoder, automatic.isDue]).toEqual(['pocket', true]);
});

it('what was decided stays when training begins', async () => {
  const { automatic, loaded } = setUp();
  await loaded();
  automatic.adopt();
  automatic.begin();
  expect(automatic.decision.kind).toBe('fast');
});
