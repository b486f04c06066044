// Wherever its target stands, the card must be inside the window and leave the transport free to press.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { placeTour } from '../../../src/app/desk/tourPlacement.ts';
import { overlap, type Box } from '../../../src/app/widgets/placement.ts';

const card = { width: 340, height: 190 };
const boxes = fc.record({
  x: fc.integer({ min: -2000, max: 2000 }),
  y: fc.integer({ min: -2000, max: 2000 }),
  width: fc.integer({ min: 1, max: 1600 }),
  height: fc.integer({ min: 1, max: 3000 }),
});

it.each([
  { name: 'desk', window: { width: 1440, height: 900 }, transport: { x: 460, y: 8, width: 520, height: 58 } },
  { name: 'phone', window: { width: 360, height: 640 }, transport: { x: 0, y: 564, width: 360, height: 76 } },
])('on a $name it covers neither edge nor transport', ({ window, transport }) => {
  fc.assert(
    fc.property(fc.option(boxes), (target) => {
      const { x, y } = placeTour(target, card, window, transport);
      const at: Box = { x, y, ...card };
      expect(overlap(at, transport)).toBe(false);
      expect(x >= 0 && y >= 0 && x + card.width <= window.width && y + card.height <= window.height).toBe(
        true,
      );
    }),
  );
});

it('stands beside a target that leaves room, with a line to it', () => {
  const target = { x: 20, y: 300, width: 300, height: 80 };
  const { x, y, line, outline } = placeTour(target, card, { width: 1440, height: 900 }, null);
  expect(overlap({ x, y, ...card }, target)).toBe(false);
  expect(line).not.toBeNull();
  expect(outline).toEqual(target);
});

it('draws no line and no outline to what cannot be seen', () => {
  const target = { x: 20, y: 3000, width: 300, height: 80 };
  expect(placeTour(target, card, { width: 1440, height: 900 }, null)).toMatchObject({
    line: null,
    outline: null,
  });
});
