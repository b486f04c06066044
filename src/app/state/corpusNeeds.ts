// How much of the corpus a training needs, and whether the corpus is large enough to start.
import type { Group } from '../../data/group.ts';
import { mixExamples, splitExamples } from '../../data/mix.ts';
import type { Config } from '../../run/config.ts';
import { PATTERNS, type PatternName } from '../../run/settings.ts';
import { messageOf } from '../../util/failure.ts';
import { t } from '../messages/t.ts';

/** A mixture needs two examples to train on and two to hold out (data/mix.ts). */
const FEWEST = 4;

/** The knobs that decide how many examples are trained on. */
export type Need = Pick<Config, 'batch' | 'heldOut' | 'seed' | 'generatedShare' | 'positive'>;

/** The visitor's groups used alone as a corpus: those with a positive are used for the chosen pattern. */
export function asTrainingGroups(userGroups: readonly Group[], name: PatternName): Group[] {
  const pattern = PATTERNS[name];
  return userGroups.map((group) =>
    'groups' in pattern && group.positive !== undefined ? { ...group, pattern: pattern.groups } : group,
  );
}

/**
 * Why a training cannot start; null when it can.
 * @param joining own groups that are trained on in addition to `groups`
 */
export function shortfallOf(
  groups: readonly Group[],
  joining: number,
  pattern: PatternName,
  need: Need | undefined,
): string | null {
  if (groups.length === 0) return t('corpus.shortfall.none', { least: FEWEST });
  if (groups.length < FEWEST) return t('corpus.shortfall.few', { count: groups.length, least: FEWEST });
  try {
    if (!need) {
      mixExamples(groups, { pattern, generatedShare: 1, seed: 0 });
      return null;
    }
    const trained = splitExamples(groups, { pattern, ...need }).train.length + joining;
    return trained < need.batch ? t('corpus.shortfall.batch', { count: trained, batch: need.batch }) : null;
  } catch (error) {
    return messageOf(error);
  }
}
