// Which sentences the map follows: they must be spread over the corpus, complete groups, and the same every time.
import { describe, expect, it } from 'vitest';
import { pointsOf, samplePoints } from '../../src/data/points.ts';
import type { Group } from '../../src/data/group.ts';
import { tinyGroups, tinyPlain } from '../support/tiny.ts';

describe('samplePoints', () => {
  it('takes whole groups, evenly over the corpus, within the cap', () => {
    const points = samplePoints([...tinyPlain(30), ...tinyGroups(24)], 'sts_ht', 30);
    const groups = [...new Set(points.map(({ group }) => group))];
    expect(points).toHaveLength(28);
    expect(groups).toHaveLength(7);
    for (const group of groups) {
      const roles = points.filter((point) => point.group === group).map(({ role }) => role);
      expect(roles).toEqual(['anchor', 'positive', 'intermediate', 'negative']);
    }
    const all = tinyGroups(24).map(({ id }) => id);
    expect(all.indexOf(groups.at(-1)!)).toBeGreaterThan(all.length * 0.8);
  });

  it('takes plain sentences where the setting has no groups', () => {
    const points = samplePoints(tinyPlain(10), 'dropout', 4);
    expect(points.map(({ role }) => role)).toEqual(['plain', 'plain', 'plain', 'plain']);
    expect(new Set(points.map(({ id }) => id)).size).toBe(4);
  });
});

it("a typed pair shows both its sentences, whatever the setting's roles", () => {
  const pair: Group = { id: 'own-1', anchor: 'a', positive: 'b', pattern: 'nli', source: 'typed' };
  expect(pointsOf(pair, ['anchor']).map(({ role }) => role)).toEqual(['anchor', 'positive']);
  expect(pointsOf(pair, ['anchor', 'positive', 'negative'])).toHaveLength(2);
});
