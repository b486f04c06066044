// The protocol between page and worker: commands in one direction, reports in the other, both parsed on arrival.
//
//   page                  worker
//   load             ->   fetches the encoder and starts the device
//                    <-   loading (bytes of each file), preparing (tiles are measured), loaded
//   start            ->   begins a run: at step 0, as a branch of the current run, or from a saved checkpoint
//                    <-   status "starting", preparing (kernels are compiled), events (header, first metrics),
//                         timeline, embeddings, status "waiting"
//   play, step       ->   runs steps until paused, or a single step
//                    <-   status "running", then at most once per frame: events; embeddings and timeline as they change
//   edit, addGroups  ->   wait for the next step
//                    <-   events "edit" and "pairs", with the step they took effect at
//   pause            ->   finishes the current step
//                    <-   status "waiting"
//   seek             ->   pauses and goes to a past step (or back from it)
//                    <-   seeked, status "waiting", embeddings of that step
//   edit at a past step, then step
//                    <-   rewound: the steps after it are discarded
//   request          ->   answered between two steps, in any status
//                    <-   response or requestFailed, with the request's id
//   (device lost)    <-   status "recovering", then rewound to the newest snapshot (or seeked, if a past step was
//                         shown), status "waiting" or "running"
//   (last step done) <-   event "end", status "ended"; past steps can still be shown
//   (error)          <-   failed: what failed and why
import { z } from 'zod';
import { completeGroupSchema } from '../data/group.ts';
import { configSchema } from '../run/config.ts';
import { deviceSchema, eventSchema } from '../run/events.ts';
import { knobEditSchema } from '../run/knobEdit.ts';
import { PATTERN_NAMES, type PatternName } from '../run/settings.ts';
import { stepTraceSchema } from '../run/trace.ts';
import { DEVICE_CHOICES } from '../util/devices.ts';

const sentences = z.array(z.string());
/** A run's id in storage, also used as a folder name. */
const savedName = z.string().regex(/^[\w-]{1,100}$/, 'is not a name of letters, digits, - and _');
const rate = z.number().positive().nullable();

const loadSchema = z.object({
  type: z.literal('load'),
  /** URL of an encoder folder. */
  model: z.string(),
  device: z.enum(DEVICE_CHOICES),
});

const startSchema = z.object({
  type: z.literal('start'),
  /** Number that identifies this run in every report about it. */
  run: z.int(),
  setting: z.object({
    domain: z.string(),
    pattern: z.enum(PATTERN_NAMES as [PatternName, ...PatternName[]]),
  }),
  config: configSchema,
  groups: z.array(completeGroupSchema),
  /** The visitor's own groups, which are never held out. */
  userGroups: z.array(completeGroupSchema),
  /** The held-out anchors that may be measured; empty: all of them. */
  sharedAnchors: sentences,
  sts: z.array(z.object({ score: z.number(), first: z.string(), second: z.string() })),
  files: z.array(z.string()),
  /** Sentences followed on the map. */
  follow: sentences,
  /** Starts with the weights that the current run had at a step. */
  branch: z.object({ step: z.int() }).optional(),
  /** Saves checkpoints under this id, so that the run survives a reload of the page. */
  saveAs: savedName.optional(),
  /** Resumes from the newest checkpoint saved under this id. */
  resume: z.boolean().optional(),
});

/** Requests about the model, answered between two steps. Each gets exactly one response. */
const requestSchema = z.discriminatedUnion('type', [
  /** Embeddings of sentences, with the weights before training and the current ones. */
  z.object({ type: z.literal('encode'), sentences }),
  /** A trace of the next step, without running it. */
  z.object({ type: z.literal('trace') }),
  /** The encoder as a folder of files. */
  z.object({ type: z.literal('export') }),
  /** How fast this device is. */
  z.object({ type: z.literal('forwardTime') }),
]);
type AnyRequest = z.infer<typeof requestSchema>;
export type RequestType = AnyRequest['type'];
/** Written as a mapped type so that TypeScript infers T for `request.type` of a `ModelRequest<T>`. */
export type ModelRequest<T extends RequestType = RequestType> = {
  [K in T]: { type: K } & Omit<Extract<AnyRequest, { type: K }>, 'type'>;
}[T];

export const commandSchema = z.discriminatedUnion('type', [
  loadSchema,
  startSchema,
  /** Trains until paused, at most `rate` steps per second (null: as fast as possible). */
  z.object({ type: z.literal('play'), rate }),
  z.object({ type: z.literal('pause') }),
  /** Pauses, and goes to a step that the run has reached before. */
  z.object({ type: z.literal('seek'), step: z.int() }),
  /** Runs one step, then waits. */
  z.object({ type: z.literal('step') }),
  /** Changes a hot knob before the next step. */
  z.object({ type: z.literal('edit'), edit: knobEditSchema }),
  /** Adds groups to the next batch and to every later epoch. */
  z.object({ type: z.literal('addGroups'), groups: z.array(completeGroupSchema) }),
  /** Replaces the sentences followed on the map. */
  z.object({ type: z.literal('follow'), sentences }),
  z.object({ type: z.literal('request'), id: z.int(), request: requestSchema }),
  /** Deletes the checkpoints saved under an id. */
  z.object({ type: z.literal('deleteSaved'), saveAs: savedName }),
  /** Stops measuring kernel tiles and uses the fastest found so far. */
  z.object({ type: z.literal('skipTuning') }),
  /** Destroys the GPU device, as a driver crash would; for testing recovery. */
  z.object({ type: z.literal('loseDevice') }),
]);
export type Command = z.infer<typeof commandSchema>;
export type LoadCommand = z.infer<typeof loadSchema>;
export type StartCommand = z.infer<typeof startSchema>;

/** Row-major [rows, dimension]; rows need not have unit length. */
const matrixSchema = z.object({
  data: z.custom<Float64Array>((value) => value instanceof Float64Array, 'is not a Float64Array'),
  rows: z.int(),
  dimension: z.int(),
});

const filesSchema = z.custom<Map<string, Uint8Array>>(
  (value) => value instanceof Map && [...value.values()].every((bytes) => bytes instanceof Uint8Array),
  'are not files',
);

const responses = {
  encode: z.object({ before: matrixSchema, now: matrixSchema }),
  trace: stepTraceSchema,
  /** In Hugging Face layout, by file name. */
  export: filesSchema,
  /** Milliseconds of a fixed forward pass (forwardTime.ts). */
  forwardTime: z.number().positive(),
};

/** The response to each type of request. */
export type Responses = { [T in RequestType]: z.infer<(typeof responses)[T]> };
export const responseSchemas: { [T in RequestType]: z.ZodType<Responses[T]> } = responses;

export const reportSchema = z.discriminatedUnion('type', [
  /** Bytes of a file received so far; total is null if the server does not send it. */
  z.object({
    type: z.literal('loading'),
    file: z.string(),
    loaded: z.number(),
    total: z.number().nullable(),
  }),
  /** GPU work before the first step; reported only if it takes a while. */
  z.object({
    type: z.literal('preparing'),
    /** Measuring tiles (at the first use of a GPU) or compiling kernels. */
    what: z.enum(['tiles', 'kernels']),
    /** Completed fraction, 0 to 1. */
    share: z.number(),
  }),
  z.object({
    type: z.literal('loaded'),
    device: deviceSchema,
    model: z.object({ name: z.string(), hidden: z.int(), layers: z.int(), maxPositions: z.int() }),
  }),
  /** The current status of the training. */
  z.object({
    type: z.literal('status'),
    run: z.int(),
    status: z.enum(['starting', 'waiting', 'running', 'recovering', 'ended']),
    step: z.int(),
  }),
  /** Events of a run, in order; at most one report per frame. */
  z.object({ type: z.literal('events'), run: z.int(), events: z.array(eventSchema) }),
  /** The run continues from this step; everything after it is discarded. */
  z.object({
    type: z.literal('rewound'),
    run: z.int(),
    step: z.int(),
    /** What happened to the device, which was started again; null after a change at this step of the past. */
    deviceError: z.string().nullable(),
  }),
  /** The run now shows the requested step, `milliseconds` after the command arrived. */
  z.object({ type: z.literal('seeked'), run: z.int(), step: z.int(), milliseconds: z.number() }),
  /** Steps with a snapshot, which can be shown immediately, and the memory used for the run's past. */
  z.object({
    type: z.literal('timeline'),
    run: z.int(),
    snapshots: z.array(z.int()),
    bytes: z.number(),
    budget: z.number(),
  }),
  /** Embeddings of the followed sentences, in the same order. */
  z.object({
    type: z.literal('embeddings'),
    run: z.int(),
    step: z.int(),
    /** True for embeddings with the weights before training, regardless of `step`. */
    initial: z.boolean(),
    embeddings: matrixSchema,
  }),
  /** The sender of the request, who knows its type, parses the response with `responseSchemas`. */
  z.object({ type: z.literal('response'), id: z.int(), response: z.unknown() }),
  z.object({ type: z.literal('requestFailed'), id: z.int(), message: z.string() }),
  /** Something failed; `during` tells the page which part, and therefore what still works. */
  z.object({
    type: z.literal('failed'),
    during: z.enum(['load', 'start', 'training', 'command']),
    message: z.string(),
  }),
]);
export type Report = z.infer<typeof reportSchema>;
