// From the groups of a corpus to the examples of a setting: which sentences are plain rows, which are generated
// groups, in which order their sentences stand, and what to say when a setting cannot do what its name says.
import { PATTERNS, type PatternName } from '../run/settings.ts';
import { Failure } from '../util/failure.ts';
import { Random } from '../util/random.ts';
import type { Group } from './group.ts';
import { cutoffCount } from './augment/tokenCutoff.ts';

/** A row of training data: its sentences, the most similar first. */
export interface Example {
  id: string;
  anchor: string;
  /** [anchor] for a plain row (its second view is made later), else the roles of the setting. */
  sentences: string[];
  /** Generated groups wait and go together; plain rows (and human triples) go at once. */
  generated: boolean;
}

export interface Mixture {
  examples: Example[];
  /** Remarks for the reader: what the data cannot give. */
  notes: string[];
}

export interface MixOptions {
  pattern: PatternName;
  generatedShare: number;
  seed: number;
}

/** @throws Failure when the corpus lacks what the setting needs. */
export function mixExamples(groups: readonly Group[], options: MixOptions): Mixture {
  const pattern = PATTERNS[options.pattern];
  const notes: string[] = [];
  const plain = pattern.plain ? plainExamples(groups) : [];
  const wanted: string | undefined = 'groups' in pattern ? pattern.groups : undefined;
  const grouped = wanted === undefined ? [] : groupExamples(groups, options.pattern, wanted, notes);
  const kept = takeShare(grouped, options.generatedShare, options.seed);
  const generated =
    options.pattern === 'sup' ? kept.map((example) => ({ ...example, generated: false })) : kept;
  if (wanted !== undefined && generated.length === 0 && options.generatedShare > 0) {
    throw new Failure(
      `Setting "${options.pattern}" needs ${wanted} groups with ${pattern.roles.join(', ')}, and the data has none.`,
    );
  }
  const examples = [...plain, ...generated];
  if (examples.length < 4) {
    throw new Failure(
      `The data gives ${examples.length} example${examples.length === 1 ? '' : 's'}; at least 4 are needed (2 to train on, 2 held out).`,
    );
  }
  return { examples, notes };
}

/** Every sentence that stands first in a group, once. */
function plainExamples(groups: readonly Group[]): Example[] {
  const seen = new Set<string>();
  const examples: Example[] = [];
  for (const group of groups) {
    if (group.pattern !== 'plain' || seen.has(group.anchor)) continue;
    seen.add(group.anchor);
    examples.push({ id: group.id, anchor: group.anchor, sentences: [group.anchor], generated: false });
  }
  return examples;
}

function groupExamples(
  groups: readonly Group[],
  name: PatternName,
  wanted: string,
  notes: string[],
): Example[] {
  const { roles } = PATTERNS[name];
  // Groups without a pattern of their own (read from CSV or NLI files) count as what the setting asks for.
  const candidates = groups.filter((g) => g.pattern === wanted || (wanted === 'sup' && g.pattern === 'nli'));
  const complete = candidates.filter((g) => roles.every((role) => g[role] !== undefined));
  const missing = candidates.length - complete.length;
  if (missing > 0) {
    notes.push(`${missing} of ${candidates.length} groups lack one of ${roles.join(', ')} and are left out.`);
  }
  return complete.map((g) => ({
    id: g.id,
    anchor: g.anchor,
    sentences: roles.map((role) => g[role]!),
    generated: true,
  }));
}

/** A share of the groups, drawn by seed; the drawn ones keep their order, and a larger share contains a smaller one. */
function takeShare(examples: Example[], share: number, seed: number): Example[] {
  if (share >= 1) return examples;
  const order = Random.seeded(seed)
    .fork('generated-share')
    .shuffled(examples.map((_, i) => i));
  const chosen = new Set(order.slice(0, Math.round(share * examples.length)));
  return examples.filter((_, i) => chosen.has(i));
}

/** Says how many sentences token cutoff leaves whole. @param lengths tokens per sentence, without special ones. */
export function cutoffNote(lengths: readonly number[], rate: number): string | undefined {
  const whole = lengths.filter((n) => cutoffCount(n, rate) === 0).length;
  if (whole === 0) return undefined;
  return `Token cutoff drops round(${rate} x n) tokens: nothing in ${whole} of ${lengths.length} sentences, whose views then differ by dropout alone.`;
}
