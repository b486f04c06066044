// Verifies bert_forward_backward.json and dropout_statistics.json: the encoder, its gradients and its dropout sites.
import * as tf from '@tensorflow/tfjs-core';
import { parseEncoderConfig, type EncoderConfig } from '../../encoder/config.ts';
import { encode, positionIds } from '../../encoder/encoder.ts';
import { NO_DROPOUT, type DropoutRates } from '../../encoder/pass.ts';
import { Parameters } from '../../encoder/parameters.ts';
import { pool, POOLINGS, type Pooling } from '../../encoder/pooling.ts';
import type { TensorMap } from '../../encoder/safetensors.ts';
import { rowCosines, type Matrix } from '../../metrics/vectors.ts';
import { padRows, type TokenBatch } from '../../tokenizer/pad.ts';
import { forkKey, seedKey, type Key } from '../../util/random.ts';
import { Comparison, type CaseResult, type GoldenTensor } from './compare.ts';

export type GoldenTensors = Record<string, GoldenTensor>;

export function tensorMap(tensors: GoldenTensors): TensorMap {
  return new Map(
    Object.entries(tensors).map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(data) },
    ]),
  );
}

export function goldenBatch(ids: number[][], mask: number[][], padId: number): TokenBatch {
  return padRows(
    ids.map((row, r) =>
      row.slice(
        0,
        mask[r]!.reduce((a, b) => a + b, 0),
      ),
    ),
    padId,
  );
}

type Cube = number[][][];

interface BertCase {
  name: string;
  config: Record<string, unknown>;
  input_ids: number[][];
  attention_mask: number[][];
  position_ids: number[][];
  token_type_ids: number[][];
  weights: GoldenTensors;
  hidden_states: Cube[];
  attention_probs_layer0: number[][][][];
  last_hidden_state: Cube;
  pooled: Record<Pooling, number[][]>;
  loss_coefficients: { hidden: Cube } & Record<Pooling, number[][]>;
  loss: number;
  grads: GoldenTensors;
}

const OUTPUT = { absolute: 2e-5 };

export async function verifyBert(file: string, { cases }: { cases: BertCase[] }): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const c of cases) {
    const config = parseEncoderConfig(JSON.stringify(c.config));
    const batch = goldenBatch(c.input_ids, c.attention_mask, config.padId);
    batch.types = Int32Array.from(c.token_type_ids.flatMap((row) => row.slice(0, batch.length)));
    const parameters = new Parameters(tensorMap(c.weights));
    results.push(
      await forward(file, c, parameters, config, batch),
      await backward(file, c, parameters, config, batch),
    );
    parameters.dispose();
  }
  return results;
}

async function forward(
  file: string,
  c: BertCase,
  parameters: Parameters,
  config: EncoderConfig,
  batch: TokenBatch,
): Promise<CaseResult> {
  const comparison = new Comparison(file, `${c.name} forward`);
  const length = c.input_ids[0]!.length;
  const taps = new Map<string, tf.Tensor>();
  const states = encode(parameters, config, batch, {
    tap: (name, value) => taps.set(name, tf.keep(tf.clone(value))),
  });
  const real = (values: ArrayLike<number>, reference: Cube): [number[], number[]] => {
    const [ours, theirs]: [number[], number[]] = [[], []];
    reference.forEach((row, r) =>
      row.slice(0, batch.lengths[r]).forEach((vector, t) => {
        ours.push(...Array.from(vector, (_, k) => values[(r * batch.length + t) * config.hidden + k]!));
        theirs.push(...vector);
      }),
    );
    return [ours, theirs];
  };
  comparison.close('last hidden state', ...real(await states.data(), c.last_hidden_state), OUTPUT);
  for (const [layer, reference] of c.hidden_states.entries()) {
    comparison.close(
      `hidden state ${layer}`,
      ...real(await taps.get(`hidden.${layer}`)!.data(), reference),
      OUTPUT,
    );
  }
  if (batch.length === length) {
    comparison.close(
      'attention',
      await taps.get('layer.0.attention')!.data(),
      c.attention_probs_layer0,
      OUTPUT,
    );
  }
  for (const pooling of POOLINGS) {
    const pooled = pool(states, batch, pooling);
    comparison.close(pooling, await pooled.data(), c.pooled[pooling], OUTPUT);
    pooled.dispose();
  }
  const positions = positionIds(batch, config);
  const expected = c.position_ids.flatMap((row, r) => row.slice(0, batch.lengths[r]));
  const ours = c.position_ids.flatMap((row, r) =>
    row.slice(0, batch.lengths[r]).map((_, t) => positions[r * batch.length + t]!),
  );
  comparison.equal('positions', ours, expected);
  tf.dispose([states, ...taps.values()]);
  return comparison.result();
}

async function backward(
  file: string,
  c: BertCase,
  parameters: Parameters,
  config: EncoderConfig,
  batch: TokenBatch,
): Promise<CaseResult> {
  const comparison = new Comparison(file, `${c.name} backward`);
  const names = parameters.names();
  const variables = names.map((name) => parameters.get(name));
  const coefficients = c.loss_coefficients;
  const { value, grads } = tf.variableGrads(() => {
    const states = encode(parameters, config, batch);
    const hidden = tf.tensor3d(coefficients.hidden.map((row) => row.slice(0, batch.length)));
    const terms: tf.Tensor[] = [tf.sum(tf.mul(states, hidden))];
    for (const pooling of POOLINGS)
      terms.push(tf.sum(tf.mul(pool(states, batch, pooling), tf.tensor2d(coefficients[pooling]))));
    return tf.addN(terms) as tf.Scalar;
  }, variables);
  // The loss also includes states at padding positions; the reference pads to the same length.
  comparison.close('loss', await value.data(), c.loss, { absolute: 1e-4 });
  for (const [i, name] of names.entries()) {
    comparison.close(name, await grads[variables[i]!.name]!.data(), c.grads[name]!.data, {
      absolute: 2e-4,
      relative: 1e-4,
    });
  }
  tf.dispose([value, grads]);
  return comparison.result();
}

interface PoolingStatistics {
  cos_two_passes_mean: number[];
  cos_two_passes_se: number[];
  cos_to_no_dropout_mean: number[];
  cos_to_no_dropout_se: number[];
  alignment: number;
  alignment_se: number;
}
type Site = 'embeddings' | 'attention_probs' | 'attention_output' | 'ffn_output';
interface DropoutGolden {
  p: number;
  config: Record<string, unknown>;
  input_ids: number[][];
  attention_mask: number[][];
  weights: GoldenTensors;
  results: ({ sites: Site[] } & Record<Pooling, PoolingStatistics>)[];
}

/**
 * Number of copies of the sentences in one pass, and of pairs of passes (ROUNDS). 160 pairs per sentence are enough to
 * reveal a missing or doubled dropout site by more than the allowed five standard errors; WASM is fast enough for
 * 2,000. (A software GPU takes 40 ms per copy.)
 */
const COPIES = { webgpu: 20, others: 250 };
const ROUNDS = 8;

const SITE_RATES: Record<Site, keyof DropoutRates> = {
  embeddings: 'embeddings',
  attention_probs: 'attention',
  attention_output: 'attentionOutput',
  ffn_output: 'feedForward',
};

export async function verifyDropout(file: string, golden: DropoutGolden): Promise<CaseResult[]> {
  const config = parseEncoderConfig(JSON.stringify(golden.config));
  const parameters = new Parameters(tensorMap(golden.weights));
  const sentences = goldenBatch(golden.input_ids, golden.attention_mask, config.padId);
  const rows = golden.input_ids.map((ids, r) => ids.slice(0, sentences.lengths[r]));
  const copies = tf.getBackend() === 'webgpu' ? COPIES.webgpu : COPIES.others;
  const batch = padRows(Array.from({ length: copies }, () => rows).flat(), config.padId);
  const results: CaseResult[] = [];
  for (const [index, reference] of golden.results.entries()) {
    const rates = { ...NO_DROPOUT };
    for (const site of reference.sites) rates[SITE_RATES[site]] = golden.p;
    const key = forkKey(seedKey(20240), index);
    const vectors = (masks: DropoutRates, name: string) =>
      passVectors(parameters, config, batch, masks, forkKey(key, name));
    const clean = await vectors(NO_DROPOUT, 'clean');
    const between: Record<Pooling, number[][]> = { cls: [], mean: [], mask: [] };
    const toClean: Record<Pooling, number[][]> = { cls: [], mean: [], mask: [] };
    for (let round = 0; round < ROUNDS; round++) {
      const [a, b] = [await vectors(rates, `a${round}`), await vectors(rates, `b${round}`)];
      for (const pooling of POOLINGS) {
        between[pooling].push(rowCosines(a[pooling], b[pooling]));
        toClean[pooling].push(rowCosines(a[pooling], clean[pooling]), rowCosines(b[pooling], clean[pooling]));
      }
    }
    const comparison = new Comparison(file, `sites ${reference.sites.join(' + ')}`);
    for (const pooling of POOLINGS) {
      compareStatistics(
        comparison,
        pooling,
        reference[pooling],
        between[pooling],
        toClean[pooling],
        rows.length,
      );
    }
    results.push(comparison.result());
  }
  parameters.dispose();
  return results;
}

async function passVectors(
  parameters: Parameters,
  config: EncoderConfig,
  batch: TokenBatch,
  rates: DropoutRates,
  key: Key,
): Promise<Record<Pooling, Matrix>> {
  const states = encode(parameters, config, batch, { dropout: rates, key });
  const read = async (pooling: Pooling): Promise<Matrix> => {
    const pooled = pool(states, batch, pooling);
    const data = Float64Array.from(await pooled.data());
    pooled.dispose();
    return { data, rows: batch.rows, dimension: config.hidden };
  };
  const vectors = { cls: await read('cls'), mean: await read('mean'), mask: await read('mask') };
  states.dispose();
  return vectors;
}

/** Compares in units of the joint standard error; a deviation of 5 is allowed. */
function compareStatistics(
  comparison: Comparison,
  pooling: Pooling,
  reference: PoolingStatistics,
  between: number[][],
  toClean: number[][],
  sentences: number,
): void {
  const deviation = (ours: number[], mean: number, se: number) => {
    const own = moments(ours);
    return (own.mean - mean) / Math.sqrt(se ** 2 + own.se ** 2);
  };
  const ofSentence = (passes: number[][], s: number) =>
    passes.flatMap((cosines) => cosines.filter((_, i) => i % sentences === s));
  const deviations: number[] = [];
  for (let s = 0; s < sentences; s++) {
    deviations.push(
      deviation(ofSentence(between, s), reference.cos_two_passes_mean[s]!, reference.cos_two_passes_se[s]!),
    );
    deviations.push(
      deviation(
        ofSentence(toClean, s),
        reference.cos_to_no_dropout_mean[s]!,
        reference.cos_to_no_dropout_se[s]!,
      ),
    );
  }
  deviations.push(
    deviation(
      between.flat().map((cos) => 2 - 2 * cos),
      reference.alignment,
      reference.alignment_se,
    ),
  );
  comparison.close(
    `${pooling} deviations (standard errors)`,
    deviations,
    deviations.map(() => 0),
    { absolute: 5 },
  );
}

function moments(values: number[]): { mean: number; se: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1);
  return { mean, se: Math.sqrt(variance / values.length) };
}
