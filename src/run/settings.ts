// The paper's settings, {domain}.{pattern}. A pattern defines the training examples and how positives are created.
import { nearestName, UsageFailure } from '../util/failure.ts';
import { ROLES, TRIPLET_ROLES, type Role } from './roles.ts';

export interface Pattern {
  label: string;
  /** How a plain sentence gets its second view. */
  augmentation: 'dropout' | 'token_cutoff' | 'token_shuffle';
  /** Name of the file in a domain folder with the generated (or human-labelled) groups. */
  groups?: 'nli' | 'sts' | 'sup';
  /** Are plain sentences used? */
  plain: boolean;
  /** Roles of a group's sentences, in order of similarity to the anchor. */
  roles: readonly Role[];
  /** Is the hierarchical triplet loss on? */
  hierarchical: boolean;
  help: string;
}

export const PATTERNS = {
  dropout: {
    label: 'dropout',
    augmentation: 'dropout',
    plain: true,
    roles: ['anchor'],
    hierarchical: false,
    help: 'The positive is the same sentence under another dropout mask (unsupervised SimCSE).',
  },
  token_cutoff: {
    label: 'token cutoff',
    augmentation: 'token_cutoff',
    plain: true,
    roles: ['anchor'],
    hierarchical: false,
    help: 'The positive is the sentence with a small share of its tokens dropped.',
  },
  token_shuffle: {
    label: 'token shuffle',
    augmentation: 'token_shuffle',
    plain: true,
    roles: ['anchor'],
    hierarchical: false,
    help: 'The positive is the sentence with its tokens in another order.',
  },
  nli: {
    label: 'NLI pattern',
    augmentation: 'dropout',
    groups: 'nli',
    plain: true,
    roles: TRIPLET_ROLES,
    hierarchical: false,
    help: 'Plain sentences, mixed with generated groups: premise, entailed hypothesis, contradicting hypothesis.',
  },
  sts: {
    label: 'STS pattern',
    augmentation: 'dropout',
    groups: 'sts',
    plain: true,
    roles: TRIPLET_ROLES,
    hierarchical: false,
    help: 'Plain sentences, mixed with generated groups: sentence, paraphrase, sentence of another meaning.',
  },
  sts_ht: {
    label: 'STS pattern + HT',
    augmentation: 'dropout',
    groups: 'sts',
    plain: true,
    roles: ROLES,
    hierarchical: true,
    help: 'As STS, with the intermediate sentence as contrastive positive and the hierarchical triplet loss on the four levels.',
  },
  sup: {
    label: 'supervised',
    augmentation: 'dropout',
    groups: 'sup',
    plain: false,
    roles: TRIPLET_ROLES,
    hierarchical: false,
    help: 'Only labelled groups: premise, entailed hypothesis, contradicting hypothesis (supervised SimCSE).',
  },
} as const satisfies Record<string, Pattern>;

export type PatternName = keyof typeof PATTERNS;
export const PATTERN_NAMES = Object.keys(PATTERNS) as PatternName[];

export interface Setting {
  domain: string;
  pattern: PatternName;
}

/** Looks up a pattern by its name. @throws UsageFailure naming the known patterns */
export function patternNamed(name: string): PatternName {
  if (Object.hasOwn(PATTERNS, name)) return name as PatternName;
  const near = nearestName(name, PATTERN_NAMES);
  const hint = near ? `; did you mean "${near}"?` : '.';
  throw new UsageFailure(`There is no pattern "${name}"${hint} Known patterns: ${PATTERN_NAMES.join(', ')}.`);
}

/** Parses "{domain}.{pattern}". @throws UsageFailure when it is not of that form or the pattern is unknown */
export function parseSettingName(text: string): Setting {
  const dot = text.lastIndexOf('.');
  if (dot <= 0 || dot === text.length - 1) {
    throw new UsageFailure(`A setting is {domain}.{pattern}, for example scenes.sup, not "${text}".`);
  }
  return { domain: text.slice(0, dot), pattern: patternNamed(text.slice(dot + 1)) };
}

export function settingName(setting: Setting): string {
  return `${setting.domain}.${setting.pattern}`;
}
