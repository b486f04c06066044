// Match error rate of two sentences, over words: MER = (I + D + S) / (I + D + S + R), with I, D, S the inserted,
// deleted and substituted words and R those retained. Li et al. 2024, appendix eq. 8 (after Morris et al. 2004). Words
// are split at white space; case and punctuation matter.

export interface EditCounts {
  insertions: number;
  deletions: number;
  substitutions: number;
  retained: number;
}

export interface MatchError extends EditCounts {
  /** null when both sentences are empty. */
  mer: number | null;
}

export function words(sentence: string): string[] {
  return sentence.split(/\s+/).filter((word) => word !== '');
}

/**
 * Several minimal edit paths can retain different numbers of words. This uses the one that retains the most, so the
 * result is the lowest MER of any minimal edit path.
 */
export function matchErrorRate(first: string, second: string): MatchError {
  const [a, b] = [words(first), words(second)];
  // best[j] = [edits, -retained] for a[0..i) and b[0..j); compared in this order.
  let best = Array.from({ length: b.length + 1 }, (_, j): [number, number] => [j, 0]);
  for (let i = 1; i <= a.length; i++) {
    const row: [number, number][] = [[i, 0]];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const [edits, kept] = best[j - 1]!;
      const candidates: [number, number][] = [
        same ? [edits, kept - 1] : [edits + 1, kept],
        [best[j]![0] + 1, best[j]![1]],
        [row[j - 1]![0] + 1, row[j - 1]![1]],
      ];
      row.push(candidates.reduce((x, y) => (y[0] < x[0] || (y[0] === x[0] && y[1] < x[1]) ? y : x)));
    }
    best = row;
  }
  const [edits, negativeRetained] = best[b.length]!;
  return countsFrom(a.length, b.length, edits, Math.abs(negativeRetained));
}

/** Derives all counts from the edits and the retained words: a has R + S + D words, b has R + S + I words. */
function countsFrom(lengthA: number, lengthB: number, edits: number, retained: number): MatchError {
  const substitutions = lengthA + lengthB - 2 * retained - edits;
  const deletions = lengthA - retained - substitutions;
  const insertions = lengthB - retained - substitutions;
  const total = edits + retained;
  return { insertions, deletions, substitutions, retained, mer: total === 0 ? null : edits / total };
}
