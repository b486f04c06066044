// Keys on the map: what each does in a view, and which are left to the page.
import { describe, expect, it } from 'vitest';
import { mapKeyAction } from '../../../src/app/plots/map/mapKeys.ts';
import { walkTarget } from '../../../src/app/plots/map/pick.ts';

const press = (key: string, modifiers: { shiftKey?: boolean; ctrlKey?: boolean } = {}) => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...modifiers,
});

describe('keys', () => {
  it('walk on the plane, turn the sphere, and walk there with Shift', () => {
    expect(mapKeyAction(press('ArrowLeft'), 'plane', false)).toEqual({ type: 'walk', direction: [-1, 0] });
    expect(mapKeyAction(press('ArrowDown'), 'sphere', false)).toEqual({ type: 'turn', angles: [0, 0.12] });
    expect(mapKeyAction(press('ArrowUp', { shiftKey: true }), 'sphere', true)).toEqual({
      type: 'walk',
      direction: [0, -1],
    });
  });

  it('pick and clear a point, and are the page’s where there is none', () => {
    expect(mapKeyAction(press('Enter'), 'umap', true)).toEqual({ type: 'pick' });
    expect(mapKeyAction(press('Escape'), 'umap', true)).toEqual({ type: 'clear' });
    for (const key of ['Enter', 'Escape', 'm', ' '])
      expect(mapKeyAction(press(key), 'plane', false)).toBeNull();
    expect(mapKeyAction(press('m'), 'plane', true)).toBeNull();
    expect(mapKeyAction(press('ArrowLeft', { ctrlKey: true }), 'plane', true)).toBeNull();
  });
});

describe('walking', () => {
  const screen = Float64Array.from([0, 0, 0, 10, 0, 0, 50, 50, 0]);
  const target = (from: number | null, direction: [number, number]) =>
    walkTarget(screen, from, direction, { x: 45, y: 45 }, () => true);

  it('begins at the point nearest to the centre, goes on in a direction, and stays at the edge', () => {
    expect(target(null, [1, 0])).toBe(2);
    expect(target(0, [1, 0])).toBe(1);
    expect(target(0, [-1, 0])).toBe(0);
  });
});
