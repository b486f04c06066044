// Queue of requests that are answered between two training steps. Every request is eventually answered or rejected.
import type { RunningTraining } from '../trainer/train.ts';
import { Failure } from '../util/failure.ts';

interface PendingRequest {
  answer: (running: RunningTraining) => Promise<void>;
  reject: (error: unknown) => void;
}

export class PendingRequests {
  private pending: PendingRequest[] = [];

  get isEmpty(): boolean {
    return this.pending.length === 0;
  }

  add<T>(answer: (running: RunningTraining) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.pending.push({ answer: async (running) => resolve(await answer(running)), reject });
    });
  }

  async answerAll(running: RunningTraining): Promise<void> {
    for (const { answer, reject } of this.pending.splice(0)) await answer(running).catch(reject);
  }

  /** Rejects all requests, because there is no training left to answer them. */
  rejectAll(): void {
    for (const { reject } of this.pending.splice(0))
      reject(new Failure('This run is over; start a new one and ask again.'));
  }
}
