// Bins have fixed edges, hold every value once, and are drawn as steps on the ground.
import { describe, expect, it } from 'vitest';
import { binShares, meanOf, outlinePath } from '../../../src/app/plots/histogram.ts';

describe('binShares', () => {
  it('puts every value into one bin, the edges included', () => {
    expect(binShares([-1, -0.5, 0, 0.999, 1], [-1, 1], 4)).toEqual([0.2, 0.2, 0.2, 0.4]);
  });

  it('takes a cosine that rounding put outside as being on the edge', () => {
    expect(binShares([1.0000001, -1.0000001], [-1, 1], 2)).toEqual([0.5, 0.5]);
  });

  it('puts a value on an inner edge above it, whatever floating point says', () => {
    for (let bin = 0; bin < 20; bin++)
      expect(binShares([bin / 20], [0, 1], 20).indexOf(1), `edge ${bin}/20`).toBe(bin);
  });

  it('leaves out NaN, and does not divide by nothing', () => {
    expect(binShares([NaN, 0.1], [0, 1], 2)).toEqual([1, 0]);
    expect(binShares([], [0, 1], 2)).toEqual([0, 0]);
    expect(meanOf([NaN])).toBeNull();
    expect(meanOf([1, 2, NaN])).toBe(1.5);
  });
});

describe('outlinePath', () => {
  const draw = (shares: number[]) =>
    outlinePath(
      shares,
      [0, 4],
      (x) => x * 10,
      (y) => 100 - y * 100,
    );

  it('climbs and falls at the edges, and draws nothing where there is nothing', () => {
    expect(draw([0, 0.5, 0.5, 0])).toBe('M10,100V50H30V100');
    expect(draw([0.2, 0, 0, 0.8])).toBe('M0,100V80H10V100M30,100V20H40V100');
    expect(draw([0, 0, 0, 0])).toBe('');
  });
});
