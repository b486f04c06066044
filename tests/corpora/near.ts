// Sentences that share most of their words, found without comparing all with all (prefix filter: Bayardo, Ma and
// Srikant, "Scaling up all pairs similarity search", WWW 2007). Of two sentences with a Jaccard of at least t, each
// shares at least t of its n tokens with the other; so, with all tokens ordered from rare to common, the first
// n - ceil(t n) + 1 tokens of the one meet those of the other. Only these are looked up, and they are rare.
import { jaccard, type Sentence } from './read.ts';

export interface NearPair {
  first: Sentence;
  /** Comes after the first. */
  second: Sentence;
  similarity: number;
}

/** All pairs of sentences of different units with a token Jaccard of at least `least`. */
export function nearPairs(sentences: readonly Sentence[], least: number): NearPair[] {
  const rank = ranks(sentences);
  const holders = new Map<string, number[]>();
  /** The last sentence that each one was compared with. */
  const compared = new Int32Array(sentences.length).fill(-1);
  const pairs: NearPair[] = [];
  sentences.forEach((second, index) => {
    const tokens = [...second.tokens].sort((a, b) => rank.get(a)! - rank.get(b)!);
    const rare = tokens.slice(0, tokens.length - Math.ceil(least * tokens.length) + 1);
    for (const token of rare) {
      for (const other of holders.get(token) ?? []) {
        if (compared[other] === index) continue;
        compared[other] = index;
        const first = sentences[other]!;
        const [fewer, more] = [first.tokens.size, second.tokens.size].sort((a, b) => a - b);
        if (fewer! < least * more! || first.unit === second.unit) continue;
        const similarity = jaccard(first.tokens, second.tokens);
        if (similarity >= least) pairs.push({ first, second, similarity });
      }
    }
    for (const token of rare) {
      const others = holders.get(token);
      if (others) others.push(index);
      else holders.set(token, [index]);
    }
  });
  return pairs;
}

/** Every token's place, from the rarest to the most common. */
function ranks(sentences: readonly Sentence[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { tokens } of sentences)
    for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  const order = [...counts].sort(([, a], [, b]) => a - b);
  return new Map(order.map(([token], place) => [token, place]));
}
