// Compares the rank correlations of the recorded settings with those of the paper's logs: which come out here as there,
// and which do not. All of it follows from the numbers; the words are in the catalogue.
import { rankCorrelation, type RankCorrelation, type SettingSpread } from '../../record/thirteen.ts';
import type { PaperSetting } from '../../run/paperSettings.ts';
import { settingName } from '../../run/settings.ts';

export const DIFFICULTIES = ['rfdAlignment', 'rfdUniformity'] as const;
export const SCORES = ['sts', 'stsb'] as const;
type Difficulty = (typeof DIFFICULTIES)[number];
type Score = (typeof SCORES)[number];

/** How a rank correlation here compares with the paper's; `neither`: it is clear in neither of them. */
export type Outcome = 'same' | 'missing' | 'opposite' | 'onlyHere' | 'neither' | 'unknown';

export interface RankAgreement {
  /** Number of settings that both have. */
  count: number;
  /** Number of seeds per setting; the smallest, if they differ. */
  seeds: number;
  /** The paper's: difficulty with STS-B dev. */
  paper: Record<Difficulty, RankCorrelation>;
  /** Here: difficulty with the bundled pairs and with STS-B dev. */
  here: Record<Score, Record<Difficulty, RankCorrelation>>;
  outcomes: { difficulty: Difficulty; score: Score; outcome: Outcome }[];
  /** Our figures against the paper's: is the order of the settings the same? */
  order: { figure: Difficulty | Score; correlation: RankCorrelation; outcome: Outcome }[];
}

/**
 * Size of a rank correlation that independent rankings reach in one case of twenty (normal approximation: Spearman's
 * coefficient of n independent pairs has variance 1 / (n - 1)).
 */
export const clearFrom = (count: number): number => 1.96 / Math.sqrt(count - 1);

/** The sign of a clear correlation, 0 for one that is not; null when it is undefined. */
function clearSign({ value, count }: RankCorrelation): number | null {
  if (value === null) return null;
  return Math.abs(value) > clearFrom(count) ? Math.sign(value) : 0;
}

function outcomeOf(paper: number | null, here: number | null): Outcome {
  if (paper === null || here === null) return 'unknown';
  if (paper === 0) return here === 0 ? 'neither' : 'onlyHere';
  if (here === 0) return 'missing';
  return here === paper ? 'same' : 'opposite';
}

/** Compares over the settings that the paper has. */
export function rankAgreement(
  recorded: readonly SettingSpread[],
  paper: readonly PaperSetting[],
): RankAgreement {
  const both = recorded.flatMap((here) => {
    const theirs = paper.find(({ setting }) => settingName(setting) === here.setting);
    return theirs === undefined ? [] : [{ here, theirs }];
  });
  const byDifficulty = (correlation: (difficulty: Difficulty) => RankCorrelation) => ({
    rfdAlignment: correlation('rfdAlignment'),
    rfdUniformity: correlation('rfdUniformity'),
  });
  const ofPaper = byDifficulty((difficulty) =>
    rankCorrelation(
      paper,
      (one) => one[difficulty],
      ({ sts }) => sts,
    ),
  );
  const ofScore = (score: Score) =>
    byDifficulty((difficulty) =>
      rankCorrelation(
        both,
        ({ here }) => here[difficulty]?.mean,
        ({ here }) => here[score]?.mean,
      ),
    );
  const here = { sts: ofScore('sts'), stsb: ofScore('stsb') };
  const outcomes = DIFFICULTIES.flatMap((difficulty) =>
    SCORES.map((score) => ({
      difficulty,
      score,
      outcome: outcomeOf(clearSign(ofPaper[difficulty]), clearSign(here[score][difficulty])),
    })),
  );
  const order = [...DIFFICULTIES, ...SCORES].map((figure) => {
    const correlation = rankCorrelation(
      both,
      (one) => one.here[figure]?.mean,
      // The paper's scores are on STS-B dev.
      ({ theirs }) => theirs[figure === 'stsb' ? 'sts' : figure],
    );
    return { figure, correlation, outcome: outcomeOf(1, clearSign(correlation)) };
  });
  const seeds = Math.min(...both.map((one) => one.here.seeds.length));
  return { count: both.length, seeds, paper: ofPaper, here, outcomes, order };
}
