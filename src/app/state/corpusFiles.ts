// The bundled corpora: their domains, the files that a setting reads, and fetching those files.
import { readGroups } from '../../data/formats/groups.ts';
import { readScoredPairs } from '../../data/formats/scoredPairs.ts';
import type { Group, GroupPattern, ScoredPair } from '../../data/group.ts';
import { PATTERNS, type PatternName } from '../../run/settings.ts';
import { Failure } from '../../util/failure.ts';
import { t } from '../messages/t.ts';

/** Group files of each domain, in addition to plain.txt. */
export const BUNDLED: Readonly<Record<string, readonly GroupPattern[]>> = {
  scenes: ['nli', 'sts', 'sup'],
  encyclopedia: ['nli', 'sts', 'sup'],
};
export const EVALUATION_FILE = 'sts/dev.tsv';

/** Path under corpora/ of the anchors that every pattern of a domain has a group for. */
export function anchorFile(domain: string): string {
  return `${domain}/anchors.txt`;
}

/** Why a domain cannot be used with a pattern; null when it can. */
export function missingFor(domain: string, pattern: PatternName): string | null {
  const files = Object.hasOwn(BUNDLED, domain) ? BUNDLED[domain] : undefined;
  if (!files) return t('corpus.load.unknownDomain', { domain, known: Object.keys(BUNDLED).join(', ') });
  const rule = PATTERNS[pattern];
  if ('groups' in rule && !files.includes(rule.groups))
    return t('corpus.load.noGroups', { domain, groups: rule.groups, pattern: rule.label });
  return null;
}

/**
 * Paths under corpora/ of the group files that a setting reads.
 * @throws Failure when the domain has no such files
 */
export function groupFiles(domain: string, pattern: PatternName): string[] {
  const problem = missingFor(domain, pattern);
  if (problem !== null) throw new Failure(problem);
  const rule = PATTERNS[pattern];
  return [
    ...(rule.plain ? [`${domain}/plain.txt`] : []),
    ...('groups' in rule ? [`${domain}/${rule.groups}.jsonl`] : []),
  ];
}

export type Fetcher = (url: string, options: { signal: AbortSignal }) => Promise<Response>;

/** Fetches each file once; a file that failed is requested again the next time. */
export class CorpusFiles {
  private readonly groups = new Map<string, readonly Group[]>();
  private readonly pairs = new Map<string, readonly ScoredPair[]>();

  constructor(
    private readonly fetcher: Fetcher,
    private readonly base: string,
  ) {}

  /** @throws Failure with what to do when the file cannot be fetched; the signal's reason when it was aborted */
  async groupsOf(path: string, signal: AbortSignal): Promise<readonly Group[]> {
    const known = this.groups.get(path);
    if (known) return known;
    const text = await this.text(path, signal);
    const stem = path.replace(/^.*\//, '').replace(/\.\w+$/, '');
    const pattern = path.endsWith('.txt') ? undefined : (stem as GroupPattern);
    const { groups } = readGroups(path, text, { source: 'bundled', pattern });
    if (groups.length === 0) throw new Failure(t('corpus.load.nothingIn', { file: path }));
    this.groups.set(path, groups);
    return groups;
  }

  /** The anchors that all settings of a domain are measured on. */
  async anchorsOf(domain: string, signal: AbortSignal): Promise<readonly string[]> {
    return (await this.groupsOf(anchorFile(domain), signal)).map(({ anchor }) => anchor);
  }

  async pairsOf(path: string, signal: AbortSignal): Promise<readonly ScoredPair[]> {
    const known = this.pairs.get(path);
    if (known) return known;
    const { pairs } = readScoredPairs(path, await this.text(path, signal));
    this.pairs.set(path, pairs);
    return pairs;
  }

  private async text(path: string, signal: AbortSignal): Promise<string> {
    let response: Response;
    try {
      response = await this.fetcher(`${this.base}${path}`, { signal });
    } catch (error) {
      if (signal.aborted) throw error;
      throw new Failure(t('corpus.load.offline', { file: path }));
    }
    // A server that answers every unknown path with index.html does not have the file either.
    const isPage = response.headers.get('content-type')?.includes('text/html') ?? false;
    if (response.status === 404 || isPage) throw new Failure(t('corpus.load.missing', { file: path }));
    if (!response.ok) throw new Failure(t('corpus.load.refused', { file: path, status: response.status }));
    try {
      return await response.text();
    } catch (error) {
      if (signal.aborted) throw error;
      throw new Failure(t('corpus.load.truncated', { file: path }));
    }
  }
}
