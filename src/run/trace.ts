// The trace of one training step: every number from the sentences of a batch to the updated weights. The trainer
// records it; the microscope and the batch view show it.
import { z } from 'zod';
import { ROLES } from './roles.ts';

/** A tensor: numbers in row-major order (the last axis varies fastest). */
const tableSchema = z.object({
  shape: z.array(z.int().nonnegative()),
  data: z.custom<Float32Array>((value) => value instanceof Float32Array, 'is not a Float32Array'),
});
export type Table = z.infer<typeof tableSchema>;

const rowSchema = z.object({
  /** Id of the sentence's example. */
  id: z.string(),
  /** Index of its example among the plain rows, or among the generated groups, of the batch. */
  group: z.int(),
  /** Index of the sentence within its example. */
  place: z.int(),
  /** `view` is a plain sentence's second view: another dropout mask, and an augmentation if the setting has one. */
  role: z.enum([...ROLES, 'view']),
  generated: z.boolean(),
  /** The sentence in the example; an augmentation is only visible in the tokens. */
  text: z.string(),
  ids: z.array(z.int()),
  tokens: z.array(z.string()),
});
export type TraceRow = z.infer<typeof rowSchema>;

const knobsSchema = z.object({
  temperature: z.number(),
  beta: z.number(),
  margins: z.array(z.number()),
  /** Is the HT loss used in this setting? */
  hierarchical: z.boolean(),
  pooling: z.string(),
  head: z.boolean(),
  dropout: z.number(),
  maxGradNorm: z.number(),
  /** Learning rate of this step, after warm-up and schedule. */
  learningRate: z.number(),
  optimizer: z.string(),
  adamBeta1: z.number(),
  adamBeta2: z.number(),
  adamEpsilon: z.number(),
  weightDecay: z.number(),
  /** Number of batches whose gradients are averaged in one update; the trace shows the first. */
  accumulate: z.int(),
});

/** InfoNCE with n anchors and m columns. Rows are indices into the batch: `anchors[i]` is the row of anchor i. */
const infonceSchema = z.object({
  anchors: z.array(z.int()),
  /** Column i < n is the positive of anchor i; further columns are hard negatives. */
  columns: z.array(z.int()),
  /** [n, m] */
  cosines: tableSchema,
  /** [n, m], softmax of cosine / temperature. */
  probabilities: tableSchema,
  /** [n], -log of the positive's probability. */
  losses: tableSchema,
  /** [n, m], d InfoNCE / d cosine. */
  gradient: tableSchema,
  /** Mean of the losses. */
  value: z.number(),
});
export type TraceInfoNce = z.infer<typeof infonceSchema>;

const htSchema = z.object({
  /** Rows of each group: anchor, level 1, level 2, ... (the closest level first). */
  groups: z.array(z.array(z.int())),
  /** [groups, levels], cosine of the anchor with each level. */
  cosines: tableSchema,
  /** One margin for each pair of adjacent levels. */
  margins: z.array(z.number()),
  /** [groups, levels - 1], s[p + 1] - s[p] + m_p, before max(0, .). */
  hinges: tableSchema,
  /** Mean of max(0, hinge) over groups and pairs. */
  value: z.number(),
});
export type TraceHt = z.infer<typeof htSchema>;

const updateSchema = z.object({
  /** L2 norms of each parameter's gradient before clipping, of its update, and of its values before the update. */
  parameters: z.array(
    z.object({
      name: z.string(),
      size: z.int(),
      gradNorm: z.number(),
      updateNorm: z.number(),
      valueNorm: z.number(),
    }),
  ),
  /** One weight followed through clipping and AdamW: the one with the largest gradient in any weight matrix. */
  example: z.object({
    name: z.string(),
    /** Index into the row-major values of the parameter. */
    index: z.int(),
    gradient: z.number(),
    clipped: z.number(),
    mBefore: z.number(),
    mAfter: z.number(),
    vBefore: z.number(),
    vAfter: z.number(),
    before: z.number(),
    after: z.number(),
  }),
});
export type TraceUpdate = z.infer<typeof updateSchema>;

export const stepTraceSchema = z.object({
  /** The number this step would have: the updates so far plus one. */
  step: z.int(),
  knobs: knobsSchema,
  model: z.object({ layers: z.int(), heads: z.int(), hidden: z.int() }),
  /** All rows of the batch, in the order of every [rows, ...] table. */
  rows: z.array(rowSchema),
  /** Number of tokens in the longest row; shorter rows are padded to it. */
  length: z.int(),
  /** [rows, length, hidden], after layer norm and dropout: the input of the first layer. */
  embedded: tableSchema,
  layers: z.array(
    z.object({
      /** [rows, heads, length, length], before dropout; a query's row sums to 1, or is 0 if its result is not used. */
      attention: tableSchema,
      /** [rows, length, hidden] */
      output: tableSchema,
    }),
  ),
  /** [rows, hidden] */
  pooled: tableSchema,
  /** [rows, hidden], the input of the loss: the output of the head, or the pooled vectors if there is no head. */
  vectors: tableSchema,
  infonce: infonceSchema,
  ht: htSchema.nullable(),
  /** InfoNCE + beta * HT. */
  loss: z.number(),
  /** [rows, hidden], d loss / d vector. */
  vectorGradients: tableSchema,
  /** Global gradient norm of the update: over all trained parameters, averaged over all accumulated batches. */
  gradNorm: z.number(),
  clipFactor: z.number(),
  update: updateSchema,
  /** The same rows with the same dropout masks after the update. */
  after: z.object({
    vectors: tableSchema,
    /** For the same anchors and columns. */
    cosines: tableSchema,
    /** The cosines of the HT loss; null without HT. */
    levels: tableSchema.nullable(),
    loss: z.number(),
  }),
});
export type StepTrace = z.infer<typeof stepTraceSchema>;

/** The values below the given indices of the leading axes, without a copy: rowOf(attention, row, head, query). */
export function rowOf(table: Table, ...at: number[]): Float32Array {
  const { shape, data } = table;
  let start = 0;
  let size = data.length;
  at.forEach((place, axis) => {
    size /= shape[axis]!;
    start += place * size;
  });
  return data.subarray(start, start + size);
}

/** One number: valueAt(cosines, anchor, column). */
export function valueAt(table: Table, ...at: number[]): number {
  return table.data[at.reduce((index, place, axis) => index * table.shape[axis]! + place, 0)]!;
}

/** The part of a table below the given indices: sliceOf(attention, row) is [heads, length, length]. */
export function sliceOf(table: Table, ...at: number[]): Table {
  return { shape: table.shape.slice(at.length), data: rowOf(table, ...at) };
}
