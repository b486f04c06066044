// Verifies the metrics: alignment_uniformity.json, rfd.json, spearman.json, match_error_rate.json, logistic_probe.json,
// transfer.json.
import { alignment } from '../../metrics/alignment.ts';
import { pearson, spearman, averageRanks } from '../../metrics/correlation.ts';
import { matchErrorRate } from '../../metrics/matchErrorRate.ts';
import type { JudgedSplit } from '../../metrics/folds.ts';
import { fitProbe, predict } from '../../metrics/probe.ts';
import { rfd, type Reading } from '../../metrics/rfd.ts';
import { aggregate, stsFromEmbeddings } from '../../metrics/sts.ts';
import { f1Score, pairFeatures, scoreTransfer } from '../../metrics/transfer.ts';
import { uniformity } from '../../metrics/uniformity.ts';
import { matrixFromRows } from '../../metrics/vectors.ts';
import { Comparison, type CaseResult } from './compare.ts';

const PLAIN = { absolute: 1e-8 };

interface GeometryCase {
  name: string;
  x: number[][];
  y: number[][];
  alignment: number;
  uniformity: number;
  uniformity_of_x_and_y: number;
}

export function verifyAlignmentUniformity(file: string, { cases }: { cases: GeometryCase[] }): CaseResult[] {
  return cases.map((c) => {
    const [x, y] = [matrixFromRows(c.x), matrixFromRows(c.y)];
    const comparison = new Comparison(file, c.name)
      .close('alignment', alignment(x, y), c.alignment, { absolute: 2e-6 })
      .close('uniformity', uniformity(x), c.uniformity, { absolute: 2e-6 })
      .close('uniformity of both', uniformity(matrixFromRows([...c.x, ...c.y])), c.uniformity_of_x_and_y, {
        absolute: 2e-6,
      });
    if (c.name === 'close_together') {
      // 2 - 2 cos would lose precision here; squared differences must not.
      comparison.close('relative alignment', alignment(x, y) / c.alignment, 1, { absolute: 1e-3 });
    }
    return comparison.result();
  });
}

interface Trajectory {
  step: number[];
  alignment: number[];
  uniformity: number[];
}
interface RfdSetting {
  label: string;
  start_step: number;
  n_steps: number;
  train: Trajectory;
  eval: Trajectory;
  RFD_a: number;
  RFD_u: number;
}

export function verifyRfd(file: string, { settings }: { settings: RfdSetting[] }): CaseResult[] {
  const readings = (t: Trajectory, name: 'alignment' | 'uniformity') =>
    t.step.map((step, i): Reading => ({ step, value: t[name][i]! }));
  return settings.map((s) => {
    const of = (name: 'alignment' | 'uniformity') =>
      rfd(readings(s.train, name), readings(s.eval, name), s.start_step);
    return new Comparison(file, s.label)
      .close('RFD_a', of('alignment').value, s.RFD_a, PLAIN)
      .close('RFD_u', of('uniformity').value, s.RFD_u, PLAIN)
      .equal('steps', of('alignment').steps, s.n_steps)
      .result();
  });
}

interface CorrelationCase {
  name: string;
  x: number[];
  y: number[];
  spearman: number | null;
  pearson: number | null;
  rank_x: number[];
  rank_y: number[];
}
type Aggregates = Record<'all' | 'mean' | 'wmean', number | null>;
interface StsCase {
  name: string;
  subsets: { name: string; sys: number[]; gold: number[]; pearson: number; spearman: number }[];
  pearson: Aggregates;
  spearman: Aggregates;
}
interface EmbeddingCase {
  name: string;
  a: number[][];
  b: number[][];
  cosine: number[];
  gold: number[];
  spearman: number;
  pearson: number;
}

export function verifySpearman(
  file: string,
  golden: { cases: CorrelationCase[]; sts: StsCase[]; sts_from_embeddings: EmbeddingCase[] },
): CaseResult[] {
  const results = golden.cases.map((c) =>
    new Comparison(file, c.name)
      .close('spearman', spearman(c.x, c.y), c.spearman, PLAIN)
      .close('pearson', pearson(c.x, c.y), c.pearson, PLAIN)
      .close('ranks', [averageRanks(c.x), averageRanks(c.y)], [c.rank_x, c.rank_y], PLAIN)
      .result(),
  );
  for (const c of golden.sts) {
    const subsets = c.subsets.map(({ name, sys, gold }) => ({ name, system: sys, gold }));
    const values = (a: Aggregates) => [a.all, a.mean, a.wmean];
    results.push(
      new Comparison(file, c.name)
        .close('spearman', values(aggregate(subsets, spearman)), values(c.spearman), PLAIN)
        .close('pearson', values(aggregate(subsets, pearson)), values(c.pearson), PLAIN)
        .close(
          'subsets',
          subsets.map((s) => spearman(s.system, s.gold)),
          c.subsets.map((s) => s.spearman),
          PLAIN,
        )
        .result(),
    );
  }
  for (const c of golden.sts_from_embeddings) {
    const ours = stsFromEmbeddings(matrixFromRows(c.a), matrixFromRows(c.b), c.gold);
    results.push(
      new Comparison(file, c.name)
        .close('cosine', ours.cosine, c.cosine, PLAIN)
        .close('spearman', ours.spearman, c.spearman, PLAIN)
        .close('pearson', ours.pearson, c.pearson, PLAIN)
        .result(),
    );
  }
  return results;
}

interface MerCase {
  s1: string;
  s2: string;
  edit_distance: number;
  insertions: number;
  deletions: number;
  substitutions: number;
  retained: number;
  mer: number | null;
}

export function verifyMatchErrorRate(file: string, { pairs }: { pairs: MerCase[] }): CaseResult[] {
  return pairs.map((c, i) => {
    const ours = matchErrorRate(c.s1, c.s2);
    // Both ours and the file's `mer` use the path that retains the most words, so they agree even if paths differ.
    return new Comparison(file, `pair ${i + 1}: ${c.s1.slice(0, 30)}`)
      .close('mer', ours.mer, c.mer, PLAIN)
      .close(
        'counts',
        [ours.insertions, ours.deletions, ours.substitutions, ours.retained],
        [c.insertions, c.deletions, c.substitutions, c.retained],
        PLAIN,
      )
      .equal('edit distance', ours.insertions + ours.deletions + ours.substitutions, c.edit_distance)
      .result();
  });
}

interface ProbeCase {
  name: string;
  mode: 'binary' | 'multinomial';
  C: number;
  classes: number;
  features: number[][];
  labels: number[];
  mean_accuracy: number;
  folds: {
    train_index: number[];
    test_index: number[];
    accuracy: number;
    predictions: number[];
    coef: number[][];
    intercept: number[];
    objective: number;
  }[];
}

export function verifyLogisticProbe(file: string, { cases }: { cases: ProbeCase[] }): CaseResult[] {
  return cases.map((c) => {
    const comparison = new Comparison(file, c.name);
    const data = { features: matrixFromRows(c.features), labels: c.labels, classes: c.classes, mode: c.mode };
    const accuracies = c.folds.map((fold) => {
      const probe = fitProbe(data, fold.train_index, { c: c.C });
      const predictions = predict(probe, data.features, fold.test_index);
      comparison
        .close('weights', probe.weights, withIntercepts(fold.coef, fold.intercept), { absolute: 1e-5 })
        .close('objective', probe.objective, fold.objective, { absolute: 1e-5 })
        .equal('predictions', predictions, fold.predictions);
      return (
        predictions.filter((label, i) => label === c.labels[fold.test_index[i]!]).length / predictions.length
      );
    });
    return comparison
      .close(
        'mean accuracy',
        accuracies.reduce((a, b) => a + b, 0) / accuracies.length,
        c.mean_accuracy,
        PLAIN,
      )
      .result();
  });
}

/** Each row of coefficients followed by its intercept, as the probe keeps them. */
function withIntercepts(coefficients: number[][], intercepts: number[]): number[][] {
  return coefficients.map((row, o) => [...row, intercepts[o]!]);
}

interface TransferCase {
  name: string;
  classes: number;
  /** The embedding of each example, or of both sentences of each pair. */
  embeddings: number[][] | [number[], number[]][];
  labels: number[];
  penalties: number[];
  splits: (JudgedSplit & {
    scores: number[];
    chosen: number;
    coef: number[][];
    intercept: number[];
    predictions: number[];
    accuracy: number;
  })[];
  accuracy: number;
  f1: number | null;
}

export function verifyTransfer(file: string, { cases }: { cases: TransferCase[] }): CaseResult[] {
  return cases.map((c) => {
    const features = c.embeddings.map((embedding) =>
      typeof embedding[0] === 'number'
        ? (embedding as number[])
        : [...pairFeatures(...(embedding as [number[], number[]]))],
    );
    const data = { features: matrixFromRows(features), labels: c.labels, classes: c.classes };
    const scored = scoreTransfer(data, c.splits, c.penalties);
    const comparison = new Comparison(file, c.name);
    c.splits.forEach((split, s) => {
      const ours = scored.splits[s]!;
      comparison
        .close('weights', ours.probe.weights, withIntercepts(split.coef, split.intercept), { absolute: 1e-5 })
        .close('scores', ours.scores, split.scores, PLAIN)
        .equal('C', ours.c, split.chosen)
        .equal('predictions', ours.predictions, split.predictions)
        .close('accuracy of a split', ours.accuracy, split.accuracy, PLAIN);
    });
    return comparison
      .close('accuracy', scored.accuracy, c.accuracy, PLAIN)
      .close('F1', c.f1 === null ? NaN : f1Score(c.labels, c.splits, scored.splits), c.f1, PLAIN)
      .equal('probes that did not converge', scored.notConverged, 0)
      .result();
  });
}
