// Turns the groups of a corpus into the training examples of a setting: which sentences become plain rows, which become
// generated groups and in what sentence order, with notes about what the data lacks for the setting.
import { PATTERNS, type PatternName } from '../run/settings.ts';
import { ROLES, type Role } from '../run/roles.ts';
import { Failure } from '../util/failure.ts';
import { Random } from '../util/random.ts';
import type { Group, GroupPattern } from './group.ts';
import { cutoffCount } from './augment/tokenCutoff.ts';
import { splitHeldOut } from './split.ts';

/** A row of training data: the anchor, then its other sentences, the most similar first. */
export interface Example {
  id: string;
  anchor: string;
  /** [anchor] for a plain row (its second view is created later), otherwise one sentence per role of the setting. */
  sentences: string[];
  /** Generated groups wait until several can go into one batch; plain rows and labelled triples do not wait. */
  generated: boolean;
}

export interface Mixture {
  examples: Example[];
  /** Notes about what the data lacks. */
  notes: string[];
  /** Roles of a group's sentences in this mixture; empty when it uses no groups. */
  roles: readonly Role[];
}

export interface MixOptions {
  pattern: PatternName;
  /** Which sentence of an STS group is the contrastive positive without the HT loss. */
  positive?: 'positive' | 'intermediate';
  /** Share of the groups to train on; 0 uses no groups at all. */
  generatedShare: number;
  seed: number;
}

/**
 * Builds the examples. Plain rows are the distinct anchors of the whole corpus, from plain lines and from groups,
 * except the anchors of groups that are used as groups: no sentence is used as both.
 * @throws Failure when the corpus lacks what the setting needs.
 */
export function mixExamples(groups: readonly Group[], options: MixOptions): Mixture {
  const pattern = PATTERNS[options.pattern];
  const notes: string[] = [];
  const { complete: grouped, roles } =
    'groups' in pattern
      ? completeGroups(groups, options, pattern.groups, notes)
      : { complete: [], roles: [] };
  const plain = pattern.plain ? plainExamples(groups, new Set(grouped.map(({ anchor }) => anchor))) : [];
  const examples = [...plain, ...grouped];
  if (examples.length < 4) {
    throw new Failure(
      `The data gives ${examples.length} example${examples.length === 1 ? '' : 's'}; at least 4 are needed (2 to train on, 2 held out).`,
    );
  }
  return { examples, notes, roles };
}

/** Every distinct anchor as a plain example, except those in `used`. */
function plainExamples(
  groups: readonly Pick<Group, 'id' | 'anchor'>[],
  used: ReadonlySet<string>,
): Example[] {
  const seen = new Set(used);
  const examples: Example[] = [];
  for (const { id, anchor } of groups) {
    if (seen.has(anchor)) continue;
    seen.add(anchor);
    examples.push({ id, anchor, sentences: [anchor], generated: false });
  }
  return examples;
}

/** Fallbacks for when no group has all the sentences of a setting: the roles to drop, and the note about it. */
const FALLBACKS: Record<
  'hierarchical' | 'intermediate' | 'flat',
  { drop: readonly Role[]; note?: string }[]
> = {
  hierarchical: [
    { drop: [] },
    {
      drop: ['intermediate'],
      note: 'HT without intermediates: no group has an intermediate sentence, so the hierarchical triplet loss only ranks the positive above the negative, by the first margin.',
    },
  ],
  intermediate: [
    { drop: [] },
    {
      drop: ['intermediate'],
      note: 'No group has an intermediate sentence: InfoNCE takes the positive instead.',
    },
  ],
  flat: [
    { drop: [] },
    {
      drop: ['negative'],
      note: 'No group has a negative sentence: the positives are trained without hard negatives.',
    },
  ],
};

/** The groups that have every sentence the setting needs, as examples. */
function completeGroups(
  groups: readonly Group[],
  { pattern: name, positive, generatedShare }: MixOptions,
  wanted: GroupPattern,
  notes: string[],
): { complete: Example[]; roles: readonly Role[] } {
  const pattern = PATTERNS[name];
  const kind = pattern.hierarchical
    ? 'hierarchical'
    : wanted === 'sts' && positive === 'intermediate'
      ? 'intermediate'
      : 'flat';
  const wantedRoles: readonly Role[] = kind === 'intermediate' ? ROLES : pattern.roles;
  const candidates = groups.filter((group) => canServeAs(group.pattern, wanted));
  const isComplete = (roles: readonly Role[]) => (group: Group) =>
    roles.every((role) => group[role] !== undefined);
  const without = (drop: readonly Role[] = []) => wantedRoles.filter((role) => !drop.includes(role));
  const served = FALLBACKS[kind].find(({ drop }) => candidates.some(isComplete(without(drop))));
  const roles = without(served?.drop);
  if (served?.note !== undefined) notes.push(served.note);
  const complete = generatedShare > 0 ? candidates.filter(isComplete(roles)) : [];
  const missing = generatedShare > 0 ? candidates.length - complete.length : 0;
  if (complete.length === 0 && generatedShare > 0) {
    throw new Failure(
      `Setting "${name}" needs ${wanted} groups with ${roles.join(', ')}, and the data has none (it holds ${countByPattern(groups)}).`,
    );
  }
  if (missing > 0) {
    const use = pattern.plain ? 'only their anchors are used, as plain sentences' : 'they are left out';
    notes.push(`${missing} of ${candidates.length} groups lack one of ${roles.join(', ')}; ${use}.`);
  }
  return { complete: complete.map((group) => groupExample(group, roles, name)), roles };
}

function groupExample(group: Group, roles: readonly Role[], pattern: PatternName): Example {
  return {
    id: group.id,
    anchor: group.anchor,
    sentences: roles.flatMap((role) => group[role] ?? []),
    // Labelled triples are ordinary rows: they do not wait.
    generated: pattern !== 'sup',
  };
}

/**
 * Turns one of the user's own groups into an example, regardless of its pattern: a group of the setting if it has all
 * the sentences, otherwise a labelled pair among the plain rows, otherwise a plain sentence.
 * @param roles roles of a group's sentences in this run's mixture. Returns undefined when the setting cannot use it.
 */
export function userExample(group: Group, roles: readonly Role[], name: PatternName): Example | undefined {
  if (roles.length > 0 && roles.every((role) => group[role] !== undefined))
    return groupExample(group, roles, name);
  if (!PATTERNS[name].plain) return undefined;
  const { id, anchor, positive } = group;
  return {
    id,
    anchor,
    sentences: positive === undefined ? [anchor] : [anchor, positive],
    generated: false,
  };
}

/** Can a group of one pattern be used as another? Entailment groups can, whether human-labelled or generated. */
function canServeAs(given: GroupPattern, wanted: GroupPattern): boolean {
  return given === wanted || (given === 'nli' && wanted === 'sup') || (given === 'sup' && wanted === 'nli');
}

/** Number of groups by pattern: "1500 plain, 400 nli". */
function countByPattern(groups: readonly Group[]): string {
  const counts = new Map<GroupPattern, number>();
  for (const { pattern } of groups) counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
  return [...counts].map(([pattern, count]) => `${count} ${pattern}`).join(', ') || 'nothing';
}

/**
 * Keeps a random share of the groups, in their original order; with the same seed a larger share contains a smaller
 * one. The anchors of the others become plain sentences, if the setting trains on plain sentences.
 */
export function takeShare(
  examples: readonly Example[],
  { pattern, generatedShare: share, seed }: MixOptions,
): Example[] {
  const groups = examples.filter(isGroup);
  if (share >= 1 || groups.length === 0) return examples.slice();
  const order = Random.seeded(seed)
    .fork('generated-share')
    .shuffled(groups.map((_, i) => i));
  const places = new Set(order.slice(0, Math.round(share * groups.length)));
  const chosen = groups.filter((_, i) => places.has(i));
  if (!PATTERNS[pattern].plain) return chosen;
  const plain = examples.filter((example) => !isGroup(example));
  const used = new Set(chosen.map(({ anchor }) => anchor));
  return [
    ...plain,
    ...plainExamples(
      groups.filter((_, i) => !places.has(i)),
      used,
    ),
    ...chosen,
  ];
}

/** Whether an example has more sentences than its anchor. */
export function isGroup({ sentences }: Pick<Example, 'sentences'>): boolean {
  return sentences.length > 1;
}

export interface Split {
  /** The examples to train on, with the chosen share of the groups. */
  train: Example[];
  /** The held-out examples, with all groups. */
  heldOut: Example[];
  notes: string[];
  roles: readonly Role[];
}

/** Mixes the examples, holds out the same anchors in every setting, and keeps a share of the groups to train on. */
export function splitExamples(groups: readonly Group[], options: MixOptions & { heldOut: number }): Split {
  const { examples, notes, roles } = mixExamples(groups, options);
  const { train, heldOut } = splitHeldOut(examples, options.heldOut, options.seed);
  return { train: takeShare(train, options), heldOut, notes, roles };
}

/** A note on how many sentences token cutoff does not change. @param lengths tokens per sentence, not special ones */
export function cutoffNote(lengths: readonly number[], rate: number): string | undefined {
  const whole = lengths.filter((n) => cutoffCount(n, rate) === 0).length;
  if (whole === 0) return undefined;
  return `Token cutoff drops round(${rate} x n) tokens: nothing in ${whole} of ${lengths.length} sentences, whose views then differ by dropout alone.`;
}
