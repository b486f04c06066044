// `semblance demo`: trains the bundled encoder on the bundled sentences and prints what changes.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { DEFAULT_ENCODER } from '../../run/encoders.ts';
import type { DeviceChoice } from '../../util/devices.ts';
import { MODEL_HELP } from '../modelPath.ts';
import { deviceOption, jsonOption, wholeNumber } from '../options.ts';
import { log, type CommonOptions } from '../output.ts';
import { root } from '../root.ts';
import { trainCommand } from './train.ts';

interface DemoOptions extends CommonOptions {
  setting: string;
  steps: number;
  model: string;
  device: DeviceChoice;
}

export function addDemo(program: Command): void {
  program
    .command('demo')
    .summary('watch the bundled encoder learn')
    .description(
      'Trains the bundled encoder on the bundled sentences for a minute or two and prints what changes. The run goes into a temporary folder.',
    )
    .option('--model <dir>', MODEL_HELP, DEFAULT_ENCODER)
    .option('--setting <name>', 'setting to train', 'scenes.sup')
    .option('--steps <n>', 'number of updates', wholeNumber(1), 60)
    .addOption(deviceOption())
    .addOption(jsonOption())
    .action(demo);
}

async function demo(options: DemoOptions): Promise<void> {
  log(
    'Semblance: a BERT encoder is fine-tuned on real sentences; watch what contrastive learning does to its embeddings.',
  );
  log('  alignment   how near the two sentences of a positive pair are (lower: nearer)');
  log('  uniformity  how evenly all sentences spread over the sphere (lower: more even)');
  log(
    '  RFD         held-out training value minus evaluation value, averaged: how hard the training pattern is to fit',
  );
  log(
    '  STS         Spearman correlation of cosines with similarity scores, on sentences it does not train on',
  );
  log('');
  await trainCommand({
    ...options,
    corpora: join(root, 'public', 'corpora'),
    // A small encoder learns more with mean pooling and unfrozen embeddings (models/pocket/CARD.md).
    set: ['evaluateEvery=10', 'pooling=mean', 'freezeEmbeddings=false', 'learningRate=1e-3'],
    out: mkdtempSync(join(tmpdir(), 'semblance-')),
  });
  log('All commands: npm run -s cli -- --help');
}
