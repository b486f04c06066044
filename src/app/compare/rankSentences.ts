// The rank correlations of the plane in words: the paper's, those of the recorded settings, and which of them agree.
import { format } from 'd3-format';
import { t } from '../messages/t.ts';
import { NONE } from '../plots/format.ts';
import { clearFrom, type Outcome, type RankAgreement } from './rankAgreement.ts';

const two = format('.2f');
const figureText = (value: number | null): string => (value === null ? NONE : two(value));

const OUTCOMES = [
  'same',
  'missing',
  'opposite',
  'onlyHere',
  'neither',
  'unknown',
] as const satisfies Outcome[];
/** With fewer settings no rank correlation can be told from chance. */
const FEWEST = 5;

/** One plain sentence for the paper and one for here, then what comes out and what does not. */
export function rankSentences(agreement: RankAgreement, model: string): string[] {
  const { count, seeds, paper, here, outcomes, order } = agreement;
  const theirs = t('runs.ranks.paper', {
    settings: paper.rfdAlignment.count,
    alignment: figureText(paper.rfdAlignment.value),
    uniformity: figureText(paper.rfdUniformity.value),
  });
  if (count < FEWEST) return [theirs, t('runs.ranks.few', { settings: count })];
  const ours = t('runs.ranks.here', {
    count: seeds,
    model,
    settings: count,
    alignment: figureText(here.sts.rfdAlignment.value),
    alignmentStsb: figureText(here.stsb.rfdAlignment.value),
    uniformity: figureText(here.sts.rfdUniformity.value),
    uniformityStsb: figureText(here.stsb.rfdUniformity.value),
  });
  const verdicts = OUTCOMES.flatMap((outcome) => {
    const items = outcomes.filter((one) => one.outcome === outcome);
    if (items.length === 0) return [];
    const list = items.map(({ difficulty, score }) =>
      t('runs.ranks.pair', {
        difficulty: t(`runs.ranks.figure.${difficulty}`),
        score: t(`runs.ranks.figure.${score}`),
      }),
    );
    return [t(`runs.ranks.outcome.${outcome}`, { list: list.join(', ') })];
  });
  const clear = t('runs.ranks.clear', { limit: two(clearFrom(count)), settings: count });
  return [theirs, ours, [...verdicts, clear].join(' '), orderSentence(order)];
}

/** By which figures the settings come in the paper's order. */
function orderSentence(order: RankAgreement['order']): string {
  const listOf = (outcomes: readonly Outcome[]) =>
    order
      .filter(({ outcome }) => outcomes.includes(outcome))
      .map(
        ({ figure, correlation }) => `${t(`runs.ranks.figure.${figure}`)} (${figureText(correlation.value)})`,
      )
      .join(', ');
  const [same, not] = [listOf(['same']), listOf(['missing', 'opposite'])];
  if (same === '') return t('runs.ranks.order.none', { not });
  return not === '' ? t('runs.ranks.order.all', { same }) : t('runs.ranks.order.some', { same, not });
}
