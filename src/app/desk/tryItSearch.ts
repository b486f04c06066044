// Semantic search: the sentences nearest to a query, with their ranks before training. Sentences are encoded in chunks,
// when they are first needed, and again when the weights have changed.
import { normalised, type Matrix } from '../../metrics/vectors.ts';
import type { PointRole } from '../../run/roles.ts';

export type Encode = (sentences: string[]) => Promise<{ before: Matrix; now: Matrix }>;

export interface Candidate {
  id: string;
  text: string;
  role: PointRole;
}

export interface Hit extends Candidate {
  now: number;
  before: number;
  /** Rank among all candidates; 1 = nearest. */
  rankNow: number;
  rankBefore: number;
}

export interface SearchResult {
  query: string;
  hits: Hit[];
  searched: number;
  /** Revisions of the oldest and newest weights used; equal if the search is exact. */
  from: number;
  to: number;
}

export interface SearchOptions {
  /** Returns a number that is incremented when the weights change. */
  revision: () => number;
  /** Whether the answer is no longer wanted; checked between chunks. */
  dropped: () => boolean;
  progress?: (done: number, all: number) => void;
  /** Maximum age in milliseconds of embeddings with older weights (during training); 0 = exact. */
  maxAge: number;
}

const SEARCH_CAP = 2000;
const NEWEST = 100;
const CHUNK = 64;
const HITS = 5;

/** At most `cap` distinct sentences: always the newest (the visitor's), the rest sampled evenly from all of them. */
export function candidatesOf(sentences: readonly Candidate[], cap = SEARCH_CAP): Candidate[] {
  const distinct = [...new Map(sentences.map((sentence) => [sentence.text, sentence])).values()];
  if (distinct.length <= cap) return distinct;
  const newest = distinct.slice(-Math.min(NEWEST, cap));
  const rest = distinct.slice(0, -newest.length);
  const room = cap - newest.length;
  const sampled = Array.from({ length: room }, (_, i) => rest[Math.floor((i * rest.length) / room)]!);
  return [...sampled, ...newest];
}

interface Encoded {
  before: Float64Array;
  now: Float64Array;
  /** Revisions before and after encoding: the weights may have changed in between. */
  from: number;
  to: number;
  time: number;
}

export class SearchIndex {
  private readonly encoded = new Map<string, Encoded>();

  constructor(
    private readonly encode: Encode,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @returns null if dropped in the meantime @throws the error that encode rejects with */
  async search(
    query: string,
    candidates: readonly Candidate[],
    options: SearchOptions,
  ): Promise<SearchResult | null> {
    const start = this.now();
    const fresh = ({ text }: { text: string }): boolean => {
      const known = this.encoded.get(text);
      if (!known) return false;
      if (known.from === known.to && known.to === options.revision()) return true;
      return start - known.time < options.maxAge;
    };
    const missing = [
      ...new Set([{ text: query }, ...candidates].filter((c) => !fresh(c)).map((c) => c.text)),
    ];
    for (let i = 0; i < missing.length; i += CHUNK) {
      options.progress?.(i, missing.length);
      await this.add(missing.slice(i, i + CHUNK), options.revision);
      if (options.dropped()) return null;
    }
    options.progress?.(missing.length, missing.length);
    return this.rank(query, candidates);
  }

  private async add(texts: string[], revision: () => number): Promise<void> {
    const from = revision();
    const { before, now } = await this.encode(texts);
    const [old, current] = [normalised(before), normalised(now)];
    const row = ({ data, dimension }: Matrix, i: number): Float64Array =>
      data.slice(i * dimension, (i + 1) * dimension);
    texts.forEach((text, i) =>
      this.encoded.set(text, {
        before: row(old, i),
        now: row(current, i),
        from,
        to: revision(),
        time: this.now(),
      }),
    );
  }

  private rank(query: string, candidates: readonly Candidate[]): SearchResult {
    const asked = this.encoded.get(query)!;
    const found = candidates.filter(({ text }) => text !== query);
    const rows = found.map(({ text }) => this.encoded.get(text)!);
    const nowCosines = rows.map((row) => dot(row.now, asked.now));
    const beforeCosines = rows.map((row) => dot(row.before, asked.before));
    const order = found
      .map((_, i) => i)
      .filter((i) => Number.isFinite(nowCosines[i]))
      .sort((a, b) => nowCosines[b]! - nowCosines[a]! || a - b);
    const rankIn = (cosines: number[], i: number): number =>
      1 + cosines.reduce((above, cosine) => above + (cosine > cosines[i]! ? 1 : 0), 0);
    const all = [asked, ...rows];
    return {
      query,
      hits: order.slice(0, HITS).map((i) => ({
        ...found[i]!,
        now: nowCosines[i]!,
        before: beforeCosines[i]!,
        rankNow: rankIn(nowCosines, i),
        rankBefore: rankIn(beforeCosines, i),
      })),
      searched: found.length,
      from: all.reduce((least, { from }) => Math.min(least, from), Infinity),
      to: all.reduce((most, { to }) => Math.max(most, to), -Infinity),
    };
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let k = 0; k < a.length; k++) total += a[k]! * b[k]!;
  return total;
}
