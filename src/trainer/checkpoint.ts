// Checkpoints: the model in Hugging Face layout, plus two files with everything else that resuming needs. Resuming is
// bit-exact: masks, order and augmentation follow from seed and step, and all other state is in these files.
import { z } from 'zod';
import type { BatchCursor } from '../data/batches.ts';
import { completeGroupSchema } from '../data/group.ts';
import type { ParameterName, Parameters } from '../encoder/parameters.ts';
import { readSafetensors, writeSafetensors, type TensorMap } from '../encoder/safetensors.ts';
import type { Reading } from '../metrics/rfd.ts';
import { emptyMetrics, type MetricSeries } from '../record/series.ts';
import { configSchema, type Config } from '../run/config.ts';
import { Failure, messageOf } from '../util/failure.ts';
import type { Files } from './host.ts';

export const STATE_FILE = 'trainer.json';
export const TENSOR_FILE = 'trainer.safetensors';

const readingSchema = z.object({ step: z.int(), value: z.number() });

/** The state of a run except for weights and moments. */
export const checkpointStateSchema = z.object({
  step: z.int().min(0),
  setting: z.string(),
  config: configSchema,
  totalSteps: z.int(),
  cursor: z.object({ epoch: z.int(), position: z.int(), waiting: z.array(z.int()) }),
  /** Type and sizes of the encoder, to reject a checkpoint of another model. */
  model: z.string(),
  /** Digest of the ids and token ids of the examples and of the evaluation data, to reject other data. */
  data: z.string(),
  /** Groups added during training, and the first epoch that includes them. */
  joined: z.array(z.object({ group: completeGroupSchema, epoch: z.int() })).default([]),
  best: z.object({ step: z.int(), sts: z.number() }).nullable(),
  /** Readings up to the step, by "{split}/{name}". */
  readings: z.record(z.string(), z.array(readingSchema)),
  lastLoss: z.number().nullable(),
  /** Steps, tokens and time since the last logged step. */
  spent: z
    .object({ steps: z.int(), tokens: z.int(), milliseconds: z.number() })
    .default({ steps: 0, tokens: 0, milliseconds: 0 }),
});

export interface CheckpointState extends z.infer<typeof checkpointStateSchema> {
  config: Config;
  cursor: BatchCursor;
}

export interface Checkpoint {
  state: CheckpointState;
  /** Head weights and both moments, by name. */
  tensors: TensorMap;
  /** The encoder's weights. */
  encoder: TensorMap;
}

/** The state of another run that a branch starts from. */
export interface Branch {
  from: Checkpoint;
  /** Does the branch continue that run: with the same data and, except for hot knobs, the same configuration? */
  continuesRun: boolean;
}

const fileSchema = checkpointStateSchema.extend({ version: z.literal(1) });

const arraysByName = ({ alignment, uniformity, sts }: MetricSeries): [string, Reading[]][] => [
  ['train/alignment', alignment.train],
  ['eval/alignment', alignment.eval],
  ['train/uniformity', uniformity.train],
  ['eval/uniformity', uniformity.eval],
  ['eval/sts', sts],
];

/** Converts metrics to the readings of a checkpoint. */
export function readingsOf(metrics: MetricSeries): CheckpointState['readings'] {
  return Object.fromEntries(arraysByName(metrics).filter(([, readings]) => readings.length > 0));
}

/** Converts the readings of a checkpoint to metrics. */
export function metricsOf(readings: CheckpointState['readings']): MetricSeries {
  const metrics = emptyMetrics();
  for (const [name, array] of arraysByName(metrics)) array.push(...(readings[name] ?? []));
  return metrics;
}

/** The two files of a checkpoint besides those of the model. */
export function stateFiles(state: CheckpointState, tensors: TensorMap): Files {
  const json = `${JSON.stringify({ version: 1, ...state })}\n`;
  return new Map([
    [STATE_FILE, new TextEncoder().encode(json)],
    [TENSOR_FILE, writeSafetensors(tensors)],
  ]);
}

/** @throws Failure that says what is missing or wrong */
export function readCheckpoint(
  name: string,
  state: Uint8Array,
  tensors: Uint8Array,
  encoder: TensorMap,
): Checkpoint {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(state));
  } catch (error) {
    throw new Failure(`Checkpoint ${name}: ${STATE_FILE} is not JSON (${messageOf(error)}).`);
  }
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Failure(
      `Checkpoint ${name}: ${STATE_FILE} is not usable (${issue?.path.join('.')} ${issue?.message}).`,
    );
  }
  return { state: parsed.data, tensors: readSafetensors(tensors, TENSOR_FILE).tensors, encoder };
}

/** The moments in another run's checkpoint for the parameters trained here; zeros if that run had none. */
export function momentsOf(
  trained: readonly ParameterName[],
  parameters: Parameters,
  tensors: TensorMap,
): TensorMap {
  const moments: TensorMap = new Map();
  for (const name of trained) {
    const { shape, size } = parameters.get(name);
    for (const key of [`m.${name}`, `v.${name}`])
      moments.set(key, tensors.get(key) ?? { shape, data: new Float32Array(size) });
  }
  return moments;
}
