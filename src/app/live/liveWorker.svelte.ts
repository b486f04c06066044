// The training worker: starts it, and restarts it for another encoder or after a crash; holds the device it computes
// on.
import type { DeviceInfo } from '../../util/devices.ts';
import { TrainerClient, type ClientListeners } from '../../worker/client.ts';
import type { Command, LoadCommand } from '../../worker/protocol.ts';
import { t } from '../messages/t.ts';
import { LoadProgress } from './loadProgress.svelte.ts';

export class LiveWorker {
  /** null before the encoder is loaded. */
  device = $state.raw<DeviceInfo | null>(null);
  /** Download progress of the encoder. */
  readonly progress = new LoadProgress();
  /** undefined before the first load, and after a crash. */
  client: TrainerClient | undefined;

  constructor(private readonly listeners: ClientListeners) {}

  /** Starts a worker, replacing the current one, and loads an encoder. */
  load(command: Omit<LoadCommand, 'type'>): void {
    this.client?.dispose();
    this.device = null;
    this.progress.restart();
    const client = new TrainerClient({
      report: (report) => {
        if (client === this.client) this.listeners.report(report);
      },
      died: (why) => {
        if (client !== this.client) return;
        this.client = undefined;
        this.listeners.died(why);
      },
    });
    this.client = client;
    client.send({ type: 'load', ...command });
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
}
