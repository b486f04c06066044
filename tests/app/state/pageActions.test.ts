// What keys, the hidden tab, the microscope and a new link do to the training.
import { describe, expect, it, vi } from 'vitest';
import { showLinkErrors } from '../../../src/app/state/addressBar.ts';
import { pauseWhileHidden } from '../../../src/app/state/hiddenTab.ts';
import { MicroscopeState } from '../../../src/app/state/microscope.svelte.ts';
import { isStale } from '../../../src/app/state/nextBatch.svelte.ts';
import { shortcutActions } from '../../../src/app/state/shortcutActions.ts';
import type { StepTrace } from '../../../src/run/trace.ts';

type Status = 'loading' | 'ready' | 'running' | 'paused';

/** A training that notes what it was told. */
function training(status: Status, stepping = false) {
  return {
    status,
    stepping,
    run: { step: 5 } as never,
    play: vi.fn(),
    pause: vi.fn(),
    step: vi.fn(),
    seek: vi.fn(),
    start: vi.fn(),
  };
}

describe('a hidden tab', () => {
  it('pauses the training and lets it go on, where the visitor has chosen so', () => {
    const run = training('running');
    const onvisibility = pauseWhileHidden({ hiddenTab: 'pause' }, run);
    onvisibility(true);
    expect(run.pause).toHaveBeenCalledOnce();
    run.status = 'paused';
    onvisibility(false);
    expect(run.play).toHaveBeenCalledOnce();
  });

  it('leaves alone what was paused before, and everything where it may go on', () => {
    const paused = training('paused');
    const onvisibility = pauseWhileHidden({ hiddenTab: 'pause' }, paused);
    onvisibility(true);
    onvisibility(false);
    expect(paused.play).not.toHaveBeenCalled();
    const running = training('running');
    pauseWhileHidden({ hiddenTab: 'continue' }, running)(true);
    expect(running.pause).not.toHaveBeenCalled();
  });
});

describe('the microscope', () => {
  const tracing = () => ({ request: vi.fn(() => Promise.resolve()) });

  it('pauses a training that runs, and requests a trace of the next step', () => {
    const [run, traces] = [training('running'), tracing()];
    const microscope = new MicroscopeState(run, traces);
    microscope.open();
    microscope.open();
    expect(microscope.isOpen).toBe(true);
    expect(run.pause).toHaveBeenCalledOnce();
    expect(traces.request).toHaveBeenCalledOnce();
  });

  it('stays closed before there is anything to look at', () => {
    const microscope = new MicroscopeState(training('loading'), tracing());
    microscope.open();
    expect(microscope.isOpen).toBe(false);
  });

  it('makes the step only when all of its stages were shown', () => {
    const run = training('paused');
    const microscope = new MicroscopeState(run, tracing());
    microscope.open();
    microscope.close(false);
    expect(run.step).not.toHaveBeenCalled();
    microscope.open();
    microscope.close(true);
    expect(run.step).toHaveBeenCalledOnce();
    expect(microscope.isOpen).toBe(false);
  });
});

describe('the keys', () => {
  const page = (run: ReturnType<typeof training>) => {
    const targets = {
      training: run,
      microscope: { open: vi.fn() },
      view: { projector: false },
      tour: { open: true, close: vi.fn() },
      help: { open: true },
    };
    return { ...targets, actions: shortcutActions(targets) };
  };

  it('play and pause; a single step is nothing to pause', () => {
    for (const [run, told] of [
      [training('running'), 'pause'],
      [training('running', true), 'play'],
      [training('paused'), 'play'],
    ] as const) {
      page(run).actions.play();
      expect(run[told]).toHaveBeenCalledOnce();
    }
  });

  it('step forward, step back, begin again', () => {
    const run = training('paused');
    const { actions } = page(run);
    actions.step();
    actions.back();
    actions.reset();
    expect(run.step).toHaveBeenCalledOnce();
    expect(run.seek).toHaveBeenCalledWith(4);
    expect(run.start).toHaveBeenCalledWith(false);
  });

  it('close help and tour', () => {
    const { actions, help, tour, view, microscope } = page(training('paused'));
    actions.close();
    expect(help.open).toBe(false);
    expect(tour.close).toHaveBeenCalledWith('skipped');
    actions.help();
    actions.projector();
    actions.microscope();
    expect([help.open, view.projector]).toEqual([true, true]);
    expect(microscope.open).toHaveBeenCalledOnce();
  });
});

it('a trace is stale unless it is of the next step', () => {
  const trace = { step: 6 } as StepTrace;
  expect([isStale({ trace }, 5), isStale({ trace }, 6), isStale({ trace: null }, 5)]).toEqual([
    false,
    true,
    true,
  ]);
});

it('every error of a link is a notice of its own', () => {
  const show = vi.fn();
  showLinkErrors({ linkErrors: ['one', 'two'] }, { show });
  expect(show.mock.calls.map(([notice]) => notice as unknown)).toEqual([
    { id: 'link-0', kind: 'bad', text: 'one' },
    { id: 'link-1', kind: 'bad', text: 'two' },
  ]);
});
