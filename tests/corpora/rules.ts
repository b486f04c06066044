// What the bundled corpora must keep to: the limits in one table, a function a rule.
import { formatNumber } from '../../src/cli/output.ts';
import { spearman } from '../../src/metrics/correlation.ts';
import { words } from '../../src/metrics/matchErrorRate.ts';
import { nearPairs, type NearPair } from './near.ts';
import {
  domainSentences,
  DOMAINS,
  jaccard,
  normalised,
  tokensOf,
  type CorpusFile,
  type Sentence,
} from './read.ts';

export const LIMITS = {
  /** Lines of a file of this kind. */
  counts: { plain: 1500, sts: 400, nli: 400, sup: 400, pairs: 300 },
  plainWords: { least: 6, most: 30 },
  words: { least: 1, most: 32 },
  /** Highest token Jaccard of sentences of different groups. */
  nearDuplicate: 0.6,
  /** Highest share of a domain's sentences with the same first three tokens. */
  opening: 0.01,
  /** Lowest share of groups whose negative shares more words with the anchor than the positive does. */
  traps: 1 / 3,
  /** Highest share of contradictions with a negation word. */
  negation: 0.05,
  /** Spearman of plain word overlap with the scores stays below this. */
  overlap: 0.6,
  gradeStep: 0.2,
  highestGrade: 5,
  /** How far the pairs of a unit interval may be from an even share. */
  spread: 0.25,
} as const;

/** And whatever ends in "n't". */
const NEGATIONS = new Set('no not never none nobody nothing nowhere neither nor cannot without'.split(' '));

export interface Finding {
  rule: string;
  where: string;
  measured: string;
  /** Empty when it is only shown. */
  limit: string;
  /** What breaks the rule; empty when it holds. */
  violations: string[];
}

type Rule = (files: readonly CorpusFile[]) => Finding[];
export const RULES: readonly Rule[] = [
  count,
  fields,
  ids,
  lengths,
  anchors,
  duplicates,
  nearDuplicates,
  openings,
  traps,
  negation,
  grades,
  spread,
  overlap,
];

function count(files: readonly CorpusFile[]): Finding[] {
  return files.map(({ name, kind, lines }) => {
    const limit = LIMITS.counts[kind];
    const violations = lines === limit ? [] : [`${name} has ${lines} lines instead of ${limit}`];
    return { rule: 'count', where: name, measured: String(lines), limit: String(limit), violations };
  });
}

function fields(files: readonly CorpusFile[]): Finding[] {
  const violations = files.flatMap((file) => file.errors);
  return [
    { rule: 'fields', where: 'all', measured: `${violations.length} bad lines`, limit: '0', violations },
  ];
}

function ids(files: readonly CorpusFile[]): Finding[] {
  const all = files.flatMap(({ name, groups }) => groups.map(({ id }) => ({ id, name })));
  const seen = new Set<string>();
  const violations = all
    .filter(({ id }) => seen.size === seen.add(id).size)
    .map(({ id, name }) => `${name}: ${id}`);
  return [{ rule: 'ids', where: 'all', measured: `${violations.length} twice`, limit: '0', violations }];
}

function lengths(files: readonly CorpusFile[]): Finding[] {
  return files.map(({ name, kind, sentences }) => {
    const { least, most } = kind === 'plain' ? LIMITS.plainWords : LIMITS.words;
    const counts = sentences.map(({ text }) => words(text).length);
    const outside = sentences.filter((_, i) => counts[i]! < least || counts[i]! > most);
    return {
      rule: 'words',
      where: name,
      measured: counts.length ? `${Math.min(...counts)} to ${Math.max(...counts)}` : '-',
      limit: `${least} to ${most}`,
      violations: outside.map(({ at, text }) => `${at} has ${words(text).length} words: ${text}`),
    };
  });
}

/** The groups' anchors are plain sentences too, so that plain settings and generated ones see the same; sup is apart. */
function anchors(files: readonly CorpusFile[]): Finding[] {
  return files
    .filter(({ kind }) => kind === 'sts' || kind === 'nli')
    .map(({ name, folder, groups }) => {
      const plain = files.find((file) => file.kind === 'plain' && file.folder === folder)!;
      const known = new Set(plain.sentences.map(({ text }) => text));
      const missing = groups.filter(({ anchor }) => !known.has(anchor));
      return {
        rule: 'anchors not in plain.txt',
        where: name,
        measured: String(missing.length),
        limit: '0',
        violations: missing.map(({ id, anchor }) => `${id}: ${anchor}`),
      };
    });
}

function duplicates(files: readonly CorpusFile[]): Finding[] {
  return DOMAINS.map((domain) => {
    const first = new Map<string, Sentence>();
    const violations: string[] = [];
    for (const sentence of domainSentences(files, domain)) {
      const known = first.get(normalised(sentence.text));
      if (known) violations.push(`${sentence.at} is ${known.at}: ${sentence.text}`);
      else first.set(normalised(sentence.text), sentence);
    }
    return { rule: 'duplicates', where: domain, measured: String(violations.length), limit: '0', violations };
  });
}

function nearDuplicates(files: readonly CorpusFile[]): Finding[] {
  const training = DOMAINS.flatMap((domain) => domainSentences(files, domain));
  const scored = pairFiles(files).flatMap(({ sentences }) => sentences);
  const pairs = nearPairs([...training, ...scored], LIMITS.nearDuplicate - 0.1);
  const isIn = (folder: string, { at }: Sentence) => at.startsWith(`${folder}/`);
  return [
    ...DOMAINS.map((domain) =>
      nearFinding(
        domain,
        pairs.filter(({ first, second }) => isIn(domain, first) && isIn(domain, second)),
      ),
    ),
    nearFinding(
      'sts pairs and all',
      pairs.filter(({ second }) => isIn('sts', second)),
    ),
  ];
}

function nearFinding(where: string, pairs: readonly NearPair[]): Finding {
  const limit = LIMITS.nearDuplicate;
  const highest = pairs.reduce((top, { similarity }) => Math.max(top, similarity), 0);
  const violations = pairs
    .filter(({ similarity }) => similarity > limit)
    .map(
      ({ first, second, similarity }) =>
        `${similarity.toFixed(2)}: ${second.at} "${second.text}", ${first.at} "${first.text}"`,
    );
  const measured = pairs.length ? `highest Jaccard ${highest.toFixed(3)}` : 'none near';
  return { rule: 'near-duplicates', where, measured, limit: `<= ${limit.toFixed(2)}`, violations };
}

function openings(files: readonly CorpusFile[]): Finding[] {
  return DOMAINS.map((domain) => {
    const sentences = domainSentences(files, domain);
    const counts = new Map<string, number>();
    for (const { text } of sentences) {
      const opening = tokensOf(text).slice(0, 3).join(' ');
      counts.set(opening, (counts.get(opening) ?? 0) + 1);
    }
    const shares = [...counts].map(([opening, n]) => ({ opening, share: n / sentences.length }));
    const top = shares.reduce((a, b) => (b.share > a.share ? b : a), { opening: '', share: 0 });
    const violations = shares
      .filter(({ share }) => share > LIMITS.opening)
      .map(({ opening, share }) => `${percent(share)} begin with "${opening}"`);
    const measured = `"${top.opening}" ${percent(top.share)}`;
    return { rule: 'openings', where: domain, measured, limit: `<= ${percent(LIMITS.opening)}`, violations };
  });
}

function traps(files: readonly CorpusFile[]): Finding[] {
  return files
    .filter(({ kind }) => kind === 'sts')
    .map(({ name, groups }) => {
      const trapped = groups.filter((g) => overlapOf(g.anchor, g.negative) > overlapOf(g.anchor, g.positive));
      const share = trapped.length / groups.length;
      const violations = share >= LIMITS.traps ? [] : [`${trapped.length} of ${groups.length} groups`];
      const limit = `>= ${percent(LIMITS.traps)}`;
      return { rule: 'lexical traps', where: name, measured: percent(share), limit, violations };
    });
}

function negation(files: readonly CorpusFile[]): Finding[] {
  return files
    .filter(({ kind }) => kind === 'nli' || kind === 'sup')
    .map(({ name, groups }) => {
      const negated = groups.filter(({ negative }) =>
        tokensOf(negative).some((token) => NEGATIONS.has(token) || token.endsWith("n't")),
      );
      const share = negated.length / groups.length;
      const violations =
        share <= LIMITS.negation ? [] : negated.map(({ id, negative }) => `${id}: ${negative}`);
      const limit = `<= ${percent(LIMITS.negation)}`;
      return { rule: 'negated contradictions', where: name, measured: percent(share), limit, violations };
    });
}

function grades(files: readonly CorpusFile[]): Finding[] {
  return pairFiles(files).map(({ name, pairs }) => {
    const isGrade = (score: number) => {
      const step = score / LIMITS.gradeStep;
      return Math.abs(step - Math.round(step)) < 1e-9 && score >= 0 && score <= LIMITS.highestGrade;
    };
    const wrong = pairs.filter(({ score }) => !isGrade(score));
    const violations = wrong.map(({ score, first }) => `${score} of "${first}"`);
    const limit = `0 to ${LIMITS.highestGrade} by ${LIMITS.gradeStep}`;
    return { rule: 'grades', where: name, measured: `${wrong.length} others`, limit, violations };
  });
}

function spread(files: readonly CorpusFile[]): Finding[] {
  return pairFiles(files).map(({ name, pairs }) => {
    const last = LIMITS.highestGrade - 1;
    const intervals = pairs.map(({ score }) => Math.min(Math.floor(score), last));
    const counts = Array.from({ length: last + 1 }, (_, from) => intervals.filter((i) => i === from).length);
    const even = pairs.length / counts.length;
    const [least, most] = [even * (1 - LIMITS.spread), even * (1 + LIMITS.spread)];
    const violations = counts.flatMap((n, from) =>
      n >= least && n <= most ? [] : [`${n} pairs from ${from} to ${from + 1}`],
    );
    const measured = counts.join(' ');
    return { rule: 'pairs per grade', where: name, measured, limit: `${least} to ${most}`, violations };
  });
}

/** Enforced on dev, whose score steers what people choose; test is only shown. */
function overlap(files: readonly CorpusFile[]): Finding[] {
  return pairFiles(files).map(({ name, pairs }) => {
    const rho = spearman(
      pairs.map(({ first, second }) => overlapOf(first, second)),
      pairs.map(({ score }) => score),
    );
    const enforced = name === 'sts/dev.tsv';
    const holds = !enforced || (rho !== null && rho < LIMITS.overlap);
    return {
      rule: 'Spearman of word overlap',
      where: name,
      measured: formatNumber(rho, 3),
      limit: enforced ? `< ${LIMITS.overlap.toFixed(2)}` : '',
      violations: holds ? [] : [`${formatNumber(rho, 3)}: the words alone tell the scores`],
    };
  });
}

function pairFiles(files: readonly CorpusFile[]): CorpusFile[] {
  return files.filter(({ kind }) => kind === 'pairs');
}

function overlapOf(first: string, second: string): number {
  return jaccard(new Set(tokensOf(first)), new Set(tokensOf(second)));
}

function percent(share: number): string {
  return `${formatNumber(100 * share, 2)} %`;
}
