// What the page says about rank correlations follows from the numbers: hand-made settings whose ranks are known.
import { describe, expect, it } from 'vitest';
import { clearFrom, rankAgreement } from '../../../src/app/compare/rankAgreement.ts';
import { rankSentences } from '../../../src/app/compare/rankSentences.ts';
import { spreadsOf } from '../../../src/record/thirteen.ts';
import type { PaperSetting } from '../../../src/run/paperSettings.ts';
import { PATTERN_NAMES, settingName, type Setting } from '../../../src/run/settings.ts';
import { recordedRun } from './recordedFixture.ts';

const settings: Setting[] = ['encyclopedia', 'scenes'].flatMap((domain) =>
  PATTERN_NAMES.map((pattern) => ({ domain, pattern })),
);
/** An order that has nothing to do with 0, 1, 2 ...: rank correlation 0.05. */
const SHUFFLED = [6, 1, 11, 8, 3, 13, 0, 9, 5, 12, 2, 7, 10, 4];

/** The paper: RFD_a ranks as STS does, RFD_u has nothing to do with it. */
const paper = settings.map((setting, i): PaperSetting => ({
  label: settingName(setting),
  setting,
  rfdAlignment: i,
  rfdUniformity: SHUFFLED[i]!,
  sts: i,
}));
type Figures = Parameters<typeof recordedRun>[2];
const recorded = (figures: (i: number) => Figures) =>
  spreadsOf(settings.map((setting, i) => recordedRun(settingName(setting), 1, figures(i))));

describe('rank correlations beside the paper', () => {
  it('knows what agrees, what is missing, what is reversed and what is only here', () => {
    const {
      outcomes,
      order,
      count,
      paper: theirs,
      here,
    } = rankAgreement(
      recorded((i) => ({ a: i, u: -i, sts: -i, stsb: SHUFFLED[i]! })),
      paper,
    );
    expect(count).toBe(14);
    expect(theirs.rfdAlignment).toEqual({ value: 1, count: 14 });
    expect(Math.abs(theirs.rfdUniformity.value!)).toBeLessThan(clearFrom(14));
    expect(here.sts.rfdAlignment.value).toBe(-1);
    expect(outcomes).toEqual([
      { difficulty: 'rfdAlignment', score: 'sts', outcome: 'opposite' },
      { difficulty: 'rfdAlignment', score: 'stsb', outcome: 'missing' },
      { difficulty: 'rfdUniformity', score: 'sts', outcome: 'onlyHere' },
      { difficulty: 'rfdUniformity', score: 'stsb', outcome: 'neither' },
    ]);
    expect(order.map(({ figure, outcome }) => [figure, outcome])).toEqual([
      ['rfdAlignment', 'same'],
      ['rfdUniformity', 'missing'],
      ['sts', 'opposite'],
      ['stsb', 'missing'],
    ]);
  });

  it('says so in plain sentences', () => {
    const sentences = rankSentences(
      rankAgreement(
        recorded((i) => ({ a: i, u: -i, sts: i, stsb: null })),
        paper,
      ),
      'pocket',
    );
    expect(sentences).toHaveLength(4);
    expect(sentences[0]).toMatch(/^Paper .*14 settings.* is 1\.00 for RFD_a and −?0\.\d\d for RFD_u\.$/);
    expect(sentences[1]).toMatch(
      /pocket.*one seed.*RFD_a it is 1\.00 .* and – with STS-B dev; .*−1\.00 and –\./,
    );
    expect(sentences[2]).toContain('As in the paper: RFD_a with bundled STS.');
    expect(sentences[2]).toContain('Here and not in the paper: RFD_u with bundled STS.');
    expect(sentences[2]).toContain('Not known here: RFD_a with STS-B dev, RFD_u with STS-B dev.');
    expect(sentences[2]).not.toContain('and not here');
    // 1.96 / sqrt(13)
    expect(sentences[2]).toContain('±0.54');
    expect(sentences[3]).toMatch(
      /^.* order by RFD_a \(1\.00\), bundled STS \(1\.00\), and not by RFD_u \(.*\)\.$/,
    );
  });

  it('does not compare a few settings', () => {
    const few = recorded((i) => ({ a: i, u: i, sts: i, stsb: i })).slice(0, 3);
    expect(rankSentences(rankAgreement(few, paper), 'pocket')[1]).toMatch(/^Only 3 of these settings/);
    expect(rankSentences(rankAgreement([], paper), 'pocket')).toHaveLength(2);
  });
});
