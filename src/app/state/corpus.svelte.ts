// What a run trains on and is measured with: the bundled corpus of the chosen setting, and what the visitor typed,
// pasted or brought in files. The visitor's part can be undone and is kept between visits; nothing of it leaves the
// browser.
import { patternOf, type Group, type ScoredPair } from '../../data/group.ts';
import type { PatternName, Setting } from '../../run/settings.ts';
import { breathe } from '../../util/breathe.ts';
import { t } from '../messages/t.ts';
import type { StorageFailure } from '../storage/database.ts';
import { indexedDbStore, type OwnStore, type SavedOwn } from '../storage/ownStore.ts';
import { OwnSaver } from '../storage/saver.ts';
import { BundledCorpus } from './bundledCorpus.svelte.ts';
import { BUNDLED, missingFor, type Fetcher } from './corpusFiles.ts';
import * as past from './corpusHistory.ts';
import { countOf, placed, without } from './corpusLists.ts';
import { groupIntake, inSlices, pairIntake, type Added, type Intake } from './corpusIntake.ts';
import { serving, shortfallOf, type Need } from './corpusNeeds.ts';
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
  type Sentences,
} from './corpusText.ts';

export interface CorpusOptions {
  /** Where own data lie; null keeps them in memory only. */
  store?: OwnStore | null;
  fetcher?: Fetcher;
  /** Address of the bundled files. */
  base?: string;
}

export class CorpusState {
  readonly domains: readonly string[] = Object.keys(BUNDLED);
  /** Told of groups as they are added: a running training takes them into its next batch. */
  onadded: ((groups: readonly Group[]) => void) | null = null;
  /** Own data of earlier visits are there (or it was said why they are not). */
  readonly restored: Promise<void>;

  #usesBundled = $state(true);
  #own = $state.raw<readonly Group[]>([]);
  #ownPairs = $state.raw<readonly OwnPair[]>([]);
  #history = $state.raw(past.NO_HISTORY);
  #lastChange = $state.raw<past.LastChange | null>(null);
  #storageFailure = $state<string | null>(null);
  #dropped = $state(0);

  #next = 1;
  readonly #files: BundledCorpus;
  readonly #saver: OwnSaver | undefined;

  constructor({ store = indexedDbStore(), fetcher, base = './corpora/' }: CorpusOptions = {}) {
    this.#files = new BundledCorpus(fetcher ?? ((url, options) => fetch(url, options)), base);
    if (store) {
      const current = () => ({
        groups: this.#own,
        pairs: this.#ownPairs,
        preferences: { next: this.#next, usesBundled: this.#usesBundled },
      });
      this.#saver = new OwnSaver(store, current, (failure) => this.#reportStorage(failure));
    }
    this.restored = this.#saver?.restore((saved) => this.#place(saved)) ?? Promise.resolve();
  }

  // --- the bundled corpus -----------------------------------------------------------------------------------------

  /** Why a domain cannot serve a pattern; null when it can. */
  missingFor(domain: string, pattern: PatternName): string | null {
    return missingFor(domain, pattern);
  }

  /** Chooses a setting and fetches its files. A later call overtakes an earlier one; a failure keeps what was there. */
  load(domain: string, pattern: PatternName): Promise<void> {
    return this.#files.load(domain, pattern);
  }
  /** The setting the visitor chose. */
  get domain(): string {
    return this.#files.domain;
  }
  get pattern(): PatternName {
    return this.#files.pattern;
  }
  get bundled(): readonly Group[] {
    return this.#files.groups;
  }
  get pairs(): readonly ScoredPair[] {
    return this.#files.pairs;
  }
  /** The setting whose files `bundled` holds: after a failure another one than was chosen. */
  get loaded(): Setting | null {
    return this.#files.loaded;
  }
  get loading(): boolean {
    return this.#files.loading;
  }
  get failure(): string | null {
    return this.#files.failure;
  }
  get usesBundled(): boolean {
    return this.#usesBundled;
  }
  set usesBundled(value: boolean) {
    this.#usesBundled = value;
    this.#saver?.changed();
  }

  // --- what a run takes -------------------------------------------------------------------------------------------

  /** Bundled (unless switched off) and own. */
  get groups(): readonly Group[] {
    return this.#joined(this.#usesBundled ? this.bundled : NONE, this.#own);
  }
  readonly #joined = remembered((bundled: readonly Group[], own: readonly Group[]) => [...bundled, ...own]);

  get evaluationPairs(): readonly ScoredPair[] {
    return this.#joinedPairs(this.#usesBundled ? this.pairs : NONE, this.#ownPairs);
  }
  readonly #joinedPairs = remembered((bundled: readonly ScoredPair[], own: readonly OwnPair[]) => [
    ...bundled,
    ...own.map(({ score, first, second }): ScoredPair => ({ score, first, second })),
  ]);

  /**
   * The groups as a run takes them: own ones join the bundled corpus whatever their pattern; without the bundled
   * corpus they are the corpus, and serve the setting that was chosen.
   */
  get forTraining(): { groups: readonly Group[]; own: readonly Group[] } {
    return this.#usesBundled
      ? { groups: this.bundled, own: this.#own }
      : { groups: this.#serving(this.#own, this.pattern), own: NONE };
  }
  readonly #serving = remembered(serving);

  /** Why a training cannot begin with these data; null when it can. */
  get shortfall(): string | null {
    return this.shortfallFor();
  }
  /** The same under the knobs of a run: a batch must not be larger than what is trained on. */
  shortfallFor(need?: Need): string | null {
    if (this.#usesBundled && !this.#files.isChosen) return this.failure ?? t('corpus.shortfall.loading');
    const { groups, own } = this.forTraining;
    return this.#shortfall(groups, own.length, this.pattern, need);
  }
  readonly #shortfall = remembered(shortfallOf);

  // --- the visitor's groups and pairs -----------------------------------------------------------------------------

  get own(): readonly Group[] {
    return this.#own;
  }
  get ownPairs(): readonly OwnPair[] {
    return this.#ownPairs;
  }

  /** Adds groups; `onadded` hears of those that were new. For more than a screenful use addMany. */
  add(drafts: readonly GroupDraft[]): Added {
    const intake = groupIntake(this.#own);
    drafts.forEach(intake.take);
    return this.#addTaken(intake);
  }
  addPairs(drafts: readonly PairDraft[]): Added {
    const intake = pairIntake(this.#ownPairs);
    drafts.forEach(intake.take);
    return this.#addTakenPairs(intake);
  }

  /** Adds very many without holding up the page; they appear all at once, as one change to undo. */
  async addMany(groups: readonly GroupDraft[], pairs: readonly PairDraft[]): Promise<Added> {
    const [taken, takenPairs] = [groupIntake(this.#own), pairIntake(this.#ownPairs)];
    await inSlices(groups, taken.take);
    await inSlices(pairs, takenPairs.take);
    await breathe();
    return groups.length > 0 ? this.#addTaken(taken) : this.#addTakenPairs(takenPairs);
  }

  #addTaken(intake: Intake<GroupDraft>): Added {
    const groups = intake.taken.map((draft): Group => ({
      ...draft,
      id: `own-${this.#next++}`,
      pattern: draft.pattern ?? patternOf(draft),
      source: draft.source ?? 'typed',
    }));
    if (groups.length > 0) {
      this.#change([...this.#own, ...groups], this.#ownPairs, { kind: 'added', count: groups.length });
      this.onadded?.(groups);
    }
    return intake.outcome();
  }
  #addTakenPairs(intake: Intake<PairDraft>): Added {
    const pairs = intake.taken.map(({ score, first, second, source }): OwnPair => {
      return { id: `pair-${this.#next++}`, score, first, second, source: source ?? 'typed' };
    });
    if (pairs.length > 0)
      this.#change(this.#own, [...this.#ownPairs, ...pairs], { kind: 'added', count: pairs.length });
    return intake.outcome();
  }

  /** Changes sentences of an own group. Returns false, and changes nothing, when it would be empty or too long. */
  update(id: string, fields: Partial<Sentences>): boolean {
    const group = this.#own.find((each) => each.id === id);
    if (!group) return false;
    const sentences = cleanSentences({ ...group, ...fields });
    if (problemOf(sentences) !== null) return false;
    if (textOf(sentences) === textOf(group)) return true;
    const changed: Group = { ...group, ...sentences, pattern: patternOf(sentences) };
    const own = this.#own.map((each) => (each === group ? changed : each));
    this.#change(own, this.#ownPairs, { kind: 'edited', count: 1 });
    return true;
  }
  updatePair(id: string, fields: Partial<ScoredPair>): boolean {
    const pair = this.#ownPairs.find((each) => each.id === id);
    if (!pair) return false;
    const changed: OwnPair = { ...pair, ...fields };
    changed.first = cleanSentence(changed.first);
    changed.second = cleanSentence(changed.second);
    if (pairProblemOf(changed) !== null) return false;
    if (pairTextOf(changed) === pairTextOf(pair)) return true;
    const pairs = this.#ownPairs.map((each) => (each === pair ? changed : each));
    this.#change(this.#own, pairs, { kind: 'edited', count: 1 });
    return true;
  }

  /** Removes own groups and own pairs. */
  remove(ids: readonly string[]): void {
    const left = without(this.#lists, ids);
    const count = countOf(this.#lists) - countOf(left);
    if (count > 0) this.#change(left.groups, left.pairs, { kind: 'deleted', count });
  }
  clearOwn(): void {
    const count = countOf(this.#lists);
    if (count > 0) this.#change([], [], { kind: 'cleared', count });
  }
  get #lists(): past.OwnLists {
    return { groups: this.#own, pairs: this.#ownPairs };
  }

  get canUndo(): boolean {
    return this.#history.past.length > 0;
  }
  get canRedo(): boolean {
    return this.#history.future.length > 0;
  }
  /** What happened last, to be said; null before anything did. */
  get lastChange(): past.LastChange | null {
    return this.#lastChange;
  }
  undo(): void {
    this.#travel(past.undone(this.#history, this.#lists), 'undo');
  }
  redo(): void {
    this.#travel(past.redone(this.#history, this.#lists), 'redo');
  }

  #change(own: readonly Group[], pairs: readonly OwnPair[], change: past.Change): void {
    this.#history = past.recorded(this.#history, this.#lists, change);
    this.#set(own, pairs, { ...change, by: 'doing' });
  }
  #travel(travelled: past.Travelled | undefined, by: 'undo' | 'redo'): void {
    if (!travelled) return;
    this.#history = travelled.history;
    this.#set(travelled.lists.groups, travelled.lists.pairs, { ...travelled.change, by });
  }
  #set(own: readonly Group[], pairs: readonly OwnPair[], change: past.LastChange): void {
    this.#own = own;
    this.#ownPairs = pairs;
    this.#lastChange = change;
    this.#saver?.changed();
  }

  // --- storage ----------------------------------------------------------------------------------------------------

  /** What cannot be stored, why, and what to do; null while all is well. Nothing is lost in memory. */
  get storageFailure(): string | null {
    return this.#storageFailure;
  }
  /** Saved records that could not be read and were left out. */
  get dropped(): number {
    return this.#dropped;
  }
  /** Writes now what is not yet stored. */
  async flush(): Promise<void> {
    await this.#saver?.flush();
  }

  #reportStorage(failure: StorageFailure | null): void {
    this.#storageFailure =
      failure && t(`corpus.storage.${failure.problem}`, { message: failure.message.replace(/\.$/, '') });
  }

  #place(saved: SavedOwn): { groups: Group[]; pairs: OwnPair[] } {
    const { groups, pairs, inOrder, next, renumbered } = placed(saved, this.#lists, this.#next);
    this.#next = next;
    this.#history = past.withEarlier(this.#history, inOrder);
    this.#own = [...inOrder.groups, ...this.#own];
    this.#ownPairs = [...inOrder.pairs, ...this.#ownPairs];
    if (saved.preferences) this.#usesBundled = saved.preferences.usesBundled;
    this.#dropped = saved.badGroups.length + saved.badPairs.length;
    if (this.#dropped > 0 || renumbered) this.#saver?.changed();
    return { groups, pairs };
  }
}

const NONE: readonly never[] = [];

/** Computes anew only when an argument is another one than last time. */
function remembered<A extends readonly unknown[], R>(compute: (...args: A) => R): (...args: A) => R {
  let last: { args: A; result: R } | undefined;
  return (...args) => {
    if (!last?.args.every((arg, i) => arg === args[i])) last = { args, result: compute(...args) };
    return last.result;
  };
}
