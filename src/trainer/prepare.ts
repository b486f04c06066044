// Prepares a run before its first step: derives examples, held-out split, batch plan and measured sets from its inputs.
import { stepsPerEpoch, type BatchPlan } from '../data/batches.ts';
import type { Group, ScoredPair } from '../data/group.ts';
import { isGroup, userExample, splitExamples, type Example } from '../data/mix.ts';
import type { LoadedModel } from '../encoder/folder.ts';
import { evaluatedLength, sentenceRoom } from '../encoder/inputLength.ts';
import type { Config } from '../run/config.ts';
import type { DeviceInfo } from '../util/devices.ts';
import type { Role } from '../run/roles.ts';
import { PATTERNS, type PatternName, type Setting } from '../run/settings.ts';
import { UsageFailure } from '../util/failure.ts';
import { forkKey, seedKey, type Random } from '../util/random.ts';
import { evaluationSet, heldOutSet, stsSet, type MeasuredSet, type StsSet } from './evaluate.ts';
import { Views, type TokenisedExample } from './views.ts';

export interface RunInputs {
  setting: Setting;
  config: Config;
  groups: readonly Group[];
  /**
   * The anchors that every pattern of the domain has a group for: of the held-out anchors only these are measured, so
   * that all settings of the domain are measured on the same sentences. Empty: all held-out anchors are measured.
   */
  sharedAnchors?: readonly string[] | undefined;
  /** The user's own groups, which are always trained on and never held out, regardless of their pattern. */
  userGroups?: readonly Group[] | undefined;
  /** Evaluation pairs; if there are none, STS and the evaluation curves are not measured. */
  sts: readonly ScoredPair[];
  model: LoadedModel;
  device: DeviceInfo;
  /** Names of the files that the groups come from, for the record. */
  files: string[];
}

/** A batch plan that groups can be added to. */
export interface GrowingPlan extends BatchPlan {
  generated: boolean[];
  since: (number | undefined)[];
}

export interface Prepared {
  /** Grows, like `plan`, when groups are added during training. */
  examples: TokenisedExample[];
  /** Roles of a group's sentences in this run. */
  roles: readonly Role[];
  heldOut: TokenisedExample[];
  notes: string[];
  plan: GrowingPlan;
  views: Views;
  measured: MeasuredSet[];
  sts: StsSet | undefined;
  /** Planned number of updates. */
  totalSteps: number;
  /** Digest of training and evaluation data, to reject resuming on other data. */
  digest: string;
}

/** @throws Failure or UsageFailure when data, model and knobs do not fit together */
export function prepare(inputs: RunInputs, random: Random): Prepared {
  const { config, model, setting } = inputs;
  const measuredLength = checkLength(config, model);
  const { pattern } = setting;
  const { train, heldOut, notes, roles } = splitExamples(inputs.groups, { pattern, ...config });
  if (config.batch > train.length) {
    throw new UsageFailure(
      `Knob "batch" is ${config.batch}, but the data gives only ${train.length} training examples (${heldOut.length} are held out); take --batch ${train.length} or less.`,
    );
  }
  const views = new Views(model.tokenizer, pattern, config, random.fork('augment'), measuredLength);
  const examples = train.map((example) => views.tokenise(example));
  const added = userExamples(inputs.userGroups ?? [], roles, pattern);
  for (const example of added.examples) examples.push(views.tokenise(example));
  notes.push(...added.rejected, ...folderNotes(config, model, measuredLength));
  const held = heldOut.map((example) => views.tokeniseHeldOut(example));
  notes.push(...measurementNotes(examples, held, inputs.sts));
  const plan = batchPlan(examples, config, random, notes);
  const { hierarchical } = PATTERNS[pattern];
  const shared = sharedExamples(held, inputs.sharedAnchors ?? [], notes);
  const measured = [heldOutSet(shared, views, { cap: config.measureCap, hierarchical })];
  if (inputs.sts.length > 0) measured.push(evaluationSet(inputs.sts, views, config.measureCap));
  if (config.pooling === 'mean' && config.head)
    notes.push('Mean pooling never uses the training head; it is left out.');
  return {
    examples,
    roles,
    heldOut: held,
    notes: [...notes, ...views.notes(examples)],
    plan,
    views,
    measured,
    sts: inputs.sts.length > 0 ? stsSet(inputs.sts, views) : undefined,
    totalSteps: plannedSteps(config, plan),
    digest: digestOf([...examples, ...held], inputs.sts),
  };
}

export interface AddedGroups {
  accepted: Group[];
  /** One sentence for each group that the setting cannot use. */
  rejected: string[];
}

/** The user's groups as examples, and a message for each group that the setting cannot use. */
export function userExamples(
  groups: readonly Group[],
  roles: readonly Role[],
  pattern: PatternName,
): AddedGroups & { examples: Example[] } {
  const made = groups.map((group) => ({ group, example: userExample(group, roles, pattern) }));
  const rejected = made.filter(({ example }) => !example);
  const accepted = made.flatMap(({ group, example }) => (example ? [{ group, example }] : []));
  return {
    examples: accepted.map(({ example }) => example),
    accepted: accepted.map(({ group }) => group),
    rejected: rejected.map(({ group }) => rejectionReason(group, roles, pattern)),
  };
}

function rejectionReason(group: Group, roles: readonly Role[], pattern: PatternName): string {
  const missing = roles.filter((role) => group[role] === undefined).join(' and ');
  return `"${group.anchor}" is not trained on: setting "${pattern}" takes complete groups only, and it has no ${missing}.`;
}

/** Checks that `maxLength` fits the encoder. Returns the maximum length of a measured sentence, in tokens. */
function checkLength(config: Config, model: LoadedModel): number {
  const room = sentenceRoom(model, config.pooling);
  if (config.maxLength > room) {
    const prompt = sentenceRoom(model, 'cls') - room;
    const why = prompt ? ` beside the ${prompt} of the prompt` : '';
    throw new UsageFailure(
      `Knob "maxLength" is ${config.maxLength}, but ${model.name} takes at most ${room} tokens${why}; take ${room} or less.`,
    );
  }
  return evaluatedLength(model, config.pooling);
}

/** Notes on where the run differs from what the encoder's folder states. */
function folderNotes({ pooling, maxLength }: Config, model: LoadedModel, measuredLength: number): string[] {
  const notes: string[] = [];
  if (model.pooling !== undefined && model.pooling !== pooling)
    notes.push(
      `The folder of ${model.name} states ${model.pooling} pooling; this run uses ${pooling} pooling.`,
    );
  if (model.maxLength !== undefined && maxLength > measuredLength)
    notes.push(
      `The folder of ${model.name} states a maximum of ${model.maxLength} tokens: sentences are measured to ${measuredLength}, but trained on to ${maxLength}.`,
    );
  return notes;
}

function batchPlan(
  examples: TokenisedExample[],
  config: Config,
  random: Random,
  notes: string[],
): GrowingPlan {
  const generated = examples.map((example) => example.generated);
  const groups = generated.filter(Boolean).length;
  // With fewer groups than generatedBatch, none would be used in the first epoch; instead, all of them go together.
  const generatedBatch = groups > 0 ? Math.min(config.generatedBatch, groups) : config.generatedBatch;
  if (generatedBatch < config.generatedBatch) {
    notes.push(
      `Only ${groups} generated groups are in the training data; they go together when all are there (generatedBatch ${config.generatedBatch}).`,
    );
  }
  return { generated, since: [], batch: config.batch, generatedBatch, random: random.fork('order') };
}

function plannedSteps(config: Config, plan: BatchPlan): number {
  if (config.steps > 0) return config.steps;
  return Math.max(1, Math.ceil((config.epochs * stepsPerEpoch(plan)) / config.accumulate));
}

/** The held-out examples whose anchors all settings share; all of them if there are fewer than two such. */
function sharedExamples(
  held: TokenisedExample[],
  sharedAnchors: readonly string[],
  notes: string[],
): TokenisedExample[] {
  if (sharedAnchors.length === 0) return held;
  const anchors = new Set(sharedAnchors);
  const shared = held.filter(({ anchor }) => anchors.has(anchor));
  if (shared.length >= 2) return shared;
  notes.push(
    'Fewer than two held-out anchors have a group in every pattern: all held-out examples are measured, which differ from one setting to another.',
  );
  return held;
}

/** Notes on what cannot be measured with this data. */
function measurementNotes(
  examples: readonly TokenisedExample[],
  held: readonly TokenisedExample[],
  sts: readonly ScoredPair[],
): string[] {
  const notes: string[] = [];
  if (examples.some(isGroup) && !held.some(isGroup)) {
    notes.push(
      'No group fell into the held-out share: the training side is measured on plain sentences, so its alignment and RFD are not those of this pattern. Raise heldOut or add groups.',
    );
  }
  if (sts.length > 0 && !sts.some(({ score }) => score >= 4)) {
    notes.push(
      'No evaluation pair is scored 4 or more (scores are read as 0 to 5): there is no evaluation alignment, and no RFD_a.',
    );
  }
  return notes;
}

/** 64-bit digest of the token ids (of held-out examples too) and of the evaluation data, in order. */
function digestOf(examples: readonly TokenisedExample[], sts: readonly ScoredPair[]): string {
  let key = seedKey(0);
  for (const { id, ids } of examples) key = forkKey(key, [id, ...ids.map((row) => row.join())].join('\n'));
  for (const { score, first, second } of sts) key = forkKey(key, [score, first, second].join('\n'));
  return key.map((word) => word.toString(16).padStart(8, '0')).join('');
}
