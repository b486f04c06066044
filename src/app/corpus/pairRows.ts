// Converts scored pairs to table rows: bundled pairs get an id and a source, which own pairs already have.
import type { ScoredPair } from '../../data/group.ts';
import type { UserPair } from '../state/corpusText.ts';
import type { Origin } from './rowQuery.ts';

export interface PairRow extends ScoredPair {
  id: string;
  source: 'bundled' | 'typed' | 'file';
}

/** Own pairs come first, because they are the ones that can be edited. */
export function pairRows(
  bundled: readonly ScoredPair[],
  userPairs: readonly UserPair[],
  query: string,
  origin: Origin,
): PairRow[] {
  const words = query.trim().toLowerCase();
  const matches = ({ first, second }: ScoredPair) =>
    words === '' || first.toLowerCase().includes(words) || second.toLowerCase().includes(words);
  const numbered = bundled.map((pair, i): PairRow => ({ ...pair, id: `dev:${i + 1}`, source: 'bundled' }));
  return [...(origin === 'bundled' ? [] : userPairs), ...(origin === 'own' ? [] : numbered)].filter(matches);
}
