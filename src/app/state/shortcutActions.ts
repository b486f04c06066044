// What each keyboard shortcut does (desk/shortcuts.ts maps keys to these actions).
import type { MicroscopeState } from './microscope.svelte.ts';
import type { TourState } from './tour.svelte.ts';
import type { LiveTraining } from '../live/liveTraining.svelte.ts';
import type { ViewState } from './view.svelte.ts';

export interface ShortcutTargets {
  training: Pick<LiveTraining, 'status' | 'stepping' | 'play' | 'pause' | 'step' | 'seek' | 'start' | 'run'>;
  microscope: Pick<MicroscopeState, 'open'>;
  view: Pick<ViewState, 'projector'>;
  tour: Pick<TourState, 'open' | 'close'>;
  /** The help sheet with shortcuts and terms. */
  help: { open: boolean };
}

export function shortcutActions({ training, microscope, view, tour, help }: ShortcutTargets) {
  return {
    play: () => {
      const playing = training.status === 'running' && !training.stepping;
      if (playing) training.pause();
      else training.play();
    },
    step: () => training.step(),
    back: () => training.seek(training.run.step - 1),
    microscope: () => microscope.open(),
    reset: () => training.start(false),
    projector: () => {
      view.projector = !view.projector;
    },
    help: () => {
      help.open = !help.open;
    },
    close: () => {
      help.open = false;
      if (tour.open) tour.close('skipped');
    },
  };
}
