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
  type OwnPair,
  type PairDraft,
} from './corpusText.ts';

/** The limit of own groups (and of own pairs); larger corpora belong on the command line. */
export const MAX_OWN = 100_000;
/** Drafts processed before yielding to the event loop. */
const SLICE = 500;

/** The result of adding drafts, in numbers. */
export interface Added {
  added: number;
  /** Exact copies of what is already there. */
  copies: number;
  /** Empty or too long, or with an invalid score. */
  refused: number;
  /** Beyond the limit MAX_OWN. */
  surplus: number;
}

export interface Intake<T> {
  take: (draft: T) => void;
  /** Clean drafts without duplicates. */
  taken: T[];
  outcome(): Added;
}

function intake<T>(
  there: Iterable<string>,
  clean: (draft: T) => T,
  isUsable: (clean: T) => boolean,
  text: (clean: T) => string,
): Intake<T> {
  const texts = new Set(there);
  let room = MAX_OWN - texts.size;
  const counts = { copies: 0, refused: 0, surplus: 0 };
  const taken: T[] = [];
  return {
    taken,
    take(draft) {
      const cleaned = clean(draft);
      if (!isUsable(cleaned)) counts.refused++;
      else if (texts.has(text(cleaned))) counts.copies++;
      else if (room <= 0) counts.surplus++;
      else {
        room--;
        texts.add(text(cleaned));
        taken.push(cleaned);
      }
    },
    outcome: () => ({ added: taken.length, ...counts }),
  };
}

export function groupIntake(own: readonly Group[]): Intake<GroupDraft> {
  return intake<GroupDraft>(
    own.map(textOf),
    (draft) => ({ ...draft, ...cleanSentences(draft) }),
    (draft) => problemOf(draft) === null,
    textOf,
  );
}

export function pairIntake(own: readonly OwnPair[]): Intake<PairDraft> {
  return intake<PairDraft>(
    own.map(pairTextOf),
    (draft) => ({ ...draft, first: cleanSentence(draft.first), second: cleanSentence(draft.second) }),
    (draft) => pairProblemOf(draft) === null,
    pairTextOf,
  );
}

/** Passes on a large number without blocking the page. */
export async function inSlices<T>(items: readonly T[], take: (item: T) => void): Promise<void> {
  for (let at = 0; at < items.length; at += SLICE) {
    if (at > 0) await yieldToEventLoop();
    items.slice(at, at + SLICE).forEach(take);
  }
}
