// Forward, back, played at teaching speed, frozen: what keys and buttons do to the place in the list of stages.
import type { Stage } from './stages.ts';

export const PACES = ['slow', 'normal', 'fast'] as const;
export type Pace = (typeof PACES)[number];

/** Milliseconds a stage stays while it is played. */
export const DWELL: Record<Pace, number> = { slow: 16_000, normal: 9_000, fast: 4_000 };

export interface Playback {
  /** Index of the stage. */
  stage: number;
  playing: boolean;
  /** Nothing moves until it is let go. */
  frozen: boolean;
}

export const AT_START: Playback = { stage: 0, playing: false, frozen: false };

export type PlaybackAction = 'next' | 'back' | 'first' | 'last' | 'play' | 'freeze' | 'tick';

/** @param stages how many there are */
export function played(state: Playback, action: PlaybackAction, stages: number): Playback {
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
      // From the end, playing begins again.
      return state.playing
        ? { ...state, playing: false }
        : { ...state, playing: true, stage: state.stage === last ? 0 : state.stage };
    case 'tick': {
      const stage = Math.min(last, state.stage + 1);
      return { ...state, stage, playing: state.playing && stage < last };
    }
  }
}

/** Straight to a stage of the list. */
export function jumped(state: Playback, stage: number): Playback {
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
 * What a key press asks for; null when it belongs to what has the focus, or to nobody: letters and arrows belong to a
 * text box, the space bar to a button.
 * @param tag of the element with the focus, lower case
 */
export function actionOf(press: Press, tag: string): PlaybackAction | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  const key = press.key.toLowerCase();
  const action = KEYS[key] ?? null;
  // A presenter's keys turn the page wherever the focus is.
  const pages = key === 'pagedown' || key === 'pageup';
  if (!pages && (tag === 'input' || tag === 'textarea' || tag === 'select')) return null;
  if (key === ' ' && ['button', 'summary', 'a'].includes(tag)) return null;
  if (press.repeat && (action === 'play' || action === 'freeze')) return null;
  return action;
}

/** Beats of a stage while it is played: the first heads of a layer are shown one after the other. */
export function beatsOf(stage: Pick<Stage, 'kind'>, heads: number): number {
  return stage.kind === 'attention' ? Math.min(heads, 4) : 1;
}
