// A floating box must be readable: inside the window, off its target, off what must stay free.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connector, overlap, placeBeside } from '../../../src/app/widgets/placement.ts';

const window = { width: 1000, height: 700 };
const box = { width: 200, height: 100 };
const options = { sides: ['below', 'above', 'right', 'left'] as const, gap: 8, margin: 10, avoid: [] };

describe('placeBeside', () => {
  it('takes the first side with room', () => {
    const at = (x: number, y: number) =>
      placeBeside({ x, y, width: 50, height: 20 }, box, window, options).side;
    expect([at(400, 300), at(400, 650)]).toEqual(['below', 'above']);
    const tall = { x: 400, y: 5, width: 50, height: 690 };
    expect(placeBeside(tall, box, window, options).side).toBe('right');
  });

  it('goes round what must stay free', () => {
    const avoid = [{ x: 0, y: 330, width: 1000, height: 60 }];
    const placed = placeBeside({ x: 400, y: 300, width: 50, height: 20 }, box, window, { ...options, avoid });
    expect(placed.side).toBe('above');
  });

  it('stays in the window, wherever the target is', () => {
    const anywhere = fc.record({
      x: fc.integer({ min: -500, max: 1500 }),
      y: fc.integer({ min: -500, max: 1500 }),
      width: fc.integer({ min: 1, max: 1200 }),
      height: fc.integer({ min: 1, max: 1200 }),
    });
    fc.assert(
      fc.property(anywhere, (target) => {
        const { x, y, side } = placeBeside(target, box, window, options);
        expect(x >= 10 && y >= 10 && x + 200 <= 990 && y + 100 <= 690).toBe(true);
        if (side !== null) expect(overlap({ x, y, ...box }, target)).toBe(false);
      }),
    );
  });
});

describe('hairline', () => {
  it('runs from edge to edge, straight where the boxes face each other', () => {
    const a = { x: 0, y: 0, width: 100, height: 100 };
    expect(connector(a, { x: 200, y: 40, width: 50, height: 20 })).toEqual({
      x1: 100,
      y1: 50,
      x2: 200,
      y2: 50,
    });
    expect(connector(a, { x: 200, y: 200, width: 50, height: 50 })).toEqual({
      x1: 100,
      y1: 100,
      x2: 200,
      y2: 200,
    });
  });

  it('is none between boxes that touch or overlap', () => {
    const a = { x: 0, y: 0, width: 100, height: 100 };
    expect(connector(a, { x: 50, y: 50, width: 100, height: 100 })).toBeNull();
    expect(connector(a, { x: 100, y: 0, width: 50, height: 100 })).toBeNull();
  });
});
