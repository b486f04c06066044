// The contestant to beat: the same training step in TensorFlow.js as its documentation teaches it. It shares weights and
// token rows with ours, and no line of code of the encoder, the loss or the optimiser.
import * as tf from '@tensorflow/tfjs';
import { ADAM, TEMPERATURE, type Stepper, type Work } from './work.ts';
import { trainSteps } from './ours.ts';

export function vanilla(work: Work): Stepper {
  const bert = new VanillaBert(work);
  const optimizer = tf.train.adam(ADAM.learningRate, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
  const learning = work.trained.map((name) => bert.variable(name));
  const train = (step: number) =>
    optimizer.minimize(
      () => contrastive(bert.sentences(work.batches[step % work.batches.length]!)),
      true,
      learning,
    )!;
  return {
    name: 'vanilla tfjs',
    run: (first, count) => trainSteps(train, first, count),
    dispose() {
      optimizer.dispose();
      bert.dispose();
    },
  };
}

/** InfoNCE over cosines. @param vectors [2 pairs, H]: anchor, positive, anchor, ... */
function contrastive(vectors: tf.Tensor2D): tf.Scalar {
  const [rows, hidden] = vectors.shape;
  const unit = tf.div(vectors, tf.norm(vectors, 'euclidean', 1, true));
  const [anchors, positives] = tf.unstack(tf.reshape(unit, [rows / 2, 2, hidden]), 1) as tf.Tensor2D[];
  const logits = tf.div(tf.matMul(anchors!, positives!, false, true), TEMPERATURE);
  return tf.losses.softmaxCrossEntropy(tf.eye(rows / 2), logits);
}

class VanillaBert {
  private readonly variables = new Map<string, tf.Variable>();

  constructor(private readonly work: Work) {
    for (const [name, { data, shape }] of work.tensors)
      this.variables.set(
        name,
        tf.tidy(() => tf.variable(tf.tensor(data, shape))),
      );
  }

  variable(name: string): tf.Variable {
    return this.variables.get(name)!;
  }

  /** The state of [CLS] of every row, [rows, H]. */
  sentences(rows: number[][]): tf.Tensor2D {
    const { config, length } = this.work;
    let x = this.embed(rows);
    for (let layer = 0; layer < config.layers; layer++) x = this.layer(x, `encoder.layer.${layer}`);
    const states = tf.reshape(x, [rows.length, length, config.hidden]);
    return tf.reshape(tf.slice(states, [0, 0, 0], [rows.length, 1, config.hidden]), [
      rows.length,
      config.hidden,
    ]);
  }

  private embed(rows: number[][]): tf.Tensor2D {
    const { length } = this.work;
    const look = (name: string, ids: number[]) =>
      tf.gather(this.variable(`embeddings.${name}.weight`), tf.tensor1d(ids, 'int32'));
    const words = look('word_embeddings', rows.flat());
    const positions = look(
      'position_embeddings',
      rows.flatMap((row) => row.map((_, i) => i)),
    );
    const types = look('token_type_embeddings', new Array<number>(rows.length * length).fill(0));
    return this.drop(this.norm(tf.add(tf.add(words, positions), types), 'embeddings.LayerNorm'));
  }

  private layer(x: tf.Tensor2D, at: string): tf.Tensor2D {
    const attended = this.drop(this.dense(this.attention(x, at), `${at}.attention.output.dense`));
    const y = this.norm(tf.add(attended, x), `${at}.attention.output.LayerNorm`);
    const inner = gelu(this.dense(y, `${at}.intermediate.dense`));
    const outer = this.drop(this.dense(inner, `${at}.output.dense`));
    return this.norm(tf.add(outer, y), `${at}.output.LayerNorm`);
  }

  private attention(x: tf.Tensor2D, at: string): tf.Tensor2D {
    const { config, length } = this.work;
    const rows = x.shape[0] / length;
    const size = config.hidden / config.heads;
    const heads = (role: string) =>
      tf.transpose(
        tf.reshape(this.dense(x, `${at}.attention.self.${role}`), [rows, length, config.heads, size]),
        [0, 2, 1, 3],
      );
    const scores = tf.div(tf.matMul(heads('query'), heads('key'), false, true), Math.sqrt(size));
    const context = tf.matMul(this.drop(tf.softmax(scores)), heads('value'));
    return tf.reshape(tf.transpose(context, [0, 2, 1, 3]), [rows * length, config.hidden]);
  }

  private dense(x: tf.Tensor2D, name: string): tf.Tensor2D {
    return tf.add(
      tf.matMul(x, this.variable(`${name}.weight`) as tf.Tensor as tf.Tensor2D, false, true),
      this.variable(`${name}.bias`),
    );
  }

  private norm(x: tf.Tensor2D, name: string): tf.Tensor2D {
    const { mean, variance } = tf.moments(x, 1, true);
    const normal = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, this.work.config.layerNormEpsilon)));
    return tf.add(tf.mul(normal, this.variable(`${name}.weight`)), this.variable(`${name}.bias`));
  }

  private drop<T extends tf.Tensor>(x: T): T {
    return this.work.dropout > 0 ? (tf.dropout(x, this.work.dropout) as T) : x;
  }

  dispose(): void {
    tf.dispose([...this.variables.values()]);
  }
}

function gelu(x: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1));
}
