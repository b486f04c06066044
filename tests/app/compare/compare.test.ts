// The pure parts of the room: rows of a comparison, and where names go in the plane.
import { describe, expect, it } from 'vitest';
import { bestOf, configRows } from '../../../src/app/compare/configRows.ts';
import { PAPER_SETTINGS } from '../../../src/run/paperSettings.ts';
import { namesThatFit, planeRuns, shareOf, stsScale } from '../../../src/app/compare/rfdPlane.ts';
import type { StoredRun } from '../../../src/app/state/runs.svelte.ts';
import { spreadsOf } from '../../../src/record/thirteen.ts';
import { EMPTY_SUMMARY } from '../../../src/record/summary.ts';
import { KNOB_NAMES } from '../../../src/run/knobs.ts';
import { Random } from '../../../src/util/random.ts';
import { recordedRun, thirteen } from './recordedFixture.ts';
import { header } from './records.ts';

const run = (id: string, part: Partial<StoredRun> = {}): StoredRun => ({
  id,
  name: id,
  named: false,
  note: '',
  created: 0,
  parent: null,
  status: 'finished',
  source: 'trained',
  header: header(),
  summary: EMPTY_SUMMARY,
  removed: null,
  ...part,
});

describe('side by side', () => {
  it('has what differs first, turned knobs among it, and every knob once', () => {
    const runs = [run('a', { header: header({ temperature: 0.1 }) }), run('b')];
    const edits = [{ type: 'edit', step: 40, knob: 'beta', from: 1, to: 2 } as const];
    const { differing, same } = configRows(runs, (id) => (id === 'b' ? edits : []));
    expect(differing.map(({ id, values }) => [id, ...values])).toEqual([
      ['temperature', '0.1', '0.05'],
      ['turned', '', 'beta 2 at step 40'],
    ]);
    const ids = [...differing, ...same].map(({ id }) => id);
    for (const knob of KNOB_NAMES) expect(ids.filter((id) => id === knob)).toHaveLength(1);
  });

  it('marks the highest score, unless there is nothing to compare', () => {
    expect(bestOf([0.3, null, 0.5])).toBe(2);
    expect(bestOf([0.3, null])).toBeUndefined();
    expect(bestOf([0.3, 0.3])).toBeUndefined();
    expect(bestOf([])).toBeUndefined();
  });
});

describe('the plane of fitting difficulties', () => {
  const measured = (id: string, a: number | null, sts: number | null) =>
    run(id, {
      summary: {
        ...EMPTY_SUMMARY,
        rfd: { alignment: a, uniformity: 0.1 },
        sts: { first: null, best: sts, last: null },
      },
    });

  it('leaves out runs without a fitting difficulty, and colours by our scores alone', () => {
    const points = planeRuns(
      [measured('a', 0.2, 0.4), measured('b', null, 0.9), measured('c', 0.1, null)],
      spreadsOf([recordedRun('scenes.nli', 1, { a: 0.3, u: 0.1, sts: 0.9, stsb: null })]),
      PAPER_SETTINGS,
    );
    expect(points.filter(({ kind }) => kind === 'run').map(({ id }) => id)).toEqual(['a', 'c']);
    expect(points.filter(({ kind }) => kind === 'paper')).toHaveLength(13);
    expect(stsScale(points)).toEqual({ low: 0.4, high: 0.4 });
    expect(shareOf(0.4, { low: 0.4, high: 0.4 })).toBe(1);
    expect(stsScale(planeRuns([], spreadsOf(thirteen.runs), PAPER_SETTINGS))).toBeNull();
  });

  it('writes names where they cover nothing', () => {
    const random = Random.seeded(3);
    const box = { left: 0, right: 400, top: 0, bottom: 200 };
    const marks = Array.from({ length: 40 }, (_, i) => ({
      id: String(i),
      x: 400 * random.uniform(),
      y: 200 * random.uniform(),
      width: 60,
    }));
    const names = namesThatFit(marks, box, 12);
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) {
      expect(name.x).toBeGreaterThanOrEqual(0);
      expect(name.x + 60).toBeLessThanOrEqual(400);
      for (const other of names)
        if (other !== name)
          expect(Math.abs(other.x - name.x) >= 60 || Math.abs(other.y - name.y) >= 14).toBe(true);
      for (const mark of marks)
        if (mark.id !== name.id)
          expect(mark.x > name.x && mark.x < name.x + 60 && Math.abs(mark.y - name.y) < 7).toBe(false);
    }
  });
});
