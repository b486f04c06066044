// A step's trace from a seeded generator: sentences and attention are made up, but cosines, losses and gradients are
// those of the vectors, by the plain references and by finite differences.
import { cosine, infoNceReference } from '../../../src/losses/infoNCE.reference.ts';
import { hierarchicalTripletReference } from '../../../src/losses/hierarchicalTriplet.reference.ts';
import type { StepTrace, Table, TraceRow } from '../../../src/run/trace.ts';
import { Random } from '../../../src/util/random.ts';

export interface FixtureOptions {
  seed?: number;
  plain?: number;
  /** Generated groups of four sentences. */
  generated?: number;
  hierarchical?: boolean;
  head?: boolean;
  pooling?: 'cls' | 'mean' | 'mask';
  layers?: number;
  optimizer?: 'adamw-hf' | 'adamw-torch';
  maxGradNorm?: number;
}

const WORDS =
  'a the goats coach mountain pass violet cloud lake jetty peaks still red bus tower noon bells tourists abbey sun sinks behind'.split(
    ' ',
  );
const TEMPERATURE = 0.05;
const BETA = 1;
const MARGINS = [0.005, 0.05];
const HIDDEN = 32;
const HEADS = 2;
const LEARNING_RATE = 0.001;

const table = (shape: number[], values: ArrayLike<number>): Table => ({
  shape,
  data: Float32Array.from(values),
});

function makeRows(random: Random, options: Required<FixtureOptions>): TraceRow[] {
  const sentence = () =>
    Array.from({ length: 5 + random.integer(6) }, () => WORDS[random.integer(WORDS.length)]!);
  const row = (words: string[], rest: Omit<TraceRow, 'text' | 'ids' | 'tokens'>): TraceRow => ({
    ...rest,
    text: `${words.join(' ')}.`,
    tokens: ['[CLS]', ...words, '.', '[SEP]'],
    ids: [2, ...words.map((word) => 100 + WORDS.indexOf(word)), 18, 3],
  });
  const plain = Array.from({ length: options.plain }, (_, group) => {
    const words = sentence();
    const of = { id: `plain-${group}`, group, generated: false };
    return [
      row(words, { ...of, place: 0, role: 'anchor' as const }),
      row(words, { ...of, place: 1, role: 'view' as const }),
    ];
  });
  const roles = ['anchor', 'positive', 'intermediate', 'negative'] as const;
  const generated = Array.from({ length: options.generated }, (_, group) =>
    roles.map((role, place) =>
      row(sentence(), { id: `group-${group}`, group, place, role, generated: true }),
    ),
  );
  return [...plain, ...generated].flat();
}

/** Vectors of a group lie around a common one, its negative farther off. */
function makeVectors(random: Random, rows: readonly TraceRow[]): number[][] {
  const common = Array.from({ length: HIDDEN }, () => random.normal());
  const centres = new Map<string, number[]>();
  return rows.map(({ id, role }) => {
    const centre = centres.get(id) ?? common.map((value) => value + 0.6 * random.normal());
    centres.set(id, centre);
    const spread = { anchor: 0.1, view: 0.25, positive: 0.25, intermediate: 0.3, negative: 0.8 }[role];
    return centre.map((value) => value + spread * random.normal());
  });
}

/** The objective of a hybrid batch, with everything a trace keeps of it. */
function objective(vectors: readonly number[][], rows: readonly TraceRow[], hierarchical: boolean) {
  const anchors = rows.flatMap(({ role }, i) => (role === 'anchor' ? [i] : []));
  const positives = anchors.map((i) => (rows[i]!.generated ? i + 2 : i + 1));
  const negatives = hierarchical ? [] : anchors.filter((i) => rows[i]!.generated).map((i) => i + 3);
  const columns = [...positives, ...negatives];
  const pick = (indices: readonly number[]) => indices.map((i) => vectors[i]!);
  const infonce = infoNceReference(pick(anchors), pick(columns), TEMPERATURE);
  const groups = anchors.filter((i) => rows[i]!.generated).map((i) => [i, i + 1, i + 2, i + 3]);
  const levels = groups.map(([anchor, ...rest]) => rest.map((i) => cosine(vectors[anchor!]!, vectors[i]!)));
  const ht = hierarchical && groups.length > 0 ? hierarchicalTripletReference(levels, MARGINS) : null;
  return { anchors, columns, infonce, groups, levels, ht, loss: infonce.loss + BETA * (ht?.total ?? 0) };
}

function gradientOf(vectors: readonly number[][], loss: (vectors: number[][]) => number): number[][] {
  const h = 1e-5;
  const moved = vectors.map((vector) => vector.slice());
  return vectors.map((vector, r) =>
    vector.map((value, k) => {
      moved[r]![k] = value + h;
      const up = loss(moved);
      moved[r]![k] = value - h;
      const down = loss(moved);
      moved[r]![k] = value;
      return (up - down) / (2 * h);
    }),
  );
}

function makeAttention(random: Random, rows: readonly TraceRow[], length: number): number[] {
  return rows.flatMap(({ ids }) =>
    Array.from({ length: HEADS * length }, () => {
      const scores = Array.from({ length }, (_, key) =>
        key < ids.length ? Math.exp(1.5 * random.normal()) : 0,
      );
      const total = scores.reduce((a, b) => a + b, 0);
      return scores.map((score) => score / total);
    }).flat(),
  );
}

export function makeTrace(given: FixtureOptions = {}): StepTrace {
  const options: Required<FixtureOptions> = {
    ...{ seed: 7, plain: 10, generated: 3, hierarchical: true, head: false, pooling: 'mean' },
    ...{ layers: 2, optimizer: 'adamw-hf', maxGradNorm: 1 },
    ...given,
  };
  const random = Random.seeded(options.seed);
  const rows = makeRows(random.fork('rows'), options);
  const length = Math.max(...rows.map(({ ids }) => ids.length));
  const vectors = makeVectors(random.fork('vectors'), rows);
  const at = (of: number[][]) => objective(of, rows, options.hierarchical);
  const { anchors, columns, infonce, groups, levels, ht, loss } = at(vectors);
  const gradients = gradientOf(vectors, (moved) => at(moved).loss);
  const afterVectors = vectors.map((vector, r) => vector.map((value, k) => value - gradients[r]![k]!));
  const after = at(afterVectors);

  const n = anchors.length;
  const m = columns.length;
  const normal = random.fork('numbers');
  const states = () =>
    table(
      [rows.length, length, HIDDEN],
      Array.from({ length: rows.length * length * HIDDEN }, () => normal.normal()),
    );
  const embedded = states();
  for (let i = 0; i < embedded.data.length; i++) if (normal.uniform() < 0.1) embedded.data[i] = 0;
  const gradNorm = 2.75;
  const clipFactor = options.maxGradNorm > 0 ? Math.min(1, options.maxGradNorm / (gradNorm + 1e-6)) : 1;
  const step = 12;

  return {
    step,
    knobs: {
      ...{ temperature: TEMPERATURE, beta: BETA, margins: MARGINS, hierarchical: options.hierarchical },
      ...{ pooling: options.pooling, head: options.head, dropout: 0.1, maxGradNorm: options.maxGradNorm },
      ...{ learningRate: LEARNING_RATE, optimizer: options.optimizer, adamBeta1: 0.9, adamBeta2: 0.999 },
      ...{ adamEpsilon: 1e-8, weightDecay: 0, accumulate: 1 },
    },
    model: { layers: options.layers, heads: HEADS, hidden: HIDDEN },
    rows,
    length,
    embedded,
    layers: Array.from({ length: options.layers }, () => ({
      attention: table([rows.length, HEADS, length, length], makeAttention(normal, rows, length)),
      output: states(),
    })),
    pooled: options.head
      ? table(
          [rows.length, HIDDEN],
          vectors.flat().map((value) => 3 * value),
        )
      : table([rows.length, HIDDEN], vectors.flat()),
    vectors: table([rows.length, HIDDEN], vectors.flat()),
    infonce: {
      anchors,
      columns,
      cosines: table([n, m], infonce.similarity.flat()),
      probabilities: table([n, m], infonce.probability.flat()),
      losses: table([n], infonce.perRow),
      gradient: table(
        [n, m],
        infonce.probability.flatMap((row, i) =>
          row.map((p, j) => (p - (i === j ? 1 : 0)) / (n * TEMPERATURE)),
        ),
      ),
      value: infonce.loss,
    },
    ht:
      ht === null
        ? null
        : {
            groups,
            cosines: table([groups.length, 3], levels.flat()),
            margins: MARGINS,
            hinges: table([groups.length, 2], ht.hinges.flat()),
            value: ht.total,
          },
    loss,
    vectorGradients: table([rows.length, HIDDEN], gradients.flat()),
    gradNorm,
    clipFactor,
    update: {
      parameters: ['embeddings.word_embeddings.weight', 'embeddings.LayerNorm.bias']
        .concat(
          Array.from({ length: options.layers }, (_, layer) => [
            `encoder.layer.${layer}.attention.self.query.weight`,
            `encoder.layer.${layer}.attention.self.query.bias`,
            `encoder.layer.${layer}.intermediate.dense.weight`,
            `encoder.layer.${layer}.output.LayerNorm.weight`,
          ]).flat(),
        )
        .map((name) => ({
          name,
          size: name.endsWith('.weight') ? 16384 : 128,
          gradNorm: 0.4 * normal.uniform(),
          updateNorm: 0.05 * normal.uniform(),
          valueNorm: 3 * normal.uniform(),
        })),
      example: exampleUpdate(step, clipFactor, options.optimizer),
    },
    after: {
      vectors: table([rows.length, HIDDEN], afterVectors.flat()),
      cosines: table([n, m], after.infonce.similarity.flat()),
      levels: ht === null ? null : table([groups.length, 3], after.levels.flat()),
      loss: after.loss,
    },
  };
}

/** One weight through clipping and AdamW, in float64. */
function exampleUpdate(step: number, factor: number, optimizer: string): StepTrace['update']['example'] {
  const [gradient, mBefore, vBefore, before] = [-0.0731, -0.0214, 3.1e-4, 0.0413];
  const clipped = factor * gradient;
  const mAfter = 0.9 * mBefore + 0.1 * clipped;
  const vAfter = 0.999 * vBefore + 0.001 * clipped ** 2;
  const [c1, c2] = [1 - 0.9 ** step, 1 - 0.999 ** step];
  const move =
    optimizer === 'adamw-hf'
      ? ((LEARNING_RATE * Math.sqrt(c2)) / c1) * (mAfter / (Math.sqrt(vAfter) + 1e-8))
      : (LEARNING_RATE * (mAfter / c1)) / (Math.sqrt(vAfter / c2) + 1e-8);
  const name = 'encoder.layer.0.attention.self.query.weight';
  return {
    name,
    index: 4711,
    gradient,
    clipped,
    mBefore,
    mAfter,
    vBefore,
    vAfter,
    before,
    after: before - move,
  };
}
