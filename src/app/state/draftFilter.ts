// Cleans drafts of groups and pairs before they are added, and leaves out copies, empty ones, too long ones and those
// beyond the limit.
import type { Group } from '../../data/group.ts';
import { yieldToEventLoop } from '../../util/yieldToEventLoop.ts';
import {
  cleanSentence,
  cleanSentences,
  pairProblemOf,
  pairTextOf,
  problemOf,
  textOf,
  type GroupDraft,
  type UserPair,
  type PairDraft,
} from './corpusText.ts';

/** The limit of own groups (and of own pairs); larger corpora belong on the command line. */
export const MAX_USER_ENTRIES = 100_000;
/** Drafts processed before yielding to the event loop. */
const SLICE = 500;

/** The result of adding drafts, in numbers. */
export interface AddResult {
  added: number;
  /** Exact copies of what is already there. */
  duplicates: number;
  /** Empty or too long, or with an invalid score. */
  invalid: number;
  /** Beyond the limit MAX_OWN. */
  overLimit: number;
}

export interface DraftFilter<T> {
  add: (draft: T) => void;
  /** Clean drafts without duplicates. */
  accepted: T[];
  result(): AddResult;
}

function draftFilter<T>(
  existing: Iterable<string>,
  clean: (draft: T) => T,
  isUsable: (clean: T) => boolean,
  text: (clean: T) => string,
): DraftFilter<T> {
  const texts = new Set(existing);
  let room = MAX_USER_ENTRIES - texts.size;
  const counts = { duplicates: 0, invalid: 0, overLimit: 0 };
  const accepted: T[] = [];
  return {
    accepted,
    add(draft) {
      const cleaned = clean(draft);
      if (!isUsable(cleaned)) counts.invalid++;
      else if (texts.has(text(cleaned))) counts.duplicates++;
      else if (room <= 0) counts.overLimit++;
      else {
        room--;
        texts.add(text(cleaned));
        accepted.push(cleaned);
      }
    },
    result: () => ({ added: accepted.length, ...counts }),
  };
}

export function groupFilter(userGroups: readonly Group[]): DraftFilter<GroupDraft> {
  return draftFilter<GroupDraft>(
    userGroups.map(textOf),
    (draft) => ({ ...draft, ...cleanSentences(draft) }),
    (draft) => problemOf(draft) === null,
    textOf,
  );
}

export function pairFilter(userPairs: readonly UserPair[]): DraftFilter<PairDraft> {
  return draftFilter<PairDraft>(
    userPairs.map(pairTextOf),
    (draft) => ({ ...draft, first: cleanSentence(draft.first), second: cleanSentence(draft.second) }),
    (draft) => pairProblemOf(draft) === null,
    pairTextOf,
  );
}

/** Passes on a large number without blocking the page. */
export async function inSlices<T>(items: readonly T[], process: (item: T) => void): Promise<void> {
  for (let at = 0; at < items.length; at += SLICE) {
    if (at > 0) await yieldToEventLoop();
    items.slice(at, at + SLICE).forEach(process);
  }
}
