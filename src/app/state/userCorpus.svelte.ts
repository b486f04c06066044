// The visitor's own groups and scored pairs: typed, pasted or read from files. Every change can be undone and is kept
// between visits; no data leaves the browser.
import { patternOf, type Group, type ScoredPair } from '../../data/group.ts';
import { yieldToEventLoop } from '../../util/yieldToEventLoop.ts';
import { t } from '../messages/t.ts';
import type { StorageFailure } from '../storage/database.ts';
import type { UserDataStore, SavedUserData } from '../storage/userDataStore.ts';
import { UserDataSaver } from '../storage/userDataSaver.ts';
import * as history from './corpusHistory.ts';
import { groupFilter, inSlices, pairFilter, type AddResult, type DraftFilter } from './draftFilter.ts';
import { countOf, mergeSaved, without } from './corpusLists.ts';
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
  type Sentences,
} from './corpusText.ts';

export class UserCorpus {
  /** The lists are replaced, never changed in place. */
  groups = $state.raw<readonly Group[]>([]);
  pairs = $state.raw<readonly UserPair[]>([]);
  /** The last change, to be announced; null before the first one. */
  lastChange = $state.raw<history.LastChange | null>(null);
  /** What cannot be stored, why, and what to do; null while storage works. Nothing is lost in memory. */
  storageFailure = $state<string | null>(null);
  /** Number of stored records that could not be read and were left out. */
  dropped = $state(0);
  /** Called with newly added groups; a running training uses them from its next batch on. */
  onadded: ((groups: readonly Group[]) => void) | null = null;
  /** Resolves when the data of earlier visits has been loaded, or loading has failed. */
  readonly restored: Promise<void>;

  private withBundled = $state(true);
  private history = $state.raw(history.NO_HISTORY);
  private nextId = 1;
  private readonly saver: UserDataSaver | undefined;

  /** @param store null keeps the data in memory only */
  constructor(store: UserDataStore | null) {
    if (store) {
      const current = () => ({
        groups: this.groups,
        pairs: this.pairs,
        preferences: { next: this.nextId, usesBundled: this.withBundled },
      });
      this.saver = new UserDataSaver(store, current, (failure) => this.reportStorage(failure));
    }
    this.restored = this.saver?.restore((saved) => this.restore(saved)) ?? Promise.resolve();
  }

  /** Whether the own groups are used alongside the bundled corpus, or alone. Stored with them. */
  get usesBundled(): boolean {
    return this.withBundled;
  }
  set usesBundled(value: boolean) {
    this.withBundled = value;
    this.saver?.changed();
  }

  /** Adds groups; `onadded` is called with the new ones. For more than a screenful use addMany. */
  add(drafts: readonly GroupDraft[]): AddResult {
    const filter = groupFilter(this.groups);
    drafts.forEach(filter.add);
    return this.addGroupsOf(filter);
  }
  addPairs(drafts: readonly PairDraft[]): AddResult {
    const filter = pairFilter(this.pairs);
    drafts.forEach(filter.add);
    return this.addPairsOf(filter);
  }

  /** Adds a large number without blocking the page; they appear all at once, as one change to undo. */
  async addMany(groups: readonly GroupDraft[], pairs: readonly PairDraft[]): Promise<AddResult> {
    const [forGroups, forPairs] = [groupFilter(this.groups), pairFilter(this.pairs)];
    await inSlices(groups, forGroups.add);
    await inSlices(pairs, forPairs.add);
    await yieldToEventLoop();
    return groups.length > 0 ? this.addGroupsOf(forGroups) : this.addPairsOf(forPairs);
  }

  private addGroupsOf(filter: DraftFilter<GroupDraft>): AddResult {
    const added = filter.accepted.map((draft): Group => ({
      ...draft,
      id: `own-${this.nextId++}`,
      pattern: draft.pattern ?? patternOf(draft),
      source: draft.source ?? 'typed',
    }));
    if (added.length > 0) {
      this.change([...this.groups, ...added], this.pairs, { kind: 'added', count: added.length });
      this.onadded?.(added);
    }
    return filter.result();
  }
  private addPairsOf(filter: DraftFilter<PairDraft>): AddResult {
    const added = filter.accepted.map(({ score, first, second, source }): UserPair => {
      return { id: `pair-${this.nextId++}`, score, first, second, source: source ?? 'typed' };
    });
    if (added.length > 0)
      this.change(this.groups, [...this.pairs, ...added], { kind: 'added', count: added.length });
    return filter.result();
  }

  /** Changes sentences of a group. Returns false, and changes nothing, when the group would be empty or too long. */
  update(id: string, fields: Partial<Sentences>): boolean {
    const group = this.groups.find((each) => each.id === id);
    if (!group) return false;
    const sentences = cleanSentences({ ...group, ...fields });
    if (problemOf(sentences) !== null) return false;
    if (textOf(sentences) === textOf(group)) return true;
    const changed: Group = { ...group, ...sentences, pattern: patternOf(sentences) };
    const groups = this.groups.map((each) => (each === group ? changed : each));
    this.change(groups, this.pairs, { kind: 'edited', count: 1 });
    return true;
  }
  updatePair(id: string, fields: Partial<ScoredPair>): boolean {
    const pair = this.pairs.find((each) => each.id === id);
    if (!pair) return false;
    const changed: UserPair = { ...pair, ...fields };
    changed.first = cleanSentence(changed.first);
    changed.second = cleanSentence(changed.second);
    if (pairProblemOf(changed) !== null) return false;
    if (pairTextOf(changed) === pairTextOf(pair)) return true;
    const pairs = this.pairs.map((each) => (each === pair ? changed : each));
    this.change(this.groups, pairs, { kind: 'edited', count: 1 });
    return true;
  }

  /** Removes groups and pairs. */
  remove(ids: readonly string[]): void {
    const left = without(this.lists, ids);
    const count = countOf(this.lists) - countOf(left);
    if (count > 0) this.change(left.groups, left.pairs, { kind: 'deleted', count });
  }
  clear(): void {
    const count = countOf(this.lists);
    if (count > 0) this.change([], [], { kind: 'cleared', count });
  }
  private get lists(): history.UserLists {
    return { groups: this.groups, pairs: this.pairs };
  }

  get canUndo(): boolean {
    return this.history.past.length > 0;
  }
  get canRedo(): boolean {
    return this.history.future.length > 0;
  }
  undo(): void {
    this.jump(history.undo(this.history, this.lists), 'undo');
  }
  redo(): void {
    this.jump(history.redo(this.history, this.lists), 'redo');
  }

  /** Writes unsaved changes now. */
  async flush(): Promise<void> {
    await this.saver?.flush();
  }

  private change(groups: readonly Group[], pairs: readonly UserPair[], change: history.CorpusChange): void {
    this.history = history.record(this.history, this.lists, change);
    this.set(groups, pairs, { ...change, by: 'doing' });
  }
  private jump(to: history.HistoryStep | undefined, by: 'undo' | 'redo'): void {
    if (!to) return;
    this.history = to.history;
    this.set(to.lists.groups, to.lists.pairs, { ...to.change, by });
  }
  private set(groups: readonly Group[], pairs: readonly UserPair[], change: history.LastChange): void {
    this.groups = groups;
    this.pairs = pairs;
    this.lastChange = change;
    this.saver?.changed();
  }

  private reportStorage(failure: StorageFailure | null): void {
    this.storageFailure =
      failure && t(`corpus.storage.${failure.problem}`, { message: failure.message.replace(/\.$/, '') });
  }

  private restore(saved: SavedUserData): { groups: Group[]; pairs: UserPair[] } {
    const { groups, pairs, inOrder, next, renumbered } = mergeSaved(saved, this.lists, this.nextId);
    this.nextId = next;
    this.history = history.withLoaded(this.history, inOrder);
    this.groups = [...inOrder.groups, ...this.groups];
    this.pairs = [...inOrder.pairs, ...this.pairs];
    if (saved.preferences) this.withBundled = saved.preferences.usesBundled;
    this.dropped = saved.badGroups.length + saved.badPairs.length;
    if (this.dropped > 0 || renumbered) this.saver?.changed();
    return { groups, pairs };
  }
}
