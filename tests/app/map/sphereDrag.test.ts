// A click on the map picks a sentence; a drag turns the sphere and must not pick one when it ends.
import { describe, expect, it } from 'vitest';
import { SphereDrag } from '../../../src/app/plots/map/sphereDrag.ts';

const at = (clientX: number, clientY: number) => ({ clientX, clientY });

describe('a pointer on the sphere', () => {
  it('that hardly moves is a click', () => {
    const drag = new SphereDrag();
    drag.begin(at(10, 10));
    expect(drag.move(at(12, 12))).toBeNull();
    drag.end();
    expect(drag.takeClick()).toBe(true);
  });

  it('that moves turns the sphere by each movement, and its end is no click', () => {
    const drag = new SphereDrag();
    drag.begin(at(10, 10));
    expect(drag.move(at(20, 10))).toEqual({ dx: 10, dy: 0 });
    expect(drag.move(at(21, 12))).toEqual({ dx: 1, dy: 2 });
    drag.end();
    expect([drag.isActive, drag.takeClick(), drag.takeClick()]).toEqual([false, false, true]);
  });

  it('that is not down moves nothing', () => {
    expect(new SphereDrag().move(at(50, 50))).toBeNull();
  });
});
