// The training worker: starts it, and restarts it for another encoder or after a crash; holds the device it computes
// on. A second worker, the spare, may load another encoder meanwhile and then take the place of the first.
import type { DeviceChoice, DeviceInfo } from '../../util/devices.ts';
import { TrainerClient, type ClientListeners } from '../../worker/client.ts';
import type { Command } from '../../worker/protocol.ts';
import { t } from '../messages/t.ts';
import { LoadProgress } from './loadProgress.svelte.ts';

/** What a worker is told to load: an encoder by its name, and a device. */
export interface WorkerLoad {
  model: string;
  device: DeviceChoice;
}

interface Spare {
  client: TrainerClient;
  load: WorkerLoad;
  /** null until its encoder is loaded. */
  device: DeviceInfo | null;
  fail: (error: Error) => void;
}

export class LiveWorker {
  /** null before the encoder is loaded. */
  device = $state.raw<DeviceInfo | null>(null);
  /** What the worker was told to load; null before the first load. */
  told = $state.raw<WorkerLoad | null>(null);
  /** Download progress of the encoder. */
  readonly progress = new LoadProgress();
  /** undefined before the first load, and after a crash. */
  client: TrainerClient | undefined;
  private spare: Spare | null = null;

  /** @param addressOf URL of an encoder's folder */
  constructor(
    private readonly listeners: ClientListeners,
    private readonly addressOf: (model: string) => string,
  ) {}

  /** Starts a worker, replacing the current one and the spare, and loads an encoder. */
  load(load: WorkerLoad): void {
    this.dropSpare();
    this.client?.dispose();
    this.device = null;
    this.progress.restart();
    this.told = load;
    this.client = this.connect(load);
  }

  /**
   * Loads an encoder in a second worker; the current one goes on.
   * @returns the spare's device
   * @throws Error when it fails, or is dropped before it has loaded
   */
  prepare(load: WorkerLoad): Promise<DeviceInfo> {
    this.dropSpare();
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => {
        reject(error);
        if (this.spare === spare) this.dropSpare();
      };
      const client = this.connect(load, {
        report: (report) => {
          if (report.type === 'failed') fail(new Error(report.message));
          if (report.type !== 'loaded') return;
          spare.device = report.device;
          resolve(report.device);
        },
        died: (why) => fail(new Error(why)),
      });
      const spare: Spare = { client, load, device: null, fail: reject };
      this.spare = spare;
    });
  }

  /** Puts the spare in the place of the worker, if it has loaded its encoder. */
  adopt(): void {
    const { spare } = this;
    if (!spare?.device) return;
    this.spare = null;
    this.client?.dispose();
    this.client = spare.client;
    this.device = spare.device;
    this.told = spare.load;
  }

  dropSpare(): void {
    const { spare } = this;
    this.spare = null;
    spare?.client.dispose();
    spare?.fail(new DOMException(t('failures.stopped'), 'AbortError'));
  }

  send(command: Command): void {
    this.client?.send(command);
  }

  /** Asks for embeddings, a trace or the weights. @throws Error with one clear sentence */
  request<T>(send: (client: TrainerClient) => Promise<T>): Promise<T> {
    return this.client ? send(this.client) : Promise.reject(new Error(t('failures.noTrainer')));
  }

  /** A run has been deleted for good: deletes its checkpoints. */
  deleteSaved(id: string): void {
    this.send({ type: 'deleteSaved', saveAs: id });
  }

  /** Destroys the GPU device, as a driver crash would. */
  loseDevice(): void {
    this.send({ type: 'loseDevice' });
  }

  /** Starts a worker that loads an encoder. @param asSpare hears it until it is the current one */
  private connect({ model, device }: WorkerLoad, asSpare?: ClientListeners): TrainerClient {
    const client = new TrainerClient({
      report: (report) => {
        if (client === this.client) this.listeners.report(report);
        else if (client === this.spare?.client) asSpare?.report(report);
      },
      died: (why) => {
        if (client === this.client) {
          this.client = undefined;
          this.listeners.died(why);
        } else if (client === this.spare?.client) asSpare?.died(why);
      },
    });
    client.send({ type: 'load', model: this.addressOf(model), device });
    return client;
  }
}
