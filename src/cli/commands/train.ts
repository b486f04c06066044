// `semblance train`: trains a new run, or resumes one, from the command line.
import { join } from 'node:path';
import type { Command } from 'commander';
import { metricsOf } from '../../trainer/checkpoint.ts';
import type { RunSummary } from '../../record/summary.ts';
import { describeDifference, describeRange } from '../../run/config.ts';
import { DEFAULT_ENCODER } from '../../run/encoders.ts';
import { KNOBS, KNOB_NAMES } from '../../run/knobs.ts';
import { PATTERN_NAMES, settingName } from '../../run/settings.ts';
import { readbackInterval } from '../../trainer/stepLog.ts';
import { train } from '../../trainer/train.ts';
import { EmbeddingRecorder } from '../embeddingRecorder.ts';
import { interruptSignal } from '../interrupt.ts';
import { MODEL_HELP } from '../modelPath.ts';
import type { RunFolder } from '../node/runFolder.ts';
import { collect, deviceOption, jsonOption, wholeNumber } from '../options.ts';
import { formatNumber, log, printResult } from '../output.ts';
import { RunView } from '../runView.ts';
import { newRun, resumedRun, type TrainCommandOptions } from '../startRun.ts';

export function addTrain(program: Command): void {
  program
    .command('train')
    .summary('fine-tune an encoder, measuring as it goes')
    .description(
      'Fine-tunes a sentence encoder with InfoNCE (and, in the sts_ht setting, the hierarchical triplet loss), and ' +
        'prints alignment, uniformity, RFD and STS Spearman as they change. Checkpoints, the best model and the record ' +
        'of the run go into a folder of their own. Ctrl-C stops after the current step with a checkpoint.',
    )
    .option('--model <dir>', `${MODEL_HELP}; default: ${DEFAULT_ENCODER}`)
    .option(
      '--setting <name>',
      `{domain}.{pattern}; patterns: ${PATTERN_NAMES.join(' ')}. With --data the pattern alone will do`,
    )
    .option(
      '--corpora <dir>',
      `folder with one folder of corpora per domain (default: the bundled public/corpora)`,
    )
    .option(
      '--data <file...>',
      'train on these files instead: group JSONL, hybrid JSONL, NLI TSV, SimCSE CSV, columns, plain text',
    )
    .option(
      '--sts <file...>',
      'scored pairs to evaluate on (default: sts/dev.tsv of the corpora, when it is there)',
    )
    .option('--steps <n>', 'number of updates (0: as many as the epochs need)', wholeNumber(0))
    .option('--epochs <n>', 'passes over the data, when no steps are given', Number)
    .option('--batch <n>', 'examples per step', wholeNumber(2))
    .addOption(deviceOption())
    .option('--no-tuning', 'do not look for the fastest kernels when a GPU is used for the first time')
    .option('--seed <n>', 'every random choice follows from it', wholeNumber(0))
    .option('--set <knob=value>', 'set any knob (repeatable); all of them are listed below', collect)
    .option(
      '--watch <n>',
      'record where n sentences are at every fourth measurement, for the map of the page',
      wholeNumber(0),
    )
    .option('--out <dir>', 'folder of the run; must be new or empty (default: runs/{setting})')
    .option('--resume <dir>', 'go on with the run in this folder, from its newest checkpoint')
    .addOption(jsonOption())
    .addHelpText('after', knobHelp)
    .action(async (options: TrainCommandOptions) => {
      await trainCommand(options);
    });
}

function knobHelp(): string {
  const lines = KNOB_NAMES.map((name) => {
    const knob = KNOBS[name];
    const paper = 'paper' in knob ? `; paper: ${String(knob.paper)}` : '';
    return `  ${name} = ${String(knob.default)}  (${describeRange(knob)}${paper})\n      ${knob.help}`;
  });
  return `\nKnobs for --set (default, range, the paper's value):\n${lines.join('\n')}\n`;
}

/** Trains with these options and prints the result. */
export async function trainCommand(options: TrainCommandOptions): Promise<void> {
  const started =
    options.resume === undefined ? await newRun(options) : await resumedRun(options, options.resume);
  const { inputs, folder, checkpoint } = started;
  const { device } = inputs;
  log(`${settingName(inputs.setting)} on ${inputs.model.name}, ${describeDifference(inputs.config)}`);
  log(`device: ${device.name} (${device.detail}; ${device.reason})`);
  log(`run folder: ${folder.path}`);
  const recorder = new EmbeddingRecorder(inputs, options.watch ?? 0, (event) => folder.append(event));
  const view = new RunView(metricsOf(checkpoint?.state.readings ?? {}));
  const run = train(inputs, {
    store: folder,
    control: { signal: interruptSignal(), beforeStep: () => recorder.recordIfDue() },
    resume: checkpoint,
    readbackInterval: readbackInterval(device),
    onReady: (running) => {
      started.useFolder();
      recorder.attach(running);
      view.begin(running.step, running.totalSteps);
    },
  });
  let summary: RunSummary;
  let interrupted = false;
  for (;;) {
    const next = await run.next();
    if (next.done) {
      summary = next.value;
      break;
    }
    interrupted = next.value.type === 'end' && next.value.reason === 'interrupted';
    if (next.value.type === 'end' && next.value.reason !== 'failed') await recorder.recordIfDue();
    folder.append(next.value);
    view.show(next.value);
  }
  const speed = view.finish();
  printResult(options, { ...summary, device: device.name, ...speed, out: folder.path }, [
    `${summary.steps} steps, loss ${formatNumber(summary.loss)}, STS ${formatNumber(summary.sts.first)} -> ${formatNumber(summary.sts.last)} (best ${formatNumber(summary.sts.best)})`,
    `RFD_a ${formatNumber(summary.rfd.alignment)}, RFD_u ${formatNumber(summary.rfd.uniformity)}; ${formatNumber(speed.msPerStep, 1)} ms a step, ${formatNumber(speed.tokensPerSecond, 0)} tokens/s on ${device.name}`,
    modelLine(folder, summary),
  ]);
  if (interrupted) process.exitCode = 130;
}

/** States where the trained model is, and whether training ever raised STS. */
function modelLine({ path }: RunFolder, { sts }: RunSummary): string {
  if (sts.best === null) return `model: the newest of ${join(path, 'checkpoints')}`;
  const note = sts.first !== null && sts.best < sts.first ? ' (STS never rose above its start)' : '';
  return `model: ${join(path, 'best')}${note}`;
}
