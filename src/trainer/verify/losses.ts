// Verifies infonce.json, hierarchical_triplet.json and combined.json: values and gradients of the losses.
import * as tf from '@tensorflow/tfjs-core';
import { hierarchicalTriplet } from '../../losses/hierarchicalTriplet.ts';
import { hierarchicalTripletReference } from '../../losses/hierarchicalTriplet.reference.ts';
import { infoNCE } from '../../losses/infoNCE.ts';
import { cosine, infoNceReference } from '../../losses/infoNCE.reference.ts';
import { objective, type ObjectiveKnobs } from '../../losses/objective.ts';
import { Comparison, type CaseResult } from './compare.ts';

const TOLERANCE = { absolute: 1e-5, relative: 1e-4 };
/** Our float64 references must agree with the files to all their digits. */
const EXACT = { absolute: 1e-7, relative: 1e-7 };

type Rows = number[][];
type Groups = number[][][];

interface InfoNceCase {
  name: string;
  kind: 'pairs' | 'hard_negatives' | 'native';
  temp: number;
  loss: number;
  per_row_loss: number[];
  similarity: Rows;
  anchor: Rows;
  positive: Rows;
  hard_negative?: Rows;
  grad_anchor: Rows;
  grad_positive: Rows;
  grad_hard_negative?: Rows;
  use_ht: boolean;
  other: Groups;
  aigen: Groups;
  other_shape: [number, number, number];
  aigen_shape: [number, number, number];
  grad_other: Groups;
  grad_aigen: Groups;
}

export async function verifyInfoNce(
  file: string,
  { cases }: { cases: InfoNceCase[] },
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const c of cases) {
    const comparison = new Comparison(file, c.name);
    await (c.kind === 'native' ? native(comparison, c) : plain(comparison, c));
    results.push(comparison.result());
  }
  return results;
}

async function plain(comparison: Comparison, c: InfoNceCase): Promise<void> {
  const columns = [...c.positive, ...(c.hard_negative ?? [])];
  const reference = infoNceReference(c.anchor, columns, c.temp);
  const [anchor, positive] = [tf.tensor2d(c.anchor), tf.tensor2d(c.positive)];
  const hard = c.hard_negative && tf.tensor2d(c.hard_negative);
  const inputs = [anchor, positive, ...(hard ? [hard] : [])];
  const { value, grads } = tf.valueAndGrads((a: tf.Tensor, ...rest: tf.Tensor[]) =>
    infoNCE(a as tf.Tensor2D, (rest.length > 1 ? tf.concat(rest, 0) : rest[0]!) as tf.Tensor2D, c.temp),
  )(inputs);
  comparison
    .close('loss', await value.data(), c.loss, TOLERANCE)
    .close('grad_anchor', await grads[0]!.data(), c.grad_anchor, TOLERANCE)
    .close('grad_positive', await grads[1]!.data(), c.grad_positive, TOLERANCE)
    .close('reference loss', reference.loss, c.loss, EXACT)
    .close('reference similarity', reference.similarity, c.similarity, EXACT)
    .close('reference rows', reference.perRow, c.per_row_loss, EXACT);
  if (hard) comparison.close('grad_hard_negative', await grads[2]!.data(), c.grad_hard_negative!, TOLERANCE);
  tf.dispose([...inputs, value, ...grads]);
}

async function native(comparison: Comparison, c: InfoNceCase): Promise<void> {
  const knobs = { temperature: c.temp, beta: 0, margins: [0], hierarchical: c.use_ht };
  const result = await hybrid(c, knobs);
  comparison
    .close('loss', result.infonce, c.loss, TOLERANCE)
    .close('grad_other', result.gradOther, c.grad_other, TOLERANCE)
    .close('grad_aigen', result.gradAigen, c.grad_aigen, TOLERANCE);
}

/** The objective and its gradients on a hybrid batch of embeddings. */
async function hybrid(
  c: Pick<InfoNceCase, 'other' | 'aigen' | 'other_shape' | 'aigen_shape'>,
  knobs: ObjectiveKnobs,
) {
  const [other, aigen] = [
    tf.tensor3d(c.other.flat(2), c.other_shape),
    tf.tensor3d(c.aigen.flat(2), c.aigen_shape),
  ];
  const present = (x: tf.Tensor) => (x.shape[0] > 0 ? (x as tf.Tensor3D) : undefined);
  const evaluate = (o: tf.Tensor, a: tf.Tensor) => objective(present(o), present(a), knobs);
  const { infonce, loss, ht } = tf.tidy(
    () => ({ ...evaluate(other, aigen) }) as object as Record<'infonce' | 'loss' | 'ht', tf.Tensor>,
  );
  const inputs = [other, aigen].filter((x) => x.shape[0] > 0);
  const gradients = tf.grads((...given: tf.Tensor[]) => {
    const [o, a] = [other.shape[0] > 0 ? given[0]! : other, aigen.shape[0] > 0 ? given.at(-1)! : aigen];
    return evaluate(o, a).loss;
  })(inputs);
  const read = async (x: tf.Tensor3D) => (inputs.includes(x) ? gradients[inputs.indexOf(x)]!.data() : []);
  const result = {
    infonce: (await infonce.data())[0]!,
    loss: (await loss.data())[0]!,
    ht: (ht as tf.Tensor | undefined) ? (await ht.data())[0]! : null,
    gradOther: await read(other),
    gradAigen: await read(aigen),
  };
  tf.dispose([other, aigen, infonce, loss, ...gradients]);
  (ht as tf.Tensor | undefined)?.dispose();
  return result;
}

interface HtCase {
  name: string;
  margins: number[];
  embeddings: Groups;
  levels_sim: Rows;
  hinge_arguments: Rows;
  per_pair_mean: number[];
  total: number;
  grad: Groups;
}

export async function verifyHierarchicalTriplet(
  file: string,
  { cases }: { cases: HtCase[] },
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const c of cases) {
    const reference = hierarchicalTripletReference(
      c.embeddings.map(([anchor, ...levels]) => levels.map((level) => cosine(anchor!, level))),
      c.margins,
    );
    const embeddings = tf.tensor3d(c.embeddings);
    const total = hierarchicalTriplet(embeddings, c.margins);
    const comparison = new Comparison(file, c.name)
      .close('total', await total.data(), c.total, TOLERANCE)
      .close('reference total', reference.total, c.total, EXACT)
      .close('reference hinges', reference.hinges, c.hinge_arguments, EXACT)
      .close('reference pairs', reference.perPair, c.per_pair_mean, EXACT);
    // With two sentences there is no level pair: the loss and its gradient are 0.
    if (c.per_pair_mean.length > 0) {
      const gradient = tf.grad((x: tf.Tensor) => hierarchicalTriplet(x as tf.Tensor3D, c.margins))(
        embeddings,
      );
      comparison.close('grad', await gradient.data(), c.grad, TOLERANCE);
      gradient.dispose();
    }
    tf.dispose([embeddings, total]);
    results.push(comparison.result());
  }
  return results;
}

interface CombinedCase extends Pick<
  InfoNceCase,
  'name' | 'temp' | 'use_ht' | 'other' | 'aigen' | 'other_shape' | 'aigen_shape' | 'grad_other' | 'grad_aigen'
> {
  margins: number[];
  beta: number;
  contrastive: number;
  hierarchical_triplet: number | null;
  total: number;
}

export async function verifyCombined(
  file: string,
  { cases }: { cases: CombinedCase[] },
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const c of cases) {
    const ours = await hybrid(c, {
      temperature: c.temp,
      beta: c.beta,
      margins: c.margins,
      hierarchical: c.use_ht,
    });
    const comparison = new Comparison(file, c.name)
      .close('contrastive', ours.infonce, c.contrastive, TOLERANCE)
      .close('hierarchical triplet', ours.ht, c.hierarchical_triplet, TOLERANCE)
      .close('total', ours.loss, c.total, TOLERANCE)
      .close('grad_other', ours.gradOther, c.grad_other, TOLERANCE)
      .close('grad_aigen', ours.gradAigen, c.grad_aigen, TOLERANCE);
    results.push(comparison.result());
  }
  return results;
}
