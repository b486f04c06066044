// An optional contestant: jax-js (https://jax-js.com), the same step as one jitted function. It is no dependency: it is
// measured where it is installed. It counts references: an argument is used up unless it is passed as `x.ref`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf } from '../../src/util/failure.ts';
import { ADAM, TEMPERATURE, type Stepper, type Work } from './work.ts';
import { provideWorkers } from './webWorker.ts';

type Axis = number | number[];
interface JaxArray {
  readonly ref: JaxArray;
  readonly shape: number[];
  add(x: JaxArray | number): JaxArray;
  sub(x: JaxArray | number): JaxArray;
  mul(x: JaxArray | number): JaxArray;
  div(x: JaxArray | number): JaxArray;
  sum(axis?: Axis, options?: { keepdims: boolean }): JaxArray;
  mean(axis?: Axis, options?: { keepdims: boolean }): JaxArray;
  reshape(shape: number[]): JaxArray;
  transpose(axes?: number[]): JaxArray;
  slice(...index: (number | [])[]): JaxArray;
  data(): Promise<Float32Array>;
  dispose(): void;
}
type Tree = Record<string, JaxArray>;

/** As much of the package as the step needs. */
interface Jax {
  init(device: string): Promise<string[]>;
  defaultDevice(device: string): string;
  jit<F>(f: F): F;
  valueAndGrad(
    f: (params: Tree, ids: JaxArray) => JaxArray,
  ): (params: Tree, ids: JaxArray) => [JaxArray, Tree];
  blockUntilReady(x: unknown): Promise<unknown>;
  tree: { ref(x: Tree): Tree; dispose(x: Tree): void };
  numpy: {
    array(data: Float32Array | Int32Array, options: { shape: number[]; dtype?: unknown }): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    broadcastTo(x: JaxArray, shape: number[]): JaxArray;
    take(x: JaxArray, ids: JaxArray, axis: number): JaxArray;
    sqrt(x: JaxArray): JaxArray;
    eye(n: number): JaxArray;
    int32: unknown;
  };
  nn: {
    softmax(x: JaxArray, axis: number): JaxArray;
    gelu(x: JaxArray, options: { approximate: boolean }): JaxArray;
    logsumexp(x: JaxArray, axis: number): JaxArray;
  };
}

export interface JaxOptions {
  /** A folder whose node_modules has @jax-js/jax; left out: ours. */
  folder: string | undefined;
  device: 'wasm' | 'webgpu';
  threads: boolean;
}

/** jax-js, started; or why it is not measured. */
export async function findJax({ folder, device, threads }: JaxOptions): Promise<Jax | string> {
  let jax: Jax;
  if (threads) provideWorkers();
  // It asks the browser for its name; Node has none to give.
  const { navigator } = globalThis as { navigator?: object };
  if (navigator === undefined)
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
  Object.assign(globalThis.navigator, { userAgent: 'node' });
  try {
    const name = '@jax-js/jax';
    jax = (await import(folder === undefined ? name : entryOf(join(folder, 'node_modules', name)))) as Jax;
  } catch {
    return 'jax-js: not installed.';
  }
  try {
    if (!(await jax.init(device)).includes(device)) return `jax-js: it does not start on ${device}.`;
    jax.defaultDevice(device);
    return jax;
  } catch (error) {
    return `jax-js: it does not start on ${device} (${messageOf(error)}).`;
  }
}

function entryOf(folder: string): string {
  readdirSync(folder);
  const { module } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { module: string };
  return pathToFileURL(join(folder, module)).href;
}

export function jaxStepper(jax: Jax, work: Work): Stepper {
  const { numpy: np } = jax;
  const arrays = (fill?: number) =>
    Object.fromEntries(
      [...work.tensors].map(([name, { data, shape }]) => [
        name,
        np.array(fill === undefined ? data : new Float32Array(data.length).fill(fill), { shape }),
      ]),
    );
  let [params, m, v] = [arrays(), arrays(0), arrays(0)];
  const update = jax.jit((p: Tree, first: Tree, second: Tree, ids: JaxArray, knobs: JaxArray) => {
    const [loss, gradients] = jax.valueAndGrad((q, i) => contrastive(jax, work, q, i))(jax.tree.ref(p), ids);
    const [rate, epsilon] = [knobs.ref.slice(0), knobs.slice(1)];
    const next: [JaxArray, Tree, Tree, Tree] = [loss, {}, {}, {}];
    for (const name of Object.keys(p)) {
      const g = gradients[name]!;
      const mean = first[name]!.mul(ADAM.beta1).add(g.ref.mul(1 - ADAM.beta1));
      const square = second[name]!.mul(ADAM.beta2).add(g.ref.mul(g).mul(1 - ADAM.beta2));
      const change = mean.ref.div(np.sqrt(square.ref).add(epsilon.ref)).mul(rate.ref);
      next[1][name] = p[name]!.sub(change);
      next[2][name] = mean;
      next[3][name] = square;
    }
    rate.dispose();
    epsilon.dispose();
    return next;
  });

  function train(step: number): JaxArray {
    const rows = work.batches[step % work.batches.length]!;
    const ids = np.array(Int32Array.from(rows.flat()), {
      shape: [rows.length * work.length],
      dtype: np.int32,
    });
    const root2 = Math.sqrt(1 - ADAM.beta2 ** (step + 1));
    const rate = (ADAM.learningRate * root2) / (1 - ADAM.beta1 ** (step + 1));
    const knobs = np.array(Float32Array.of(rate, ADAM.epsilon * root2), { shape: [2] });
    let loss: JaxArray;
    [loss, params, m, v] = update(params, m, v, ids, knobs);
    return loss;
  }

  return {
    name: 'jax-js',
    async run(first, count) {
      for (let step = first; step < first + count - 1; step++) train(step).dispose();
      const [loss] = await train(first + count - 1).data();
      await jax.blockUntilReady([params, m, v]);
      return loss!;
    },
    dispose() {
      for (const tree of [params, m, v]) jax.tree.dispose(tree);
    },
  };
}

/** InfoNCE over cosines of [CLS] states. @param ids [2 pairs T] */
function contrastive(jax: Jax, work: Work, params: Tree, ids: JaxArray): JaxArray {
  const { numpy: np } = jax;
  const { pairs, length, config } = work;
  const x = bert(jax, work, params, ids)
    .reshape([2 * pairs, length, config.hidden])
    .slice([], 0);
  const unit = x.ref.div(np.sqrt(x.ref.mul(x).sum(1, { keepdims: true })));
  const both = unit.reshape([pairs, 2, config.hidden]);
  const logits = np.matmul(both.ref.slice([], 0), both.slice([], 1).transpose()).div(TEMPERATURE);
  const own = logits.ref.mul(np.eye(pairs)).sum(1);
  return jax.nn.logsumexp(logits, 1).sub(own).mean();
}

/** Token states [2 pairs T, H]. */
function bert(jax: Jax, { pairs, length, config }: Work, params: Tree, ids: JaxArray): JaxArray {
  const { numpy: np, nn } = jax;
  const { hidden, heads } = config;
  const rows = 2 * pairs;
  const dense = (x: JaxArray, name: string) =>
    np.matmul(x, params[`${name}.weight`]!.transpose()).add(params[`${name}.bias`]!);
  const norm = (x: JaxArray, name: string) => {
    const centred = x.ref.sub(x.mean(-1, { keepdims: true }));
    const variance = centred.ref.mul(centred.ref).mean(-1, { keepdims: true });
    const normal = centred.div(np.sqrt(variance.add(config.layerNormEpsilon)));
    return normal.mul(params[`${name}.weight`]!).add(params[`${name}.bias`]!);
  };
  const attention = (x: JaxArray, at: string) => {
    const split = (role: string, input: JaxArray) =>
      dense(input, `${at}.attention.self.${role}`).reshape([rows, length, heads, hidden / heads]);
    const query = split('query', x.ref).transpose([0, 2, 1, 3]);
    const key = split('key', x.ref).transpose([0, 2, 3, 1]);
    const value = split('value', x).transpose([0, 2, 1, 3]);
    const probabilities = nn.softmax(np.matmul(query, key).div(Math.sqrt(hidden / heads)), -1);
    return np
      .matmul(probabilities, value)
      .transpose([0, 2, 1, 3])
      .reshape([rows * length, hidden]);
  };

  // Words are added last: jax-js 0.1.25 cannot compile the gradient of a table that is reshaped after the look-up.
  const places = params['embeddings.position_embeddings.weight']!;
  const positions = np.broadcastTo(places, [rows, length, hidden]).reshape([rows * length, hidden]);
  const types = params['embeddings.token_type_embeddings.weight']!.slice(0);
  const words = np.take(params['embeddings.word_embeddings.weight']!, ids, 0);
  let x = norm(words.add(positions.add(types)), 'embeddings.LayerNorm');
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `encoder.layer.${layer}`;
    const attended = dense(attention(x.ref, at), `${at}.attention.output.dense`);
    const y = norm(attended.add(x), `${at}.attention.output.LayerNorm`);
    const inner = nn.gelu(dense(y.ref, `${at}.intermediate.dense`), { approximate: false });
    x = norm(dense(inner, `${at}.output.dense`).add(y), `${at}.output.LayerNorm`);
  }
  return x;
}
