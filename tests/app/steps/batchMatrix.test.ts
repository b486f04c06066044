// The batch's matrix as it is drawn: sorting must not tear a positive from its anchor, pointing must find the cell that
// was painted there, and a suspect must really be nearer than the anchor's own positive.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arrange,
  levelGroups,
  shade,
  suspectedFalseNegatives,
} from '../../../src/app/steps/batch/batchMatrix.ts';
import { cellAt, matrixFrame } from '../../../src/app/steps/batch/paintMatrix.ts';
import type { StepTrace, TraceInfoNce } from '../../../src/run/trace.ts';

function batchOf(cosines: number[][], losses: number[]): TraceInfoNce {
  const table = (values: number[][]) => ({
    shape: [values.length, values[0]!.length],
    data: Float32Array.from(values.flat()),
  });
  return {
    anchors: cosines.map((_, i) => i),
    columns: cosines[0]!.map((_, j) => cosines.length + j),
    cosines: table(cosines),
    probabilities: table(cosines.map((row) => row.map(() => 1 / row.length))),
    gradient: table(cosines),
    losses: { shape: [losses.length], data: Float32Array.from(losses) },
    value: 0,
  };
}

// Two anchors, their positives, and one further hard negative.
const batch = batchOf(
  [
    [0.9, 0.2, 0.95],
    [0.6, 0.5, 0.1],
  ],
  [0.1, 2],
);

describe('arrange', () => {
  it('puts the greatest loss first and keeps every positive on the diagonal', () => {
    expect(arrange(batch, 'batch')).toEqual({ anchors: [0, 1], columns: [0, 1, 2] });
    expect(arrange(batch, 'hardness')).toEqual({ anchors: [1, 0], columns: [1, 0, 2] });
  });
});

describe('suspects', () => {
  it('are at least as similar as the positive, the most similar first, never the positive itself', () => {
    expect(suspectedFalseNegatives(batch, 9).map(({ anchor, column }) => [anchor, column])).toEqual([
      [0, 2],
      [1, 0],
    ]);
    expect(suspectedFalseNegatives(batch, 1)).toHaveLength(1);
  });
});

describe('shade', () => {
  it('spans the batch for cosines and keeps the sign of a gradient', () => {
    expect(shade('cosines', 0.1, [0.1, 0.9])).toBe(0);
    expect(shade('cosines', 0.9, [0.1, 0.9])).toBe(1);
    expect(shade('cosines', 0.5, [0.5, 0.5])).toBe(0);
    expect(shade('gradient', -2, [-2, 1])).toBe(-1);
    expect(shade('gradient', 0.5, [-2, 1])).toBeCloseTo(0.5);
    expect(shade('gradient', 0, [0, 0])).toBe(0);
  });
});

describe('cellAt', () => {
  it('finds the cell whose square was painted there, whatever the sizes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 120, max: 900 }),
        fc.nat(),
        fc.nat(),
        (anchors, further, width, i, j) => {
          const arrangement = {
            anchors: Array.from({ length: anchors }, (_, place) => anchors - 1 - place),
            columns: Array.from({ length: anchors + further }, (_, place) => place),
          };
          const frame = matrixFrame(arrangement, width);
          const [row, place] = [i % anchors, j % (anchors + further)];
          const [x, y] = [frame.left(place) + frame.side / 2, (row + 0.5) * frame.side];
          expect(cellAt(arrangement, frame, x, y)).toEqual({
            anchor: arrangement.anchors[row],
            column: arrangement.columns[place],
          });
          expect(frame.width).toBeLessThan(Math.max(width, anchors + further + 6) + 1e-6);
          expect(cellAt(arrangement, frame, frame.width + 1, y)).toBeNull();
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it('finds nothing in the gap before the hard negatives', () => {
    const arrangement = arrange(batch, 'batch');
    const frame = matrixFrame(arrangement, 300);
    expect(cellAt(arrangement, frame, 2 * frame.side + 1, 1)).toBeNull();
  });
});

describe('levelGroups', () => {
  it('gives every level its cosine and every pair of neighbours its hinge', () => {
    const trace = {
      ht: {
        groups: [[4, 5, 6, 7]],
        cosines: { shape: [1, 3], data: Float32Array.from([0.75, 0.5, 0.625]) },
        hinges: { shape: [1, 2], data: Float32Array.from([-0.25, 0.125]) },
      },
    } as unknown as StepTrace;
    expect(levelGroups(trace)).toEqual([
      {
        anchor: 4,
        levels: [
          { row: 5, cosine: 0.75 },
          { row: 6, cosine: 0.5 },
          { row: 7, cosine: 0.625 },
        ],
        hinges: [-0.25, 0.125],
      },
    ]);
    expect(levelGroups({ ...trace, ht: null })).toEqual([]);
  });
});
