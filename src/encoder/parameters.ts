// The parameters of an encoder: the table of names and shapes, loading and initialisation, and the class that holds
// them. Names are those of Hugging Face's BertModel state dict without its prefix; RoBERTa uses the same names.
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '../util/random.ts';
import { Failure } from '../util/failure.ts';
import type { EncoderConfig } from './config.ts';
import type { NamedTensor, TensorMap } from './safetensors.ts';

export type ParameterName = string;

/** Every parameter's name and shape, in forward order. Linear weights are [out, in]. */
export function parameterShapes(config: EncoderConfig): Map<ParameterName, number[]> {
  const { hidden, intermediate } = config;
  const shapes = new Map<ParameterName, number[]>([
    ['embeddings.word_embeddings.weight', [config.vocabulary, hidden]],
    ['embeddings.position_embeddings.weight', [config.maxPositions, hidden]],
    ['embeddings.token_type_embeddings.weight', [config.typeVocabulary, hidden]],
    ['embeddings.LayerNorm.weight', [hidden]],
    ['embeddings.LayerNorm.bias', [hidden]],
  ]);
  const dense = (name: string, output: number, input: number) =>
    shapes.set(`${name}.weight`, [output, input]).set(`${name}.bias`, [output]);
  for (let layer = 0; layer < config.layers; layer++) {
    const at = `encoder.layer.${layer}`;
    dense(`${at}.attention.self.query`, hidden, hidden);
    dense(`${at}.attention.self.key`, hidden, hidden);
    dense(`${at}.attention.self.value`, hidden, hidden);
    dense(`${at}.attention.output.dense`, hidden, hidden);
    shapes
      .set(`${at}.attention.output.LayerNorm.weight`, [hidden])
      .set(`${at}.attention.output.LayerNorm.bias`, [hidden]);
    dense(`${at}.intermediate.dense`, intermediate, hidden);
    dense(`${at}.output.dense`, hidden, intermediate);
    shapes.set(`${at}.output.LayerNorm.weight`, [hidden]).set(`${at}.output.LayerNorm.bias`, [hidden]);
  }
  return shapes;
}

/** Is this an embedding parameter (embeddings.*)? The paper's runs do not train these (models.py:575-584). */
export function isEmbedding(name: ParameterName): boolean {
  return name.startsWith('embeddings.');
}

/** Names in a checkpoint that belong to parts this encoder does not have, or that are not weights. */
const IGNORED = /^(pooler|cls|lm_head|qa_outputs|classifier)\.|position_ids$|\.token_type_ids$/;

/** The name in our table. Older checkpoints call a layer norm's weight gamma and its bias beta. */
function canonical(key: string): string {
  return key
    .replace(/^(model\.)?(bert|roberta|0\.auto_model)\./, '')
    .replace(/LayerNorm\.gamma$/, 'LayerNorm.weight')
    .replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
}

/**
 * The parameters of a checkpoint, by the names in our table.
 * @throws Failure that lists tensors that are missing, unknown or of the wrong shape
 */
export function matchParameters(config: EncoderConfig, tensors: TensorMap): TensorMap {
  const shapes = parameterShapes(config);
  const matched: TensorMap = new Map();
  const problems: string[] = [];
  const unknown: string[] = [];
  for (const [key, tensor] of tensors) {
    const name = canonical(key);
    const shape = shapes.get(name);
    if (!shape) {
      if (!IGNORED.test(name)) unknown.push(`${key} [${tensor.shape.join(', ')}]`);
    } else if (shape.join() !== tensor.shape.join()) {
      problems.push(
        `${key} has shape [${tensor.shape.join(', ')}], config.json asks for [${shape.join(', ')}]`,
      );
    } else if (matched.has(name)) problems.push(`${key} is a second tensor for ${name}`);
    else matched.set(name, tensor);
  }
  const missing = [...shapes].filter(
    ([name]) => !matched.has(name) && !problems.some((p) => canonical(p.split(' ')[0]!) === name),
  );
  if (missing.length)
    problems.push(`missing: ${listed(missing.map(([name, shape]) => `${name} [${shape.join(', ')}]`))}`);
  if (unknown.length) problems.push(`unknown: ${listed(unknown)}`);
  if (problems.length) throw new Failure(`The weights do not fit the model: ${problems.join('; ')}.`);
  return new Map([...shapes.keys()].map((name) => [name, matched.get(name)!]));
}

function listed(names: string[]): string {
  return names.length <= 6
    ? names.join(', ')
    : `${names.slice(0, 6).join(', ')} and ${names.length - 6} more`;
}

/** Weights with BERT's initialisation: normal(0, 0.02); layer norms 1 and 0, biases 0, the padding row 0. */
export function initialParameters(config: EncoderConfig, seed: number): TensorMap {
  const random = Random.seeded(seed).fork('initial-weights');
  const tensors: TensorMap = new Map();
  for (const [name, shape] of parameterShapes(config)) {
    const draw = random.fork(name);
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    if (name.endsWith('LayerNorm.weight')) data.fill(1);
    else if (!name.endsWith('bias')) data.forEach((_, i) => (data[i] = 0.02 * draw.normal()));
    if (name === 'embeddings.word_embeddings.weight')
      data.fill(0, config.padId * config.hidden, (config.padId + 1) * config.hidden);
    tensors.set(name, { shape, data });
  }
  return tensors;
}

/** The parameters as TensorFlow.js variables, by name. The caller must dispose of it. */
export class Parameters {
  private readonly variables = new Map<ParameterName, tf.Variable>();

  constructor(tensors: TensorMap) {
    for (const [name, { shape, data }] of tensors) {
      const initial = tf.tensor(data, shape, 'float32');
      this.variables.set(name, tf.variable(initial, true));
      initial.dispose();
    }
  }

  get(name: ParameterName): tf.Variable {
    const variable = this.variables.get(name);
    if (!variable) throw new Error(`no parameter "${name}"`);
    return variable;
  }

  has(name: ParameterName): boolean {
    return this.variables.has(name);
  }

  names(): ParameterName[] {
    return [...this.variables.keys()];
  }

  /** Number of scalar weights in these parameters (all by default). */
  count(names: readonly ParameterName[] = this.names()): number {
    return names.reduce((total, name) => total + this.get(name).size, 0);
  }

  /** Copies parameters to the host (all by default). */
  async read(names: readonly ParameterName[] = this.names()): Promise<TensorMap> {
    // All reads are started at once, so that a GPU handles them together.
    const read = names.map(async (name): Promise<[ParameterName, NamedTensor]> => {
      const variable = this.get(name);
      return [name, { shape: variable.shape.slice(), data: (await variable.data<'float32'>()).slice() }];
    });
    return new Map(await Promise.all(read));
  }

  /** Overwrites parameters with tensors of the same names and shapes. */
  write(tensors: TensorMap): void {
    for (const [name, { shape, data }] of tensors) {
      const value = tf.tensor(data, shape, 'float32');
      this.get(name).assign(value);
      value.dispose();
    }
  }

  dispose(): void {
    for (const variable of this.variables.values()) variable.dispose();
    this.variables.clear();
  }
}
