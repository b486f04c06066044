// Playback of the stages: how keys and buttons (next, back, play, freeze) change the current stage.
import type { Stage } from './stages.ts';

export const PLAYBACK_SPEEDS = ['slow', 'normal', 'fast'] as const;
export type PlaybackSpeed = (typeof PLAYBACK_SPEEDS)[number];

/** Milliseconds that a stage is shown during playback. */
export const STAGE_DURATION: Record<PlaybackSpeed, number> = { slow: 16_000, normal: 9_000, fast: 4_000 };

export interface Playback {
  /** Index of the stage. */
  stage: number;
  playing: boolean;
  /** Nothing changes until it is released. */
  frozen: boolean;
}

export const AT_START: Playback = { stage: 0, playing: false, frozen: false };

export type PlaybackAction = 'next' | 'back' | 'first' | 'last' | 'play' | 'freeze' | 'tick';

/** @param stages number of stages */
export function nextPlayback(state: Playback, action: PlaybackAction, stages: number): Playback {
  const last = stages - 1;
  if (action === 'freeze') return { ...state, frozen: !state.frozen, playing: false };
  if (state.frozen) return state;
  switch (action) {
    case 'next':
      return { ...state, stage: Math.min(last, state.stage + 1) };
    case 'back':
      return { ...state, stage: Math.max(0, state.stage - 1) };
    case 'first':
      return { ...state, stage: 0 };
    case 'last':
      return { ...state, stage: last };
    case 'play':
      // At the end, playback restarts from the beginning.
      return state.playing
        ? { ...state, playing: false }
        : { ...state, playing: true, stage: state.stage === last ? 0 : state.stage };
    case 'tick': {
      const stage = Math.min(last, state.stage + 1);
      return { ...state, stage, playing: state.playing && stage < last };
    }
  }
}

/** Jumps directly to a stage. */
export function jumpTo(state: Playback, stage: number): Playback {
  return state.frozen ? state : { ...state, stage };
}

const KEYS: Readonly<Record<string, PlaybackAction>> = {
  arrowright: 'next',
  pagedown: 'next',
  arrowleft: 'back',
  pageup: 'back',
  home: 'first',
  end: 'last',
  ' ': 'play',
  f: 'freeze',
};

interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  repeat: boolean;
}

/**
 * The action of a key press; null if it has none, or if the focused element needs the key itself: a text box needs
 * letters and arrow keys, a button needs the space bar.
 * @param tag tag name of the focused element, lower case
 */
export function actionOf(press: Press, tag: string): PlaybackAction | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  const key = press.key.toLowerCase();
  const action = KEYS[key] ?? null;
  // The keys of a presentation remote work regardless of the focus.
  const pages = key === 'pagedown' || key === 'pageup';
  if (!pages && (tag === 'input' || tag === 'textarea' || tag === 'select')) return null;
  if (key === ' ' && ['button', 'summary', 'a'].includes(tag)) return null;
  if (press.repeat && (action === 'play' || action === 'freeze')) return null;
  return action;
}

/** Number of beats of a stage during playback: the first heads of a layer are shown one after another. */
export function beatsOf(stage: Pick<Stage, 'kind'>, heads: number): number {
  return stage.kind === 'attention' ? Math.min(heads, 4) : 1;
}
