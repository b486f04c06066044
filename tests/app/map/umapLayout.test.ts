// UMAP for the map: the same picture each time, near where it began, and with neighbourhoods kept.
import { describe, expect, it } from 'vitest';
import { umapLayout } from '../../../src/app/plots/map/umapLayout.ts';
import { Random } from '../../../src/util/random.ts';

const ROWS = 36;
/** Three bundles of directions. */
const random = Random.seeded(1);
const rows = Array.from({ length: ROWS }, (_, i) => {
  const row = Array.from({ length: 8 }, (_, k) => (k === i % 3 ? 1 : 0) + 0.1 * random.normal());
  const size = Math.hypot(...row);
  return row.map((value) => value / size);
});
const start = Float64Array.from(rows.flatMap((row) => [row[0]! - row[1]!, row[2]! - 0.33]));

const run = () => [...umapLayout({ rows, start })];

describe('umapLayout', () => {
  it('is the same picture each time, and tells how far it is', () => {
    const [first, second] = [run(), run()];
    expect(first.at(-1)).toEqual(second.at(-1));
    expect(first.length).toBeGreaterThan(5);
    expect(first.at(-1)!.epoch).toBe(first.at(-1)!.epochs);
    expect(first.at(-1)!.layout.every(Number.isFinite)).toBe(true);
  });

  it('keeps bundles together', () => {
    const { layout } = run().at(-1)!;
    const distance = (i: number, j: number): number =>
      Math.hypot(layout[2 * i]! - layout[2 * j]!, layout[2 * i + 1]! - layout[2 * j + 1]!);
    for (let i = 0; i < ROWS; i++) {
      const others = Array.from({ length: ROWS }, (_, j) => j).filter((j) => j !== i);
      const nearest = others.reduce((best, j) => (distance(i, j) < distance(i, best) ? j : best));
      expect(nearest % 3).toBe(i % 3);
    }
  });

  it('begins where the plane view shows the points', () => {
    const { layout } = run()[0]!;
    // Each bundle still lies on its side of the middle after the first epochs.
    let agree = 0;
    for (let i = 0; i < ROWS; i++)
      agree += layout[2 * i]! * start[2 * i]! + layout[2 * i + 1]! * start[2 * i + 1]!;
    expect(agree).toBeGreaterThan(0);
  });

  it('works with hardly any sentences, and with equal ones', () => {
    const few = rows.slice(0, 6);
    expect(
      [...umapLayout({ rows: few, start: start.slice(0, 12) })].at(-1)!.layout.every(Number.isFinite),
    ).toBe(true);
    const equal = Array.from({ length: 8 }, () => rows[0]!);
    expect(
      [...umapLayout({ rows: equal, start: new Float64Array(16) })].at(-1)!.layout.every(Number.isFinite),
    ).toBe(true);
  });
});
