// Verifies adamw.json and training_trace.json: the optimiser on its own, and ten real training steps.
import * as tf from '@tensorflow/tfjs-core';
import { parseEncoderConfig } from '../../encoder/config.ts';
import { NO_DROPOUT } from '../../encoder/pass.ts';
import { isEmbedding, Parameters } from '../../encoder/parameters.ts';
import type { Pooling } from '../../encoder/pooling.ts';
import { seedKey } from '../../util/random.ts';
import type { Config } from '../../run/config.ts';
import { AdamW, disposeClipped, type AdamWKnobs } from '../adamw.ts';
import { scheduleFactor } from '../schedule.ts';
import { objectiveWith } from '../../losses/objective.ts';
import { disposeGradient, stepGradient, type StepModel, type StepOptions } from '../step.ts';
import type { StepRows } from '../views.ts';
import { Comparison, type CaseResult } from './compare.ts';
import { tensorMap, type GoldenTensors } from './encoder.ts';

interface AdamCase {
  name: string;
  variant: 'torch' | 'hf';
  lr: number;
  weight_decay: number;
  schedule: Config['schedule'];
  warmup_steps: number;
  total_steps: number;
  max_grad_norm: number | null;
  betas: [number, number];
  eps: number;
  no_decay?: string[];
  params_init: GoldenTensors;
  steps: { grads: GoldenTensors; grad_norm: number; clip_coef: number; lr: number; params: GoldenTensors }[];
  final_exp_avg: GoldenTensors;
  final_exp_avg_sq: GoldenTensors;
}

const FLOAT32 = { absolute: 2e-6 };
/** Norms reach 50, where adjacent float32 numbers are 3.8e-6 apart. */
const NORM = { absolute: 2e-6, relative: 2e-7 };

export async function verifyAdamW(file: string, { cases }: { cases: AdamCase[] }): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const c of cases) {
    const comparison = new Comparison(file, c.name);
    const parameters = new Parameters(tensorMap(c.params_init));
    const optimizer = new AdamW(parameters, parameters.names(), (name) => !(c.no_decay ?? []).includes(name));
    const knobs: AdamWKnobs = {
      optimizer: `adamw-${c.variant}`,
      adamBeta1: c.betas[0],
      adamBeta2: c.betas[1],
      adamEpsilon: c.eps,
      weightDecay: c.weight_decay,
    };
    for (const [k, step] of c.steps.entries()) {
      const rate = c.lr * scheduleFactor(c.schedule, k, c.warmup_steps, c.total_steps);
      const gradients = new Map(
        Object.entries(step.grads).map(([name, { shape, data }]) => [name, tf.tensor(data, shape)]),
      );
      const clipped = optimizer.clip(gradients, c.max_grad_norm ?? 0);
      optimizer.apply(clipped, rate, knobs);
      comparison
        .close('learning rate', rate, step.lr, FLOAT32)
        .close('gradient norm', await clipped.norm.data(), step.grad_norm, NORM)
        .close('clip factor', await clipped.factor.data(), step.clip_coef, FLOAT32);
      for (const [name, { data }] of await parameters.read())
        comparison.close(`${name} after step ${k + 1}`, data, step.params[name]!.data, FLOAT32);
      disposeClipped(clipped);
      tf.dispose([...gradients.values()]);
    }
    for (const [name, { data }] of await optimizer.read()) {
      const reference = name.startsWith('m.') ? c.final_exp_avg : c.final_exp_avg_sq;
      comparison.close(name, data, reference[name.slice(2)]!.data, FLOAT32);
    }
    optimizer.dispose();
    parameters.dispose();
    results.push(comparison.result());
  }
  return results;
}

interface Losses {
  contrastive: number;
  hierarchical_triplet: number;
  loss: number;
}
interface Trace {
  name: string;
  settings: {
    lr: number;
    weight_decay: number;
    schedule: Config['schedule'];
    warmup_steps: number;
    total_steps: number;
    max_grad_norm: number | null;
    temp: number;
    beta: number;
    margins: number[];
    use_ht: boolean;
    pooling: Pooling;
    head: boolean;
    freeze_embeddings: boolean;
  };
  steps: (Losses & { lr: number; grad_norm: number })[];
  after_last_step: Losses;
  final_checksums: Record<string, { shape: number[]; sum: number; sum_of_squares: number; checked: boolean }>;
  final_parameters_sample: GoldenTensors;
  not_determined: string[];
}
interface TraceGolden {
  config: Record<string, unknown>;
  weights: GoldenTensors;
  head: GoldenTensors;
  other_input_ids: number[][][];
  other_attention_mask: number[][][];
  aigen_input_ids: number[][][];
  aigen_attention_mask: number[][][];
  traces: Trace[];
}

export async function verifyTrainingTrace(file: string, golden: TraceGolden): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const trace of golden.traces) results.push(await verifyTrace(file, golden, trace));
  return results;
}

function goldenRows(golden: TraceGolden): StepRows {
  const real = (ids: number[][][], mask: number[][][]) =>
    ids.flatMap((row, r) =>
      row.map((sentence, s) =>
        sentence.slice(
          0,
          mask[r]![s]!.reduce((a, b) => a + b, 0),
        ),
      ),
    );
  return {
    rows: [
      ...real(golden.other_input_ids, golden.other_attention_mask),
      ...real(golden.aigen_input_ids, golden.aigen_attention_mask),
    ],
    plain: golden.other_input_ids.length,
    plainSentences: golden.other_input_ids[0]!.length,
    generated: golden.aigen_input_ids.length,
    generatedSentences: golden.aigen_input_ids[0]!.length,
  };
}

async function verifyTrace(
  file: string,
  golden: TraceGolden,
  { name, settings: s, ...trace }: Trace,
): Promise<CaseResult> {
  const comparison = new Comparison(file, name);
  const parameters = new Parameters(
    new Map([...tensorMap(golden.weights), ...(s.head ? tensorMap(golden.head) : [])]),
  );
  const trained = parameters.names().filter((n) => !(s.freeze_embeddings && isEmbedding(n)));
  const model: StepModel = {
    parameters,
    config: parseEncoderConfig(JSON.stringify(golden.config)),
    head: s.head,
    trained,
    pooling: s.pooling,
  };
  const options: StepOptions = {
    objective: objectiveWith({
      temperature: s.temp,
      beta: s.beta,
      margins: s.margins,
      hierarchical: s.use_ht,
    }),
    dropout: NO_DROPOUT,
    key: seedKey(0),
  };
  const rows = goldenRows(golden);
  const optimizer = new AdamW(parameters, trained, () => true);
  const knobs: AdamWKnobs = {
    optimizer: 'adamw-torch',
    adamBeta1: 0.9,
    adamBeta2: 0.999,
    adamEpsilon: 1e-8,
    weightDecay: s.weight_decay,
  };
  const compareLosses = async (at: string, gradient: ReturnType<typeof stepGradient>, expected: Losses) => {
    comparison
      .close(`${at} loss`, await gradient.loss.data(), expected.loss, { absolute: 1e-4 })
      .close(`${at} contrastive`, await gradient.infonce.data(), expected.contrastive, { absolute: 1e-4 })
      .close(`${at} HT`, gradient.ht ? await gradient.ht.data() : [0], expected.hierarchical_triplet, {
        absolute: 1e-4,
      });
  };
  for (const [k, expected] of trace.steps.entries()) {
    const gradient = stepGradient(model, rows, options);
    const clipped = optimizer.clip(gradient.gradients, s.max_grad_norm ?? 0);
    const rate = s.lr * scheduleFactor(s.schedule, k, s.warmup_steps, s.total_steps);
    optimizer.apply(clipped, rate, knobs);
    await compareLosses(`step ${k + 1}`, gradient, expected);
    comparison
      .close(`step ${k + 1} gradient norm`, await clipped.norm.data(), expected.grad_norm, {
        absolute: 1e-4,
        relative: 1e-4,
      })
      .close('rate', rate, expected.lr, { absolute: 1e-8 });
    disposeGradient(gradient);
    disposeClipped(clipped);
  }
  const after = stepGradient(model, rows, options);
  await compareLosses('after the last step', after, trace.after_last_step);
  disposeGradient(after);
  compareFinal(comparison, trace, await parameters.read());
  optimizer.dispose();
  parameters.dispose();
  return comparison.result();
}

function compareFinal(
  comparison: Comparison,
  trace: Omit<Trace, 'name' | 'settings'>,
  final: Awaited<ReturnType<Parameters['read']>>,
): void {
  for (const [name, expected] of Object.entries(trace.final_checksums)) {
    if (!expected.checked) continue;
    const { data } = final.get(name)!;
    const tolerance = { absolute: 1e-5 * data.length };
    comparison
      .close(
        `${name} sum`,
        data.reduce((a, b) => a + b, 0),
        expected.sum,
        tolerance,
      )
      .close(
        `${name} squares`,
        data.reduce((a, b) => a + b * b, 0),
        expected.sum_of_squares,
        tolerance,
      );
  }
  for (const [name, { data }] of Object.entries(trace.final_parameters_sample)) {
    if (!trace.not_determined.includes(name))
      comparison.close(name, final.get(name)!.data, data, { absolute: 1e-4 });
  }
}
