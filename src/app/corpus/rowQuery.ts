// Filters the groups of the corpus table by text and source, and sorts them by MER or cosine. The work is done in
// slices, because a corpus can have tens of thousands of groups, and it can be aborted.
import type { Group } from '../../data/group.ts';
import { matchErrorRate } from '../../metrics/matchErrorRate.ts';
import { yieldToEventLoop } from '../../util/yieldToEventLoop.ts';

export interface RowCosines {
  positive?: number;
  intermediate?: number;
  negative?: number;
}
export type CosineOf = (groupId: string) => RowCosines | null;

/** The numeric columns of a row, and the role that each of them belongs to. */
export const MEASURES = [
  { key: 'merPositive', role: 'positive' },
  { key: 'merNegative', role: 'negative' },
  { key: 'cosinePositive', role: 'positive' },
  { key: 'cosineIntermediate', role: 'intermediate' },
  { key: 'cosineNegative', role: 'negative' },
] as const;
export type SortKey = (typeof MEASURES)[number]['key'];

export interface Sorting {
  key: SortKey;
  direction: 'ascending' | 'descending';
}

export type Origin = 'all' | 'own' | 'bundled';

export interface RowQuery {
  query: string;
  origin: Origin;
  /** null: own groups first, then bundled groups, then plain sentences. */
  sorting: Sorting | null;
}

/** Milliseconds of work before yielding to the event loop. */
const BUDGET = 8;
/** Number of groups processed between two checks of the clock. */
const STRIDE = 64;

export function isUserEntry({ source }: Pick<Group, 'source'>): boolean {
  return source !== 'bundled';
}

export interface RowMers {
  positive: number | null;
  negative: number | null;
}

const mers = new WeakMap<Group, RowMers>();

/** MER of the anchor with the positive and with the negative; null if there is none. Cached. */
function mersOf(group: Group): RowMers {
  const known = mers.get(group);
  if (known) return known;
  const mer = (other: string | undefined) =>
    other === undefined ? null : matchErrorRate(group.anchor, other).mer;
  const made = { positive: mer(group.positive), negative: mer(group.negative) };
  mers.set(group, made);
  return made;
}

/** The next state when a header is clicked: ascending, descending, none. */
export function nextSorting(now: Sorting | null, key: SortKey): Sorting | null {
  if (now?.key !== key) return { key, direction: 'ascending' };
  return now.direction === 'ascending' ? { key, direction: 'descending' } : null;
}

/** @returns the groups to show, or undefined if `signal` was aborted in the meantime */
export async function filterAndSort(
  groups: readonly Group[],
  { query, origin, sorting }: RowQuery,
  cosineOf: CosineOf,
  signal: AbortSignal,
): Promise<readonly Group[] | undefined> {
  const words = query.trim().toLowerCase();
  let shown = groups;
  if (words !== '' || origin !== 'all') {
    const kept: Group[] = [];
    const keep = (group: Group) => {
      if (origin !== 'all' && isUserEntry(group) !== (origin === 'own')) return;
      if (words === '' || matches(group, words)) kept.push(group);
    };
    if (!(await processInSlices(groups, keep, signal))) return undefined;
    shown = kept;
  }
  if (!sorting) return userGroupsFirst(shown);
  const values: number[] = [];
  const measure = (group: Group) => values.push(valueOf(group, sorting.key, cosineOf));
  if (!(await processInSlices(shown, measure, signal))) return undefined;
  return sorted(shown, values, sorting.direction);
}

/**
 * The visitor's own groups come first, newest first, so that a new pair is visible without a search. Then come bundled
 * groups, which have more to show than the plain sentences at the end.
 */
function userGroupsFirst(groups: readonly Group[]): readonly Group[] {
  const parts: [Group[], Group[], Group[]] = [[], [], []];
  for (const group of groups)
    parts[isUserEntry(group) ? 0 : group.positive !== undefined ? 1 : 2].push(group);
  return [...parts[0].reverse(), ...parts[1], ...parts[2]];
}

function matches({ anchor, positive, intermediate, negative }: Group, words: string): boolean {
  const has = (text: string | undefined) => text?.toLowerCase().includes(words) ?? false;
  return has(anchor) || has(positive) || has(intermediate) || has(negative);
}

/** The value to sort by; NaN if there is none. */
export function valueOf(group: Group, key: SortKey, cosineOf: CosineOf): number {
  const cosine = (role: keyof RowCosines) =>
    group[role] === undefined ? NaN : (cosineOf(group.id)?.[role] ?? NaN);
  switch (key) {
    case 'merPositive':
      return mersOf(group).positive ?? NaN;
    case 'merNegative':
      return mersOf(group).negative ?? NaN;
    case 'cosinePositive':
      return cosine('positive');
    case 'cosineIntermediate':
      return cosine('intermediate');
    case 'cosineNegative':
      return cosine('negative');
  }
}

/** Formats a value: "0.42", "−0.10", or "" for NaN. */
export function twoDecimals(value: number): string {
  return Number.isNaN(value) ? '' : value.toFixed(2).replace('-', '−');
}

/** A stable sort; groups without a value come last in both directions. */
export function sorted(
  groups: readonly Group[],
  values: readonly number[],
  direction: Sorting['direction'],
): readonly Group[] {
  const sign = direction === 'ascending' ? 1 : -1;
  const keyed = groups.map((group, i) => ({ group, value: values[i] ?? NaN }));
  keyed.sort((a, b) => {
    const [aMissing, bMissing] = [Number.isNaN(a.value), Number.isNaN(b.value)];
    if (aMissing || bMissing) return Number(aMissing) - Number(bMissing);
    return sign * (a.value - b.value);
  });
  return keyed.map(({ group }) => group);
}

/** Does the work group by group, yielding in between. @returns false if it was aborted */
async function processInSlices(
  groups: readonly Group[],
  work: (group: Group) => void,
  signal: AbortSignal,
): Promise<boolean> {
  let until = performance.now() + BUDGET;
  for (const [i, group] of groups.entries()) {
    if (i % STRIDE === 0 && performance.now() > until) {
      await yieldToEventLoop();
      if (signal.aborted) return false;
      until = performance.now() + BUDGET;
    }
    work(group);
  }
  return !signal.aborted;
}
