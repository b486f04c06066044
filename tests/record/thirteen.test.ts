// The summary of the recorded settings: what it accepts, its figures over the seeds, and rank correlations.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rankCorrelation, spreadsOf, thirteenSchema } from '../../src/record/thirteen.ts';
import { parseRecord } from '../../src/run/record.ts';
import { recordedRun, thirteen } from '../app/compare/recordedFixture.ts';

const folder = join(import.meta.dirname, '../../public/runs/thirteen');
const figures = { a: 0.1, u: -0.2, sts: 0.5, stsb: 0.6 };

describe('summary of the recorded settings', () => {
  it('survives its file', () => {
    expect(thirteenSchema.parse(JSON.parse(JSON.stringify(thirteen)))).toEqual(thirteen);
  });

  it('refuses what would lead the page astray', () => {
    const bad = (runs: unknown[]) => thirteenSchema.safeParse({ ...thirteen, runs }).error?.issues[0];
    const run = recordedRun('scenes.nli', 1, figures);
    expect(bad([run])).toBeUndefined();
    expect(bad([])?.path).toEqual(['runs']);
    expect(bad([{ ...run, file: '../../elsewhere.jsonl' }])?.path).toEqual(['runs', 0, 'file']);
    expect(bad([{ ...run, setting: 'scenes.nil' }])?.path).toEqual(['runs', 0, 'setting']);
    expect(bad([{ ...run, stsb: 'high' }])?.path).toEqual(['runs', 0, 'stsb']);
    expect(bad([run, run])?.message).toContain('same seed twice');
    expect(thirteenSchema.safeParse({ ...thirteen, version: 2 }).success).toBe(false);
  });

  it('has mean, lowest and highest over the seeds; none where a seed lacks the figure', () => {
    const [nli, sup, ...rest] = spreadsOf([
      recordedRun('scenes.nli', 1, figures),
      recordedRun('scenes.sup', 1, figures),
      recordedRun('scenes.nli', 2, { ...figures, a: 0.4, stsb: null }),
    ]);
    expect(rest).toEqual([]);
    expect(nli).toMatchObject({ setting: 'scenes.nli', seeds: [1, 2], stsb: null });
    expect(nli?.rfdAlignment).toEqual({ mean: 0.25, low: 0.1, high: 0.4 });
    expect(sup?.rfdUniformity).toEqual({ mean: -0.2, low: -0.2, high: -0.2 });
  });

  it('correlates ranks over the items that have both figures', () => {
    // Ranks 1 2 3 4 against 2 1 4 3: 1 - 6 * 4 / (4 * 15) = 0.6.
    const items = [
      [10, 2],
      [20, 1],
      [null, 9],
      [30, 40],
      [31, 3],
    ] as const;
    const { value, count } = rankCorrelation(
      items,
      ([x]) => x,
      ([, y]) => y,
    );
    expect(value).toBeCloseTo(0.6, 12);
    expect(count).toBe(4);
    expect(rankCorrelation([], Number, Number)).toEqual({ value: null, count: 0 });
  });

  it.skipIf(!existsSync(join(folder, 'summary.json')))('comes with the page, and so do its records', () => {
    const text = (file: string) => readFileSync(join(folder, file), 'utf8');
    const { runs, config, model } = thirteenSchema.parse(JSON.parse(text('summary.json')));
    for (const { setting, seed, file } of runs) {
      const { events, errors } = parseRecord(text(file));
      expect(errors, file).toEqual([]);
      // Records that differ in their seed alone, and name no path of the machine that made them.
      expect(events[0], file).toMatchObject({ type: 'header', setting, config: { ...config, seed } });
      expect(events[0]).toMatchObject({ model: { name: model } });
    }
  });
});
