// The events of a run: one discriminated union, parsed with zod whenever events come from a file or a worker.
import { z } from 'zod';
import { DEVICE_NAMES, type DeviceInfo } from '../util/devices.ts';
import { configSchema, knobValueSchema, type Config } from './config.ts';
import { HOT_KNOB_NAMES, notHot, type HotKnobName } from './knobEdit.ts';
import { POINT_ROLES } from './roles.ts';

export const RECORD_VERSION = 1;

export const deviceSchema = z.object({
  name: z.enum(DEVICE_NAMES),
  detail: z.string(),
  reason: z.string(),
}) satisfies z.ZodType<DeviceInfo>;

const headerSchema = z.object({
  type: z.literal('header'),
  version: z.literal(RECORD_VERSION),
  setting: z.string(),
  config: configSchema,
  /** Planned number of optimiser updates. */
  steps: z.int(),
  model: z.object({
    name: z.string(),
    type: z.string(),
    layers: z.int(),
    hidden: z.int(),
    vocabulary: z.int(),
    parameters: z.int(),
    trained: z.int(),
  }),
  corpus: z.object({
    files: z.array(z.string()),
    plain: z.int(),
    groups: z.int(),
    heldOut: z.int(),
    sts: z.int(),
  }),
  device: deviceSchema,
  /** Only in a branch: the step of the other run whose weights it started from; its own events come after that step. */
  from: z.object({ step: z.int() }).optional(),
});

const stepSchema = z.object({
  type: z.literal('step'),
  /** 1 after the first update. */
  step: z.int(),
  /** Total loss of this step's batch before the update, not averaged over steps that were not logged. */
  loss: z.number(),
  infonce: z.number(),
  /** Hierarchical triplet loss; null when the batch had no groups or HT is off. */
  ht: z.number().nullable(),
  learningRate: z.number(),
  /** Global gradient norm before clipping. */
  gradNorm: z.number(),
  /** Rows of the batch: plain examples and generated groups. */
  plain: z.int(),
  generated: z.int(),
  tokens: z.int(),
  milliseconds: z.number(),
});

/** One measured number. `train` is the held-out training data, `eval` the evaluation data. */
const metricSchema = z.object({
  type: z.literal('metric'),
  step: z.int(),
  split: z.enum(['train', 'eval']),
  name: z.enum(['alignment', 'uniformity', 'sts']),
  /** null when the value is undefined (one sentence, constant scores). */
  value: z.number().nullable(),
  /** Whether dropout was on (train) or off (eval) while encoding. */
  mode: z.enum(['train', 'eval']),
  /** Number of pairs or sentences it was measured on, after the cap. */
  count: z.int(),
});

const noteSchema = z.object({ type: z.literal('note'), step: z.int(), text: z.string() });

const checkpointSchema = z.object({
  type: z.literal('checkpoint'),
  step: z.int(),
  path: z.string(),
  best: z.boolean(),
});

type EditEventSchema = {
  [K in HotKnobName]: z.ZodObject<{
    type: z.ZodLiteral<'edit'>;
    step: z.ZodInt;
    knob: z.ZodLiteral<K>;
    from: z.ZodType<Config[K]>;
    to: z.ZodType<Config[K]>;
  }>;
}[HotKnobName];

/** A hot knob was changed before the next step. */
const editSchema = z.discriminatedUnion(
  'knob',
  HOT_KNOB_NAMES.map((knob) => {
    const value = knobValueSchema(knob);
    return z.object({
      type: z.literal('edit'),
      step: z.int(),
      knob: z.literal(knob),
      from: value,
      to: value,
    });
  }) as unknown as [EditEventSchema, ...EditEventSchema[]], // map loses which value belongs to which knob
  { error: ({ input }) => notHot(input) },
);

/** Groups that the user added during training; they are part of the next batch. */
const pairsSchema = z.object({
  type: z.literal('pairs'),
  step: z.int(),
  groups: z.array(
    z.object({
      id: z.string(),
      anchor: z.string(),
      positive: z.string().optional(),
      intermediate: z.string().optional(),
      negative: z.string().optional(),
    }),
  ),
});

/** The sentences that are followed on the map. */
const pointsSchema = z.object({
  type: z.literal('points'),
  step: z.int(),
  points: z.array(
    z.object({
      id: z.string(),
      group: z.string(),
      role: z.enum(POINT_ROLES),
      text: z.string(),
    }),
  ),
});

/** Embeddings of these sentences at a step: unit vectors as bytes in base64, scaled by each row's largest component. */
const embeddingsSchema = z.object({
  type: z.literal('embeddings'),
  step: z.int(),
  rows: z.int(),
  dimension: z.int(),
  data: z.base64(),
});

const endSchema = z.object({
  type: z.literal('end'),
  step: z.int(),
  reason: z.enum(['finished', 'interrupted', 'failed']),
  message: z.string(),
});

export const eventSchema = z.discriminatedUnion('type', [
  headerSchema,
  stepSchema,
  metricSchema,
  noteSchema,
  checkpointSchema,
  editSchema,
  pairsSchema,
  pointsSchema,
  embeddingsSchema,
  endSchema,
]);

export type RunEvent = z.infer<typeof eventSchema>;
export type HeaderEvent = z.infer<typeof headerSchema>;
export type StepEvent = z.infer<typeof stepSchema>;
export type MetricEvent = z.infer<typeof metricSchema>;
export type EmbeddingsEvent = z.infer<typeof embeddingsSchema>;
export type CheckpointEvent = z.infer<typeof checkpointSchema>;

/** The step an event belongs to; -1 for a header, which comes before all steps. */
export function stepOf(event: RunEvent): number {
  return event.type === 'header' ? -1 : event.step;
}
