// `semblance train`: a run from the command line, begun or resumed.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { DeviceChoice } from '../../util/devices.ts';
import type { Fault, ScoredPair } from '../../data/group.ts';
import {
  configDifference,
  defaultConfig,
  describeDifference,
  describeRange,
  parseKnobAssignment,
  parseKnobValue,
  type Config,
} from '../../run/config.ts';
import type { RunSummary } from '../../record/summary.ts';
import { KNOBS, KNOB_NAMES } from '../../run/knobs.ts';
import { parseSettingName, PATTERNS, PATTERN_NAMES, settingName, type Setting } from '../../run/settings.ts';
import { metricsOf, type Checkpoint } from '../../trainer/checkpoint.ts';
import type { RunInputs } from '../../trainer/prepare.ts';
import { readingFrame } from '../../trainer/stepLog.ts';
import { train } from '../../trainer/train.ts';
import { UsageFailure } from '../../util/failure.ts';
import { domainFiles, loadGroups, loadPairs, openModel } from '../node/files.ts';
import { freeRunFolder, RunFolder, type RunPaths } from '../node/runFolder.ts';
import { deviceOption, gathered, jsonOption, wholeNumber } from '../options.ts';
import { Watcher } from '../watcher.ts';
import { note, printResult, say, shown, type CommonOptions } from '../output.ts';
import { root } from '../root.ts';
import { RunView } from '../runView.ts';
import { startTuned } from '../tuned.ts';

export interface TrainOptions extends CommonOptions {
  model?: string;
  setting?: string;
  corpora?: string;
  data?: string[];
  sts?: string[];
  steps?: number;
  epochs?: number;
  batch?: number;
  seed?: number;
  set?: string[];
  device: DeviceChoice;
  /** Is the device tuned at its first use? */
  tuning?: boolean;
  watch?: number;
  out?: string;
  resume?: string;
}

export const DEFAULT_MODEL = join(root, 'models', 'pocket');
export const DEFAULT_CORPORA = join(root, 'public', 'corpora');

export function addTrain(program: Command): void {
  program
    .command('train')
    .summary('fine-tune an encoder, measuring as it goes')
    .description(
      'Fine-tunes a sentence encoder with InfoNCE (and, in the sts_ht setting, the hierarchical triplet loss), and ' +
        'prints alignment, uniformity, RFD and STS Spearman as they change. Checkpoints, the best model and the record ' +
        'of the run go into a folder of their own. Ctrl-C stops after the current step with a checkpoint.',
    )
    .option('--model <dir>', `encoder folder in Hugging Face layout (default: the bundled models/pocket)`)
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
    .option('--set <knob=value>', 'set any knob (repeatable); all of them are listed below', gathered)
    .option(
      '--watch <n>',
      'record where n sentences are at every fourth measurement, for the map of the page',
      wholeNumber(0),
    )
    .option('--out <dir>', 'folder of the run; must be new or empty (default: runs/{setting})')
    .option('--resume <dir>', 'go on with the run in this folder, from its newest checkpoint')
    .addOption(jsonOption())
    .addHelpText('after', knobHelp)
    .action(async (options: TrainOptions) => {
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

/** The configuration that flags ask for, on top of a base. */
export function configFrom(
  options: Pick<TrainOptions, 'steps' | 'epochs' | 'batch' | 'seed' | 'set'>,
  base: Config,
): Config {
  const overrides: Partial<Config> = {};
  for (const assignment of options.set ?? []) Object.assign(overrides, parseKnobAssignment(assignment));
  for (const name of ['steps', 'epochs', 'batch', 'seed'] as const)
    if (options[name] !== undefined) overrides[name] = parseKnobValue(name, options[name]);
  // An explicit --epochs is meant, whatever steps the base has.
  if (options.epochs !== undefined && options.steps === undefined) overrides.steps = 0;
  return { ...base, ...overrides };
}

/** Trains as the options say and prints the result. */
export async function trainCommand(options: TrainOptions): Promise<void> {
  const started =
    options.resume === undefined ? await fresh(options) : await resumed(options, options.resume);
  const { inputs, folder, checkpoint } = started;
  const { device } = inputs;
  say(`${settingName(inputs.setting)} on ${inputs.model.name}, ${describeDifference(inputs.config)}`);
  say(`device: ${device.name} (${device.detail}; ${device.reason})`);
  say(`run folder: ${folder.path}`);
  const watcher = new Watcher(inputs, options.watch ?? 0, (event) => folder.append(event));
  const view = new RunView(metricsOf(checkpoint?.state.readings ?? {}));
  const run = train(inputs, {
    store: folder,
    control: { signal: interruptSignal(), beforeStep: () => watcher.look() },
    resume: checkpoint,
    frame: readingFrame(device),
    accepted: (running) => {
      started.claim();
      watcher.follow(running);
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
    if (next.value.type === 'end' && next.value.reason !== 'failed') await watcher.look();
    folder.append(next.value);
    view.show(next.value);
  }
  const speed = view.finish();
  printResult(options, { ...summary, device: device.name, ...speed, out: folder.path }, [
    `${summary.steps} steps, loss ${shown(summary.loss)}, STS ${shown(summary.sts.first)} -> ${shown(summary.sts.last)} (best ${shown(summary.sts.best)})`,
    `RFD_a ${shown(summary.rfd.alignment)}, RFD_u ${shown(summary.rfd.uniformity)}; ${shown(speed.msPerStep, 1)} ms a step, ${shown(speed.tokensPerSecond, 0)} tokens/s on ${device.name}`,
    modelLine(folder, summary),
  ]);
  if (interrupted) process.exitCode = 130;
}

/** Where the trained model lies; the best one by STS may be the untrained one, which is worth a word. */
function modelLine({ path }: RunFolder, { sts, steps }: RunSummary): string {
  if (sts.best === null) return `model: the newest of ${join(path, 'checkpoints')}`;
  const untrained = steps > 0 && sts.best === sts.first;
  return untrained
    ? `STS never rose above its start: ${join(path, 'best')} holds the untrained model, the trained one is the newest of ${join(path, 'checkpoints')}`
    : `model: ${join(path, 'best')}`;
}

/** A Ctrl-C may arrive twice at once: from the terminal, and passed on by npm. */
const ECHO = 1000;

/** Aborts at Ctrl-C, a closed terminal or a polite kill; a second one, later than an echo, ends at once. */
function interruptSignal(): AbortSignal {
  const abort = new AbortController();
  let first = Infinity;
  const interrupt = () => {
    if (performance.now() - first > ECHO) process.exit(130);
    if (abort.signal.aborted) return;
    first = performance.now();
    abort.abort();
    say('Stopping after this step; press Ctrl-C again to stop at once.');
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt).on('SIGHUP', interrupt);
  return abort.signal;
}

interface Started {
  inputs: RunInputs;
  folder: RunFolder;
  checkpoint?: Checkpoint;
  /** Takes the folder into use; nothing is written before. */
  claim: () => void;
}

async function fresh(options: TrainOptions): Promise<Started> {
  const config = configFrom(options, defaultConfig());
  const setting = settingOf(options);
  const corpora = options.corpora ?? DEFAULT_CORPORA;
  const files = options.data ?? domainFiles(corpora, setting);
  const bundled = join(corpora, 'sts', 'dev.tsv');
  const sts = options.sts ?? (options.data === undefined && existsSync(bundled) ? [bundled] : []);
  if (sts.length === 0)
    note('no --sts file: STS and the evaluation curves are not measured, so there is no RFD.');
  const paths: RunPaths = {
    model: options.model ?? DEFAULT_MODEL,
    setting: settingName(setting),
    files,
    sts,
  };
  const folder = RunFolder.claim(options.out ?? freeRunFolder(settingName(setting)));
  const inputs = await loadInputs(paths, config, options);
  return {
    inputs,
    folder,
    claim: () => {
      folder.begin(absolute(paths));
    },
  };
}

async function resumed(options: TrainOptions, path: string): Promise<Started> {
  const source = RunFolder.open(path);
  const checkpoint = await source.checkpoint(note);
  const saved = source.paths();
  const paths: RunPaths = {
    model: options.model ?? saved.model,
    setting: options.setting === undefined ? saved.setting : settingName(settingOf(options)),
    files:
      options.data ??
      (options.corpora === undefined
        ? saved.files
        : domainFiles(options.corpora, settingOf({ setting: saved.setting, ...options }))),
    sts: options.sts ?? saved.sts,
  };
  const config = configFrom(options, checkpoint.state.config);
  const changed = configDifference(config, checkpoint.state.config);
  if (changed.length > 0) {
    throw new UsageFailure(
      `A resumed run keeps its knobs; ${changed.map((name) => `"${name}" was ${String(checkpoint.state.config[name])}`).join(', ')}. Begin a new run to change them.`,
    );
  }
  const inputs = await loadInputs(paths, config, options);
  const elsewhere = options.out !== undefined && resolve(options.out) !== resolve(source.path);
  const folder = elsewhere ? RunFolder.claim(options.out!) : source;
  say(`resuming after step ${checkpoint.state.step}`);
  return {
    inputs,
    folder,
    checkpoint,
    claim: () => {
      folder.goOn(source, absolute(paths), checkpoint.state.step);
    },
  };
}

function absolute(paths: RunPaths): RunPaths {
  return {
    ...paths,
    model: resolve(paths.model),
    files: paths.files.map((file) => resolve(file)),
    sts: paths.sts.map((file) => resolve(file)),
  };
}

function settingOf({ setting, data }: Pick<TrainOptions, 'setting' | 'data'>): Setting {
  if (setting === undefined)
    throw new UsageFailure('train needs --setting {domain}.{pattern}, for example --setting scenes.sup.');
  return parseSettingName(data !== undefined && !setting.includes('.') ? `data.${setting}` : setting);
}

async function loadInputs(
  paths: RunPaths,
  config: Config,
  options: Pick<TrainOptions, 'device' | 'tuning'>,
): Promise<RunInputs> {
  const model = await openModel(paths.model);
  const setting = parseSettingName(paths.setting);
  const pattern = PATTERNS[setting.pattern];
  // Groups that do not say what they are (CSV, a bare JSONL) are what the setting asks for.
  const { groups, faults } = await loadGroups(paths.files, 'groups' in pattern ? pattern.groups : undefined);
  const sts: ScoredPair[] = [];
  for (const file of paths.sts) {
    const loaded = await loadPairs(file);
    for (const pair of loaded.pairs) sts.push(pair);
    for (const fault of loaded.faults) faults.push(fault);
  }
  reportFaults(faults);
  const device = await startTuned(options.device, options.tuning !== false);
  return { setting, config, groups, sts, model, device, files: paths.files };
}

const SHOWN_FAULTS = 5;

/** Says which lines were left out. */
export function reportFaults(faults: readonly Fault[]): void {
  for (const { file, line, reason } of faults.slice(0, SHOWN_FAULTS))
    note(`${file}:${line}: ${reason}; the line is left out.`);
  if (faults.length > SHOWN_FAULTS)
    note(`and ${faults.length - SHOWN_FAULTS} more lines that cannot be used.`);
}
