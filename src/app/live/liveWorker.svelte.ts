// The worker that trains: started again for another encoder or after it has died, with the device that it computes on.
import type { DeviceInfo } from '../../util/devices.ts';
import { TrainerClient, type ClientListeners } from '../../worker/client.ts';
import type { Command, LoadCommand } from '../../worker/protocol.ts';
import { t } from '../messages/t.ts';
import { LoadProgress } from './loadProgress.svelte.ts';

export class LiveWorker {
  /** null before the encoder is loaded. */
  device = $state.raw<DeviceInfo | null>(null);
  /** The encoder on its way. */
  readonly progress = new LoadProgress();
  private client: TrainerClient | undefined;

  constructor(private readonly listeners: ClientListeners) {}

  /** Starts a worker, in place of the one that is there, and loads an encoder. */
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
  ask<T>(question: (client: TrainerClient) => Promise<T>): Promise<T> {
    return this.client ? question(this.client) : Promise.reject(new Error(t('failures.noTrainer')));
  }

  /** A run is deleted for good: so are its checkpoints. */
  deleteSaved(id: string): void {
    this.send({ type: 'deleteSaved', saveAs: id });
  }

  /** Destroys the GPU device, as a driver's crash would. */
  loseDevice(): void {
    this.send({ type: 'loseDevice' });
  }
}
