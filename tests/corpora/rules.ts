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
  type CorpusGroup,
  type Kind,
  type Sentence,
} from './read.ts';

export const LIMITS = {
  /** Lines of a file of this kind. */
  counts: { plain: 4000, anchors: 1000, sts: 1000, nli: 1000, sup: 1000, probe: 60, pairs: 300 },
  plainWords: { least: 6, most: 30 },
  words: { least: 1, most: 32 },
  /** Highest token Jaccard of sentences of different groups. */
  nearDuplicate: 0.6,
  /** Highest share of a domain's sentences with the same first three tokens. */
  opening: 0.01,
  /** Share of groups of each grade, by word overlap with the anchor; a hard group is a lexical trap. */
  grades: { least: 0.2, most: 0.45 },
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

/** Lines that a file of each kind must have. */
export type Counts = Readonly<Record<Kind, number>>;

type Rule = (files: readonly CorpusFile[], counts: Counts) => Finding[];
export const RULES: readonly Rule[] = [
  count,
  fields,
  ids,
  lengths,
  anchors,
  duplicates,
  nearDuplicates,
  openings,
  groupGrades,
  negation,
  grades,
  spread,
  overlap,
];

function count(files: readonly CorpusFile[], counts: Counts): Finding[] {
  return files.map(({ name, kind, lines }) => {
    const limit = counts[kind];
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

/** All patterns of a domain have the same anchors, each once, and they are plain sentences; those of the probe are neither. */
function anchors(files: readonly CorpusFile[]): Finding[] {
  return files
    .filter(({ kind }) => ['sts', 'nli', 'sup', 'probe'].includes(kind))
    .map(({ name, folder, kind, groups }) => {
      const texts = (wanted: Kind) =>
        new Set(
          files
            .find((file) => file.kind === wanted && file.folder === folder)!
            .sentences.map(({ text }) => text),
        );
      const [list, plain] = [texts('anchors'), texts('plain')];
      const isWrong = ({ anchor }: CorpusGroup) =>
        kind === 'probe' ? list.has(anchor) || plain.has(anchor) : !list.delete(anchor) || !plain.has(anchor);
      const violations = groups.filter(isWrong).map(({ id, anchor }) => `${id}: ${anchor}`);
      if (kind !== 'probe') violations.push(...[...list].map((anchor) => `no group: ${anchor}`));
      return { rule: 'anchors', where: name, measured: `${violations.length} wrong`, limit: '0', violations };
    });
}

function duplicates(files: readonly CorpusFile[]): Finding[] {
  return DOMAINS.map((domain) => {
    const first = new Map<string, Sentence>();
    const violations: string[] = [];
    for (const sentence of domainSentences(files, domain)) {
      const known = first.get(normalised(sentence.text));
      // The patterns of one anchor may say the same of it.
      const isOfAnchor =
        known?.unit === sentence.unit && known.line !== sentence.line && !known.at.endsWith(' anchor');
      if (known && !isOfAnchor) violations.push(`${sentence.at} is ${known.at}: ${sentence.text}`);
      if (!known) first.set(normalised(sentence.text), sentence);
    }
    return { rule: 'duplicates', where: domain, measured: String(violations.length), limit: '0', violations };
  });
}

function nearDuplicates(files: readonly CorpusFile[]): Finding[] {
  const training = DOMAINS.flatMap((domain) => domainSentences(files, domain));
  const scored = pairFiles(files).flatMap(({ sentences }) => sentences);
  const pairs = nearPairs([...training, ...scored], LIMITS.nearDuplicate);
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
  const measured = pairs.length ? `highest Jaccard ${highest.toFixed(3)}` : `none of ${limit.toFixed(2)}`;
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

function groupGrades(files: readonly CorpusFile[]): Finding[] {
  return files
    .filter(({ kind }) => kind === 'sts' || kind === 'probe')
    .map(({ name, groups }) => {
      const violations = groups
        .filter((group) => group.grade !== gradeOf(group))
        .map((group) => `${group.id} is ${gradeOf(group)}, not ${group.grade}`);
      const shares = GRADES.map(
        (grade) => groups.filter((group) => gradeOf(group) === grade).length / groups.length,
      );
      const { least, most } = LIMITS.grades;
      violations.push(
        ...GRADES.filter((_, i) => !(shares[i]! >= least && shares[i]! <= most)).map(
          (grade, i) => `${percent(shares[i]!)} of the groups are ${grade}`,
        ),
      );
      const measured = GRADES.map((grade, i) => `${grade} ${percent(shares[i]!)}`).join(', ');
      return {
        rule: 'group grades',
        where: name,
        measured,
        limit: `${percent(least)} to ${percent(most)} each`,
        violations,
      };
    });
}

const GRADES = ['easy', 'medium', 'hard'] as const;

/** How far word overlap with the anchor tells the levels of a group apart. */
export function gradeOf({ anchor, positive, intermediate, negative }: CorpusGroup): (typeof GRADES)[number] {
  const [p, i, n] = [positive, intermediate!, negative].map((sentence) => overlapOf(anchor, sentence));
  if (n! > p!) return 'hard';
  return p! > i! && i! > n! ? 'easy' : 'medium';
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
