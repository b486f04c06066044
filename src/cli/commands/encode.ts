// `semblance encode`: embeds the sentences of a file and writes the embeddings as JSONL or as a NumPy array.
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import type { Command } from 'commander';
import { startDevice } from '../../kernels/backend.ts';
import type { DeviceChoice } from '../../util/devices.ts';
import type { Pooling } from '../../encoder/pooling.ts';
import { Failure, UsageFailure } from '../../util/failure.ts';
import { Embedder } from '../../trainer/embedder.ts';
import { MODEL_HELP, modelPath } from '../modelPath.ts';
import { openModel, readText } from '../node/files.ts';
import { nodeHost } from '../node/gpu.ts';
import { npyBytes } from '../node/npy.ts';
import { deviceOption, jsonOption, maxLengthOption, poolingOption } from '../options.ts';
import { printResult, Progress, log, type CommonOptions } from '../output.ts';

interface EncodeCommandOptions extends CommonOptions {
  model: string;
  in: string;
  out: string;
  pooling?: Pooling;
  maxLength?: number;
  device: DeviceChoice;
}

export function addEncode(program: Command): void {
  program
    .command('encode')
    .summary('embed the sentences of a file')
    .description(
      'Embeds every line of a text file in eval mode and writes the vectors: .jsonl ({"sentence", "embedding"} a line) or .npy (float32, [sentences, dimension]).',
    )
    .requiredOption('--model <dir>', MODEL_HELP)
    .requiredOption('--in <file>', 'text file, a sentence a line')
    .requiredOption('--out <file>', 'new file, .jsonl or .npy')
    .addOption(poolingOption())
    .addOption(maxLengthOption())
    .addOption(deviceOption())
    .addOption(jsonOption())
    .action(encodeFile);
}

async function encodeFile(options: EncodeCommandOptions): Promise<void> {
  const format = extname(options.out).toLowerCase();
  if (format !== '.jsonl' && format !== '.npy')
    throw new UsageFailure(`--out takes a .jsonl or .npy file, not ${options.out}.`);
  if (existsSync(options.out))
    throw new Failure(`${options.out} already exists, and existing files are not overwritten.`);
  if (!existsSync(dirname(resolve(options.out))))
    throw new Failure(`There is no folder ${dirname(options.out)}.`);
  const sentences = (await readText(options.in)).split(/\r?\n/).filter((line) => line.trim() !== '');
  if (sentences.length === 0) throw new Failure(`${options.in} is empty.`);
  const model = await openModel(modelPath(options.model));
  const device = await startDevice(options.device, nodeHost(options.device === 'software'));
  const embedder = new Embedder(model, options);
  log(`${options.model}: ${embedder.description}, on ${device.name} (${device.detail}; ${device.reason})`);
  const started = performance.now();
  const progress = new Progress(sentences.length, 0, 'sentences');
  const { data, dimension } = await embedder.embed(
    sentences.map((s) => embedder.evaluationIds(s)),
    (done) => progress.update(done),
  );
  progress.stop();
  const seconds = (performance.now() - started) / 1000;
  const file = openSync(options.out, 'wx'); // fails if the file was created in the meantime
  try {
    if (format === '.npy') writeFileSync(file, npyBytes(data, [sentences.length, dimension]));
    else {
      sentences.forEach((sentence, i) => {
        const embedding = Array.from(data.subarray(i * dimension, (i + 1) * dimension), Math.fround);
        writeFileSync(file, `${JSON.stringify({ sentence, embedding })}\n`);
      });
    }
  } finally {
    closeSync(file);
  }
  const result = {
    sentences: sentences.length,
    dimension,
    seconds,
    pooling: embedder.pooling,
    maxLength: embedder.maxLength,
    device: device.name,
    out: options.out,
  };
  printResult(options, result, [
    `${sentences.length} sentences, dimension ${dimension}, ${seconds.toFixed(2)} s -> ${options.out}`,
  ]);
}
