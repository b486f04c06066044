// What a run is trained on and evaluated with: the bundled corpus of the chosen setting and the visitor's own groups
// and pairs.
import type { Group, ScoredPair } from '../../data/group.ts';
import type { PatternName, Setting } from '../../run/settings.ts';
import type { TrainingData } from '../live/options.ts';
import { t } from '../messages/t.ts';
import { indexedDbUserData, type UserDataStore } from '../storage/userDataStore.ts';
import { BundledCorpus } from './bundledCorpus.svelte.ts';
import { BUNDLED, missingFor, type Fetcher } from './corpusFiles.ts';
import { asTrainingGroups, shortfallOf, type Need } from './corpusNeeds.ts';
import type { UserPair } from './corpusText.ts';
import { UserCorpus } from './userCorpus.svelte.ts';

export interface CorpusOptions {
  /** Where own data is stored; null keeps it in memory only. */
  store?: UserDataStore | null;
  fetcher?: Fetcher;
  /** Base URL of the bundled files. */
  base?: string;
}

export class CorpusState {
  readonly domains: readonly string[] = Object.keys(BUNDLED);
  readonly user: UserCorpus;
  private readonly files: BundledCorpus;

  constructor({ store = indexedDbUserData(), fetcher, base = './corpora/' }: CorpusOptions = {}) {
    this.files = new BundledCorpus(fetcher ?? ((url, options) => fetch(url, options)), base);
    this.user = new UserCorpus(store);
  }

  /** Why a domain cannot be used with a pattern; null when it can. */
  missingFor(domain: string, pattern: PatternName): string | null {
    return missingFor(domain, pattern);
  }

  /**
   * Chooses a setting and fetches its files. A later call cancels an earlier one; after a failure the previous groups
   * stay.
   */
  load(domain: string, pattern: PatternName): Promise<void> {
    return this.files.load(domain, pattern);
  }
  /** The setting the visitor chose. */
  get domain(): string {
    return this.files.domain;
  }
  get pattern(): PatternName {
    return this.files.pattern;
  }
  get bundled(): readonly Group[] {
    return this.files.groups;
  }
  get pairs(): readonly ScoredPair[] {
    return this.files.pairs;
  }
  /** The setting whose files `bundled` holds; after a failure it may differ from the chosen one. */
  get loaded(): Setting | null {
    return this.files.loaded;
  }
  get loading(): boolean {
    return this.files.loading;
  }
  get failure(): string | null {
    return this.files.failure;
  }
  get usesBundled(): boolean {
    return this.user.usesBundled;
  }
  set usesBundled(value: boolean) {
    this.user.usesBundled = value;
  }

  /** The bundled groups (unless switched off) and the visitor's own. */
  get groups(): readonly Group[] {
    return this.joinGroups(this.usesBundled ? this.bundled : NONE, this.user.groups);
  }
  private readonly joinGroups = memoized((bundled: readonly Group[], userGroups: readonly Group[]) => [
    ...bundled,
    ...userGroups,
  ]);

  /** Number of groups, besides plain sentences, in what a run uses. */
  get groupCount(): number {
    return this.countGroups(this.forTraining.groups);
  }
  private readonly countGroups = memoized(
    (groups: readonly Group[]) => groups.filter(({ pattern }) => pattern !== 'plain').length,
  );

  get evaluationPairs(): readonly ScoredPair[] {
    return this.joinPairs(this.usesBundled ? this.pairs : NONE, this.user.pairs);
  }
  private readonly joinPairs = memoized((bundled: readonly ScoredPair[], userPairs: readonly UserPair[]) => [
    ...bundled,
    ...userPairs.map(({ score, first, second }): ScoredPair => ({ score, first, second })),
  ]);

  /**
   * The groups that a run uses: own groups are added to the bundled corpus whatever their pattern; without the
   * bundled corpus they are the corpus, and are used for the chosen pattern.
   */
  get forTraining(): Pick<TrainingData, 'groups' | 'userGroups' | 'sharedAnchors'> {
    return this.usesBundled
      ? { groups: this.bundled, userGroups: this.user.groups, sharedAnchors: this.files.sharedAnchors }
      : { groups: this.serve(this.user.groups, this.pattern), userGroups: NONE, sharedAnchors: NONE };
  }
  private readonly serve = memoized(asTrainingGroups);

  /** Why a training cannot start with this data; null when it can. */
  get shortfall(): string | null {
    return this.shortfallFor();
  }
  /** The same for the knobs of a run: a batch must not be larger than the training set. */
  shortfallFor(need?: Need): string | null {
    if (this.usesBundled && !this.files.isChosen) return this.failure ?? t('corpus.shortfall.loading');
    const { groups, userGroups } = this.forTraining;
    return this.computeShortfall(groups, userGroups.length, this.pattern, need);
  }
  private readonly computeShortfall = memoized(shortfallOf);
}

const NONE: readonly never[] = [];

/** Recomputes only when an argument differs from the last call's. */
function memoized<A extends readonly unknown[], R>(compute: (...args: A) => R): (...args: A) => R {
  let last: { args: A; result: R } | undefined;
  return (...args) => {
    if (!last?.args.every((arg, i) => arg === args[i])) last = { args, result: compute(...args) };
    return last.result;
  };
}
