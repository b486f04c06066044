// The mark of a setting in a plot: its pattern has a colour, its domain a shape. The colours themselves are in
// tokens.css, so that themes can change them.
import type { PatternName, Setting } from '../../run/settings.ts';

/** CSS colours. Patterns of plain sentences are grey, olive and blue; those with groups have the warmer ones. */
const PATTERN_COLORS: Record<PatternName, string> = {
  dropout: 'var(--pattern-dropout)',
  token_cutoff: 'var(--pattern-token-cutoff)',
  token_shuffle: 'var(--pattern-token-shuffle)',
  nli: 'var(--pattern-nli)',
  sts: 'var(--pattern-sts)',
  sts_ht: 'var(--pattern-sts-ht)',
  sup: 'var(--pattern-sup)',
};

export const patternColor = (pattern: PatternName): string => PATTERN_COLORS[pattern];

export const domainShape = ({ domain }: Pick<Setting, 'domain'>): 'square' | 'diamond' =>
  domain === 'encyclopedia' ? 'square' : 'diamond';
