// How the recipe shows each knob: which ones come first, the useful range of a slider (the number box accepts the full
// range from run/knobs.ts), and when a knob has no effect.
import type { Config } from '../../run/config.ts';
import { KNOBS, KNOB_NAMES, type Knob, type KnobName } from '../../run/knobs.ts';
import { PATTERNS, type PatternName } from '../../run/settings.ts';
import type { MessageKey } from '../messages/t.ts';
import type { SliderScale } from '../widgets/sliderScale.ts';

/** Knobs that are always visible, in this order; the others are in collapsible sections. */
export const ESSENTIAL_KNOBS = [
  'temperature',
  'learningRate',
  'batch',
  'steps',
  'generatedShare',
  'beta',
  'margins',
  'pooling',
  'freezeEmbeddings',
  'schedule',
  'seed',
] as const satisfies readonly KnobName[];

export const GROUPS = [
  'data',
  'objective',
  'encoder',
  'optimiser',
  'run',
] as const satisfies readonly Knob['group'][];

/** The knobs of a group's collapsible section. */
export function furtherKnobs(group: Knob['group']): KnobName[] {
  const essential: readonly KnobName[] = ESSENTIAL_KNOBS;
  return KNOB_NAMES.filter((name) => KNOBS[name].group === group && !essential.includes(name));
}

const linear = (min: number, max: number): SliderScale => ({ min, max, log: false, integer: false });
const decades = (min: number, max: number): SliderScale => ({ min, max, log: true, integer: false });
const count = (min: number, max: number): SliderScale => ({ min, max, log: true, integer: true });

/** Slider scales; knobs without an entry have only a number box. */
export const SLIDERS: Partial<Record<KnobName, SliderScale>> = {
  temperature: decades(0.005, 1),
  learningRate: decades(1e-6, 0.1),
  batch: count(2, 256),
  steps: count(10, 2000),
  generatedShare: linear(0, 1),
  beta: linear(0, 10),
  maxLength: count(4, 128),
  heldOut: linear(0.01, 0.5),
  generatedBatch: count(1, 128),
  cutoffRate: linear(0, 0.5),
  dropout: linear(0, 0.9),
  weightDecay: linear(0, 1),
  adamBeta1: linear(0, 0.9999),
  adamEpsilon: decades(1e-12, 1e-2),
  maxGradNorm: linear(0, 10),
  evaluateEvery: count(1, 200),
  measureCap: count(2, 1000),
  checkpointEvery: count(1, 1000),
  logEvery: count(1, 100),
};

/** Message key for why a knob currently has no effect; null if it has one. */
export function idleReason(
  name: KnobName,
  pattern: PatternName,
  config: Config,
  device?: string,
): MessageKey | null {
  const { hierarchical, augmentation, roles } = PATTERNS[pattern];
  switch (name) {
    case 'beta':
    case 'margins':
      return hierarchical ? null : 'recipe.idle.hierarchical';
    case 'generatedShare':
    case 'generatedBatch':
      return roles.length > 1 ? null : 'recipe.idle.groups';
    case 'cutoffRate':
      return augmentation === 'token_cutoff' ? null : 'recipe.idle.cutoff';
    case 'augmentation':
      return augmentation === 'dropout' ? 'recipe.idle.augmentation' : null;
    case 'positive':
      return pattern === 'sts' ? null : 'recipe.idle.positive';
    case 'head':
      return config.pooling === 'mean' ? 'recipe.idle.head' : null;
    case 'epochs':
      return config.steps > 0 ? 'recipe.idle.epochs' : null;
    case 'precision':
      // Not idle if a link has set another precision, so that it can be reset.
      return (device === 'wasm' || device === 'cpu') && config.precision === 'f32'
        ? 'recipe.idle.precision'
        : null;
    default:
      return null;
  }
}
