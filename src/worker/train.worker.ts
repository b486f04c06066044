// Entry point of the training worker: parses commands, calls the core, posts reports.
/// <reference lib="webworker" />
import { loadModel, type LoadedModel } from '../encoder/folder.ts';
import { startDevice, type BackendHost } from '../kernels/backend.ts';
import { loseDevice, watchDevice } from '../kernels/deviceHealth.ts';
import { wasmFiles } from '../kernels/wasmFiles.ts';
import type { DeviceInfo } from '../util/devices.ts';
import { Failure, messageOf } from '../util/failure.ts';
import { webFolder } from './modelFolder.ts';
import { opfsStorage } from './opfs.ts';
import { progressReporter } from './progressReporter.ts';
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
import { resolveStart } from './startPoint.ts';
import { tileStore } from './tileStore.ts';
import { LARGE_TIMELINE_BUDGET, TIMELINE_BUDGET } from './timeline.ts';
import { Training } from './training.ts';
import { wasmThreads } from './wasmThreads.ts';

// TypeScript assumes that the global scope is a window.
const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

/** Aborted when the visitor skips the measuring of kernel tiles. */
const tuning = new AbortController();

const backendHost: BackendHost = {
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
  await training?.stop();
  training = loaded = undefined;
  const folder = webFolder(address, (file, bytes, total) => {
    post({ type: 'loading', file, loaded: bytes, total });
  });
  const [model, device] = await Promise.all([loadModel(folder), startDevice(choice, backendHost)]);
  loaded = { model, device, choice };
  const { hidden, layers, maxPositions } = model.config;
  post({ type: 'loaded', device, model: { name: model.name, hidden, layers, maxPositions } });
}

async function start(command: StartCommand): Promise<void> {
  if (!loaded) throw new Failure('There is no encoder yet; wait until it is loaded.');
  const current = loaded;
  const resolved = await resolveStart(command, training, storage);
  const host = {
    post,
    model: current.model,
    device: current.device,
    restartDevice: async () => (current.device = await restartDevice(current.choice)),
    timelineBudget: hasLargeMemory() ? LARGE_TIMELINE_BUDGET : TIMELINE_BUDGET,
  };
  training = new Training(resolved.command, host, resolved.startPoint);
  training.changes.addGroups(resolved.newGroups);
  training.start();
}

/** Gigabytes of memory that count as ample; browsers that report device memory never report more than 8. */
const AMPLE_MEMORY = 8;

function hasLargeMemory(): boolean {
  const { deviceMemory = 0 } = scope.navigator as { deviceMemory?: number };
  return deviceMemory >= AMPLE_MEMORY;
}

/** Restarts the same kind of device, or WASM if that fails. */
async function restartDevice(choice: LoadCommand['device']): Promise<DeviceInfo> {
  try {
    return await startDevice(choice, backendHost);
  } catch (error) {
    const device = await startDevice('wasm', backendHost);
    return { ...device, reason: `the GPU could not be started again (${messageOf(error)})` };
  }
}

const responders: {
  [T in RequestType]: (training: Training, request: ModelRequest<T>) => Promise<Responses[T]>;
} = {
  encode: (training, { sentences }) => training.encode(sentences),
  trace: (training) => training.trace(),
  export: (training) => training.exportModel(),
  forwardTime: (training) => training.forwardTime(),
};

async function respond<T extends RequestType>(id: number, request: ModelRequest<T>): Promise<void> {
  try {
    if (!training) throw new Failure('There is no training yet; wait until the encoder is loaded.');
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
      return training?.gate.stepOnce();
    case 'edit':
      return training?.changes.edit(command.edit);
    case 'addGroups':
      return training?.changes.addGroups(command.groups);
    case 'follow':
      return training?.follow(command.sentences);
    case 'request':
      return respond(command.id, command.request);
    case 'deleteSaved':
      if (training?.command.saveAs === command.saveAs) training.stopSaving();
      return storage.delete(command.saveAs);
    case 'skipTuning':
      tuning.abort();
      return;
    case 'loseDevice':
      loseDevice();
      return;
  }
}

async function handle(command: Command): Promise<void> {
  try {
    await handleCommand(command);
  } catch (error) {
    const during = command.type === 'load' || command.type === 'start' ? command.type : 'command';
    post({ type: 'failed', during, message: messageOf(error) });
  }
}

/** Settles when the last `load` or `start` is done: they run one after another, and other commands wait for them. */
let loadingOrStarting: Promise<void> = Promise.resolve();

scope.onmessage = ({ data }: MessageEvent<unknown>) => {
  const parsed = commandSchema.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const message = `The page sent a command that is not valid (${issue?.path.join('.')} ${issue?.message}).`;
    post({ type: 'failed', during: 'command', message });
    return;
  }
  const command = parsed.data;
  if (command.type === 'skipTuning') {
    void handle(command); // not queued: it shortens the loading that the queued commands wait for
    return;
  }
  const handled = loadingOrStarting.then(() => handle(command));
  if (command.type === 'load' || command.type === 'start') loadingOrStarting = handled;
};

// A lost device is detected at the next step; a waiting training is woken up so that it detects the loss immediately.
watchDevice(() => training?.gate.wake());
