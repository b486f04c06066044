// Keyboard control of the map: arrows rotate the sphere or move from sentence to sentence, Enter picks, Escape
// clears.
import type { MapView } from './scene.ts';

export type MapKeyAction =
  | { type: 'turn'; /** Radians around the vertical and the horizontal axis. */ angles: [number, number] }
  | { type: 'walk'; /** x and y, y downwards. */ direction: [number, number] }
  | { type: 'pick' }
  | { type: 'clear' };

/** Radians per key press. */
const TURN_STEP = 0.12;
const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

type ArrowKey = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/**
 * @returns null for keys that the map does not use
 * @param hasFocus whether a point is hovered or picked
 */
export function mapKeyAction(
  { key, shiftKey, ctrlKey, metaKey, altKey }: ArrowKey,
  view: MapView,
  hasFocus: boolean,
): MapKeyAction | null {
  if (ctrlKey || metaKey || altKey) return null;
  const arrow = ARROWS[key];
  if (arrow === undefined) {
    if (!hasFocus) return null;
    return key === 'Enter' ? { type: 'pick' } : key === 'Escape' ? { type: 'clear' } : null;
  }
  return view === 'sphere' && !shiftKey
    ? { type: 'turn', angles: [arrow[0] * TURN_STEP, arrow[1] * TURN_STEP] }
    : { type: 'walk', direction: arrow };
}
