// Prepares a training run for the command line: loads the inputs and opens the folder of a new or a resumed run.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { LineError, ScoredPair } from '../data/group.ts';
import type { LoadedModel } from '../encoder/folder.ts';
import { evaluatedLength } from '../encoder/inputLength.ts';
import { statedPooling } from '../encoder/pooling.ts';
import {
  configDifference,
  defaultConfig,
  parseKnobAssignment,
  parseKnobValue,
  type Config,
} from '../run/config.ts';
import { KNOBS } from '../run/knobs.ts';
import { parseSettingName, PATTERNS, settingName, type Setting } from '../run/settings.ts';
import type { Checkpoint } from '../trainer/checkpoint.ts';
import type { RunInputs } from '../trainer/prepare.ts';
import type { DeviceChoice } from '../util/devices.ts';
import { UsageFailure } from '../util/failure.ts';
import { DEFAULT_MODEL, modelPath } from './modelPath.ts';
import { anchorFiles, commonAnchors, domainFiles, loadGroups, loadPairs, openModel } from './node/files.ts';
import { newRunFolderPath, RunFolder, type RunPaths } from './node/runFolder.ts';
import { log, warn, type CommonOptions } from './output.ts';
import { root } from './root.ts';
import { startTunedDevice } from './tunedDevice.ts';

/** Options of `train`, as parsed by commander. */
export interface TrainCommandOptions extends CommonOptions {
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
  /** Should the kernels be tuned when a GPU is used for the first time? */
  tuning?: boolean;
  watch?: number;
  out?: string;
  resume?: string;
}

export const DEFAULT_CORPORA = join(root, 'public', 'corpora');

/** A base configuration with the command line flags applied. */
export function configFrom(
  options: Pick<TrainCommandOptions, 'steps' | 'epochs' | 'batch' | 'seed' | 'set'>,
  base: Config,
): Config {
  const overrides: Partial<Config> = {};
  for (const assignment of options.set ?? []) Object.assign(overrides, parseKnobAssignment(assignment));
  for (const name of ['steps', 'epochs', 'batch', 'seed'] as const)
    if (options[name] !== undefined) overrides[name] = parseKnobValue(name, options[name]);
  // An explicit --epochs overrides the base configuration's `steps`.
  if (options.epochs !== undefined && options.steps === undefined) overrides.steps = 0;
  return { ...base, ...overrides };
}

/** The default configuration, with the pooling and the maximum length that the encoder's folder states. */
function configOfFolder(model: LoadedModel, { set = [] }: TrainCommandOptions): Config {
  const config = defaultConfig();
  const chosen = set.map(parseKnobAssignment).findLast(({ pooling }) => pooling !== undefined)?.pooling;
  const pooling = chosen ?? statedPooling(model);
  const maxLength =
    model.maxLength === undefined
      ? config.maxLength
      : Math.max(KNOBS.maxLength.min, Math.min(config.maxLength, evaluatedLength(model, pooling)));
  return { ...config, pooling, maxLength };
}

/** Says how sentences are read. */
function logInput(model: LoadedModel, { pooling, maxLength }: Config): void {
  const measured = evaluatedLength(model, pooling);
  const origin = model.pooling === pooling ? ", the folder's own" : '';
  log(
    `${pooling} pooling${origin}; sentences of up to ${maxLength} tokens are trained on, of up to ${measured} measured`,
  );
}

export interface StartedRun {
  inputs: RunInputs;
  folder: RunFolder;
  checkpoint?: Checkpoint;
  /** Starts writing to the folder; nothing is written before this call. */
  useFolder: () => void;
}

export async function newRun(options: TrainCommandOptions): Promise<StartedRun> {
  const setting = settingOf(options);
  const corpora = options.corpora ?? DEFAULT_CORPORA;
  const files = options.data ?? domainFiles(corpora, setting);
  const bundled = join(corpora, 'sts', 'dev.tsv');
  const sts = options.sts ?? (options.data === undefined && existsSync(bundled) ? [bundled] : []);
  if (sts.length === 0)
    warn('no --sts file: STS and the evaluation curves are not measured, so there is no RFD.');
  const paths: RunPaths = {
    model: modelPath(options.model ?? DEFAULT_MODEL),
    setting: settingName(setting),
    files,
    anchors: options.data === undefined ? anchorFiles(corpora, setting.domain) : [],
    sts,
  };
  const folder = RunFolder.claim(options.out ?? newRunFolderPath(settingName(setting)));
  const model = await openModel(paths.model);
  const config = configFrom(options, configOfFolder(model, options));
  logInput(model, config);
  const inputs = await loadInputs(paths, config, { ...options, model });
  return {
    inputs,
    folder,
    useFolder: () => {
      folder.begin(absolute(paths));
    },
  };
}

export async function resumedRun(options: TrainCommandOptions, path: string): Promise<StartedRun> {
  const source = RunFolder.open(path);
  const checkpoint = await source.checkpoint(warn);
  const saved = source.paths();
  const paths: RunPaths = {
    model: modelPath(options.model ?? saved.model),
    setting: options.setting === undefined ? saved.setting : settingName(settingOf(options)),
    ...resumedFiles(options, saved),
    sts: options.sts ?? saved.sts,
  };
  const config = configFrom(options, checkpoint.state.config);
  const changed = configDifference(config, checkpoint.state.config);
  if (changed.length > 0) {
    throw new UsageFailure(
      `A resumed run keeps its knobs; ${changed.map((name) => `"${name}" was ${String(checkpoint.state.config[name])}`).join(', ')}. Start a new run to change them.`,
    );
  }
  const model = await openModel(paths.model);
  logInput(model, config);
  const inputs = await loadInputs(paths, config, { ...options, model });
  const { out = source.path } = options;
  const folder = resolve(out) === resolve(source.path) ? source : RunFolder.claim(out);
  log(`resuming after step ${checkpoint.state.step}`);
  return {
    inputs,
    folder,
    checkpoint,
    useFolder: () => {
      folder.continueFrom(source, absolute(paths), checkpoint.state.step);
    },
  };
}

/** The data of a resumed run: that of the options, if they name any, or that of the run. */
function resumedFiles(options: TrainCommandOptions, saved: RunPaths): Pick<RunPaths, 'files' | 'anchors'> {
  if (options.data !== undefined) return { files: options.data, anchors: [] };
  if (options.corpora === undefined) return { files: saved.files, anchors: saved.anchors };
  const setting = settingOf({ setting: saved.setting, ...options });
  return {
    files: domainFiles(options.corpora, setting),
    anchors: anchorFiles(options.corpora, setting.domain),
  };
}

function absolute(paths: RunPaths): RunPaths {
  return {
    ...paths,
    model: resolve(paths.model),
    files: paths.files.map((file) => resolve(file)),
    anchors: paths.anchors.map((file) => resolve(file)),
    sts: paths.sts.map((file) => resolve(file)),
  };
}

function settingOf({ setting, data }: Pick<TrainCommandOptions, 'setting' | 'data'>): Setting {
  if (setting === undefined)
    throw new UsageFailure('train needs --setting {domain}.{pattern}, for example --setting scenes.sup.');
  return parseSettingName(data !== undefined && !setting.includes('.') ? `data.${setting}` : setting);
}

async function loadInputs(
  paths: RunPaths,
  config: Config,
  { model, ...options }: Pick<TrainCommandOptions, 'device' | 'tuning'> & { model: LoadedModel },
): Promise<RunInputs> {
  const setting = parseSettingName(paths.setting);
  const pattern = PATTERNS[setting.pattern];
  // Groups without their own pattern (CSV, JSONL without the field) get that of the setting.
  const { groups, errors } = await loadGroups(paths.files, 'groups' in pattern ? pattern.groups : undefined);
  const sts: ScoredPair[] = [];
  for (const file of paths.sts) {
    const loaded = await loadPairs(file);
    for (const pair of loaded.pairs) sts.push(pair);
    for (const error of loaded.errors) errors.push(error);
  }
  reportLineErrors(errors);
  const device = await startTunedDevice(options.device, options.tuning !== false);
  const sharedAnchors = await commonAnchors(paths.anchors);
  return { setting, config, groups, sharedAnchors, sts, model, device, files: paths.files };
}

const SHOWN_ERRORS = 5;

/** Warns about the lines that were skipped. */
export function reportLineErrors(errors: readonly LineError[]): void {
  for (const { file, line, reason } of errors.slice(0, SHOWN_ERRORS))
    warn(`${file}:${line}: ${reason}; the line is left out.`);
  if (errors.length > SHOWN_ERRORS)
    warn(`and ${errors.length - SHOWN_ERRORS} more lines that cannot be used.`);
}
