// The worker's own file: decodes a command, calls the core, posts what it says.
/// <reference lib="webworker" />
import { loadModel, type LoadedModel } from '../encoder/folder.ts';
import { loseDevice, startDevice, watchDevice, type BackendHost } from '../kernels/backend.ts';
import { wasmFiles } from '../kernels/wasmFiles.ts';
import type { DeviceInfo } from '../util/devices.ts';
import { Failure, messageOf } from '../util/failure.ts';
import { beginning } from './begin.ts';
import { webFolder } from './modelFolder.ts';
import { opfsStorage } from './opfs.ts';
import { progressReporter } from './progressReporter.ts';
import { tileStore } from './tileStore.ts';
import {
  commandSchema,
  type Command,
  type LoadCommand,
  type ModelRequest,
  type Report,
  type RequestType,
  type Responses,
  type StartCommand,
} from './protocol.ts';
import { AMPLE_BUDGET, TIMELINE_BUDGET } from './timeline.ts';
import { Training } from './training.ts';
import { wasmThreads } from './wasmThreads.ts';

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

/** Aborted when the visitor skips the measuring of kernel tiles. */
const tuning = new AbortController();

const host: BackendHost = {
  gpu: async () =>
    'gpu' in scope.navigator ? scope.navigator.gpu : 'this browser offers no WebGPU to pages like this one.',
  wasmFiles: wasmFiles(scope.location.href),
  wasmThreads: wasmThreads(scope.location.href),
  tiles: {
    store: tileStore,
    measure: 'hardware',
    signal: tuning.signal,
    onProgress: progressReporter('tiles', post),
  },
};

const storage = opfsStorage();

let loaded: { model: LoadedModel; device: DeviceInfo; choice: LoadCommand['device'] } | undefined;
let training: Training | undefined;

function post(report: Report, transfer: Transferable[] = []): void {
  scope.postMessage(report, transfer);
}

async function load({ model: address, device: choice }: LoadCommand): Promise<void> {
  await training?.giveUp();
  training = loaded = undefined;
  const folder = webFolder(address, (file, bytes, total) => {
    post({ type: 'loading', file, loaded: bytes, total });
  });
  const [model, device] = await Promise.all([loadModel(folder), startDevice(choice, host)]);
  loaded = { model, device, choice };
  const { hidden, layers, maxPositions } = model.config;
  post({ type: 'loaded', device, model: { name: model.name, hidden, layers, maxPositions } });
}

async function start(command: StartCommand): Promise<void> {
  if (!loaded) throw new Failure('There is no encoder yet; wait until it is loaded.');
  const current = loaded;
  const begun = await beginning(command, training, storage);
  const host = {
    post,
    model: current.model,
    device: current.device,
    restartDevice: async () => (current.device = await startAgain(current.choice)),
    timelineBudget: hasPlenty() ? AMPLE_BUDGET : TIMELINE_BUDGET,
  };
  training = new Training(begun.command, host, begun.origin);
  training.add(begun.joining);
  training.start();
}

/** Gigabytes, in browsers that tell (at most 8, whatever there is). */
const PLENTY = 8;

function hasPlenty(): boolean {
  const { deviceMemory = 0 } = scope.navigator as { deviceMemory?: number };
  return deviceMemory >= PLENTY;
}

/** The same kind of device again; WASM when that fails. */
async function startAgain(choice: LoadCommand['device']): Promise<DeviceInfo> {
  try {
    return await startDevice(choice, host);
  } catch (error) {
    const device = await startDevice('wasm', host);
    return { ...device, reason: `the GPU did not come back (${messageOf(error)})` };
  }
}

const responders: {
  [T in RequestType]: (training: Training, request: ModelRequest<T>) => Promise<Responses[T]>;
} = {
  encode: (training, { sentences }) => training.encode(sentences),
  trace: (training) => training.trace(),
  export: (training) => training.exportModel(),
};

async function respond<T extends RequestType>(id: number, request: ModelRequest<T>): Promise<void> {
  try {
    if (!training) throw new Failure('There is no encoder yet; wait until it is loaded.');
    const response: Responses[T] = await responders[request.type](training, request);
    post({ type: 'response', id, response });
  } catch (error) {
    post({ type: 'requestFailed', id, message: messageOf(error) });
  }
}

async function handleCommand(command: Command): Promise<void> {
  switch (command.type) {
    case 'load':
      return load(command);
    case 'start':
      return start(command);
    case 'play':
      return training?.gate.play(command.rate);
    case 'seek':
      return training?.seek(command.step);
    case 'pause':
      return training?.gate.pause();
    case 'step':
      return training?.gate.once();
    case 'edit':
      return training?.edit(command.edit);
    case 'addGroups':
      return training?.add(command.groups);
    case 'follow':
      return training?.setWatched(command.sentences);
    case 'request':
      return respond(command.id, command.request);
    case 'deleteSaved':
      if (training?.command.saveAs === command.saveAs) training.stopKeeping();
      return storage.forget(command.saveAs);
    case 'skipTuning':
      tuning.abort();
      return;
    case 'loseDevice':
      loseDevice();
      return;
  }
}

function duringOf(command: Command): Extract<Report, { type: 'failed' }>['during'] {
  return command.type === 'load' || command.type === 'start' ? command.type : 'command';
}

/** Loading and beginning take their turns, and the rest acts after them; but loading itself may be cut short. */
let turn: Promise<void> = Promise.resolve();

scope.onmessage = ({ data }: MessageEvent<unknown>) => {
  const parsed = commandSchema.safeParse(data);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    post({
      type: 'failed',
      during: 'command',
      message: `The page asked for something the worker does not know (${issue.path.join('.')} ${issue.message}).`,
    });
    return;
  }
  const command = parsed.data;
  const run = () =>
    handleCommand(command).catch((error: unknown) =>
      post({ type: 'failed', during: duringOf(command), message: messageOf(error) }),
    );
  if (command.type === 'load' || command.type === 'start') turn = turn.then(run);
  else if (command.type === 'skipTuning') void run();
  else void turn.then(run);
};

// A lost device is noticed at the next step; one that waits is told to look.
watchDevice(() => training?.gate.nudge());
