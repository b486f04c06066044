// The bundled corpus of the chosen setting and its loading state: not requested, loading, loaded or failed.
import type { Group, ScoredPair } from '../../data/group.ts';
import type { PatternName, Setting } from '../../run/settings.ts';
import { messageOf } from '../../util/failure.ts';
import { CorpusFiles, EVALUATION_FILE, groupFiles, type Fetcher } from './corpusFiles.ts';

export class BundledCorpus {
  /** The setting the visitor chose. */
  domain = $state('scenes');
  pattern = $state<PatternName>('sts_ht');
  /** The setting whose files `groups` holds; after a failure it may differ from the chosen one. */
  loaded = $state.raw<Setting | null>(null);
  groups = $state.raw<readonly Group[]>([]);
  pairs = $state.raw<readonly ScoredPair[]>([]);
  /** The anchors that all settings of the domain are measured on. */
  sharedAnchors = $state.raw<readonly string[]>([]);
  loading = $state(false);
  failure = $state<string | null>(null);
  private abort: AbortController | undefined;
  private readonly files: CorpusFiles;

  constructor(fetcher: Fetcher, base: string) {
    this.files = new CorpusFiles(fetcher, base);
  }

  /** A later call supersedes an earlier one; after a failure the previous groups stay. */
  async load(domain: string, pattern: PatternName): Promise<void> {
    this.abort?.abort();
    const abort = (this.abort = new AbortController());
    this.domain = domain;
    this.pattern = pattern;
    this.loading = true;
    this.failure = null;
    try {
      const paths = groupFiles(domain, pattern);
      const [pairs, anchors, ...parts] = await Promise.all([
        this.files.pairsOf(EVALUATION_FILE, abort.signal),
        this.files.anchorsOf(domain, abort.signal),
        ...paths.map((path) => this.files.groupsOf(path, abort.signal)),
      ]);
      if (abort.signal.aborted) return;
      this.groups = parts.flat();
      this.sharedAnchors = anchors;
      this.pairs = pairs;
      this.loaded = { domain, pattern };
    } catch (error) {
      if (!abort.signal.aborted) this.failure = messageOf(error);
    } finally {
      if (this.abort === abort) this.loading = false;
    }
  }

  /** Whether `groups` belongs to the chosen setting. */
  get isChosen(): boolean {
    return this.loaded?.domain === this.domain && this.loaded.pattern === this.pattern;
  }
}
