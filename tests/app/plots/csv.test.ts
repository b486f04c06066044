// What is exported must be what was measured: every number, at its step, readable by any program.
import { describe, expect, it } from 'vitest';
import { csvText, histogramTable, linesTable, sampledRows } from '../../../src/app/plots/csv.ts';
import { valueText } from '../../../src/app/plots/format.ts';

describe('CSV', () => {
  it('has a row for every step of any curve, and an empty cell where a curve has none', () => {
    const table = linesTable('step', [
      { id: 'a', label: 'total', color: '', points: [1, 2].map((step) => ({ step, value: step / 3 })) },
      {
        id: 'b',
        label: 'STS, "dev"',
        color: '',
        points: [
          { step: 0, value: 0.5 },
          { step: 2, value: -1 },
        ],
      },
    ]);
    expect(csvText(table)).toBe(
      ['step,total,"STS, ""dev"""', '0,,0.5', `1,${1 / 3},`, `2,${2 / 3},-1`, ''].join('\r\n'),
    );
  });

  it('gives the edges of the bins and the shares now and before', () => {
    const distribution = { id: 'p', label: 'positives', color: '', shape: 'square' as const };
    const table = histogramTable(
      { from: 'from', to: 'to' },
      [{ ...distribution, values: [0.1, 0.9], before: [0.9] }],
      [0, 1],
      2,
      (label) => `${label}, before`,
    );
    expect(table).toEqual({
      columns: ['from', 'to', 'positives', 'positives, before'],
      rows: [
        [0, 0.5, 0.5, 0],
        [0.5, 1, 0.5, 1],
      ],
    });
  });

  it('samples long tables evenly and keeps both ends', () => {
    const rows = Array.from({ length: 100_001 }, (_, i) => i);
    const kept = sampledRows(rows, 200);
    expect(kept.length).toBeLessThanOrEqual(201);
    expect([kept[0], kept.at(-1)]).toEqual([0, 100_000]);
    expect(sampledRows([1, 2], 200)).toEqual([1, 2]);
  });
});

describe('numbers as they are shown', () => {
  it('has a real minus, no minus zero, and a dash for nothing', () => {
    expect(valueText(-0.1234)).toBe('\u22120.123');
    expect(valueText(-0)).toBe('0.000');
    expect(valueText(0.00007)).toBe('7e-5'); // small is not nothing
    expect(valueText(123.456)).toBe('123.5');
    expect(valueText(12345.6)).toBe('1.235e+4'); // a loss that explodes still fits its place
    for (const nothing of [null, undefined, NaN, Infinity]) expect(valueText(nothing)).toBe('–');
  });
});
