// What page and worker say to each other: commands one way, reports the other, both parsed on arrival. Reading this
// file is knowing what the page can ask for.
import { z } from 'zod';
import { completeGroupSchema } from '../data/group.ts';
import { configSchema } from '../run/config.ts';
import { deviceSchema, eventSchema } from '../run/events.ts';
import { KNOB_NAMES, type KnobName } from '../run/knobs.ts';
import { PATTERN_NAMES, type PatternName } from '../run/settings.ts';
import { stepTraceSchema } from '../run/trace.ts';
import { DEVICE_CHOICES } from '../util/devices.ts';

const sentences = z.array(z.string());
/** Becomes the name of a folder. */
const keptName = z.string().regex(/^[\w-]{1,100}$/, 'is not a name of letters, digits, - and _');
const rate = z.number().positive().nullable();

const loadSchema = z.object({
  type: z.literal('load'),
  /** Address of an encoder folder. */
  model: z.string(),
  device: z.enum(DEVICE_CHOICES),
});

const beginSchema = z.object({
  type: z.literal('begin'),
  /** Names this run in every report about it. */
  run: z.int(),
  setting: z.object({
    domain: z.string(),
    pattern: z.enum(PATTERN_NAMES as [PatternName, ...PatternName[]]),
  }),
  config: configSchema,
  groups: z.array(completeGroupSchema),
  /** The visitor's own: always trained on. */
  own: z.array(completeGroupSchema),
  sts: z.array(z.object({ score: z.number(), first: z.string(), second: z.string() })),
  files: z.array(z.string()),
  /** Sentences followed on the map. */
  watch: sentences,
  /** Begins with the weights that the present run had at a step. */
  branch: z.object({ step: z.int() }).optional(),
  /** Names the run under which its checkpoints are kept over reloads of the page. */
  keep: keptName.optional(),
  /** Goes on from the newest of them. */
  resume: z.boolean().optional(),
});

export const commandSchema = z.discriminatedUnion('type', [
  loadSchema,
  beginSchema,
  /** Goes on until paused; at most `rate` steps a second (null: as fast as it can). */
  z.object({ type: z.literal('play'), rate }),
  z.object({ type: z.literal('pause') }),
  /** Pauses, and goes to a step that the run has reached before. */
  z.object({ type: z.literal('seek'), step: z.int() }),
  /** One step, then waits. */
  z.object({ type: z.literal('step') }),
  z.object({
    type: z.literal('edit'),
    knob: z.enum(KNOB_NAMES as [KnobName, ...KnobName[]]),
    value: z.unknown(),
  }),
  /** Groups for the next batch. */
  z.object({ type: z.literal('add'), groups: z.array(completeGroupSchema) }),
  z.object({ type: z.literal('watch'), sentences }),
  z.object({ type: z.literal('encode'), request: z.int(), sentences }),
  /** The next step taken apart, without making it. */
  z.object({ type: z.literal('trace'), request: z.int() }),
  /** The weights as they stand, as files. */
  z.object({ type: z.literal('export'), request: z.int() }),
  /** Deletes the checkpoints that are kept of a run. */
  z.object({ type: z.literal('forget'), keep: keptName }),
  /** Enough of looking for the fastest kernels: those that are known are used. */
  z.object({ type: z.literal('skipTuning') }),
  /** Destroys the GPU device, as a driver's crash would: a test of recovery. */
  z.object({ type: z.literal('loseDevice') }),
]);
export type Command = z.infer<typeof commandSchema>;
export type LoadCommand = z.infer<typeof loadSchema>;
export type BeginCommand = z.infer<typeof beginSchema>;

/** Row-major [rows, dimension], unit or not. */
const matrixSchema = z.object({
  data: z.custom<Float64Array>((value) => value instanceof Float64Array, 'is not a Float64Array'),
  rows: z.int(),
  dimension: z.int(),
});

const filesSchema = z.custom<Map<string, Uint8Array>>(
  (value) => value instanceof Map && [...value.values()].every((bytes) => bytes instanceof Uint8Array),
  'are not files',
);

export const reportSchema = z.discriminatedUnion('type', [
  /** Bytes of the encoder so far; total is null where the server does not say. */
  z.object({
    type: z.literal('loading'),
    file: z.string(),
    loaded: z.number(),
    total: z.number().nullable(),
  }),
  /** What has to be done on a GPU before the first step, once it takes long enough to be told. */
  z.object({
    type: z.literal('preparing'),
    /** The fastest tiles are looked for (at the first use of a GPU), or kernels are compiled. */
    what: z.enum(['tiles', 'kernels']),
    share: z.number(),
  }),
  z.object({
    type: z.literal('loaded'),
    device: deviceSchema,
    model: z.object({ name: z.string(), hidden: z.int(), layers: z.int(), maxPositions: z.int() }),
  }),
  /** What the training does now. */
  z.object({
    type: z.literal('status'),
    run: z.int(),
    status: z.enum(['beginning', 'waiting', 'running', 'recovering', 'ended']),
    step: z.int(),
  }),
  /** Events of a run, in order, at most one report a frame. */
  z.object({ type: z.literal('events'), run: z.int(), events: z.array(eventSchema) }),
  /** The run goes on from an earlier step: what the page has after it is void. */
  z.object({ type: z.literal('rewound'), run: z.int(), step: z.int(), reason: z.string() }),
  /** The run is at the step it was sent to; `milliseconds` after the page asked. */
  z.object({ type: z.literal('sought'), run: z.int(), step: z.int(), milliseconds: z.number() }),
  /** Steps that can be gone to at once, and what the past of the run takes of its memory. */
  z.object({
    type: z.literal('timeline'),
    run: z.int(),
    kept: z.array(z.int()),
    bytes: z.number(),
    budget: z.number(),
  }),
  /** Embeddings of the watched sentences, in their order. */
  z.object({
    type: z.literal('watched'),
    run: z.int(),
    step: z.int(),
    initial: z.boolean(),
    embeddings: matrixSchema,
  }),
  z.object({ type: z.literal('encoded'), request: z.int(), before: matrixSchema, now: matrixSchema }),
  z.object({ type: z.literal('traced'), request: z.int(), trace: stepTraceSchema }),
  /** A folder in Hugging Face layout, by file name. */
  z.object({ type: z.literal('exported'), request: z.int(), files: filesSchema }),
  z.object({ type: z.literal('refused'), request: z.int(), message: z.string() }),
  /** Something ended badly; `during` says what, so that the page knows what is left. */
  z.object({
    type: z.literal('failed'),
    during: z.enum(['load', 'begin', 'training', 'command']),
    message: z.string(),
  }),
]);
export type Report = z.infer<typeof reportSchema>;
