// Questions to a running training: they wait for the moment between two steps, and always get an answer.
import type { RunningTraining } from '../trainer/train.ts';
import { Failure } from '../util/failure.ts';

interface Question {
  answer: (running: RunningTraining) => Promise<void>;
  refuse: (error: unknown) => void;
}

export class Questions {
  private waiting: Question[] = [];

  get areWaiting(): boolean {
    return this.waiting.length > 0;
  }

  ask<T>(answer: (running: RunningTraining) => Promise<T>): Promise<T> {
    return new Promise((resolve, refuse) => {
      this.waiting.push({ answer: async (running) => resolve(await answer(running)), refuse });
    });
  }

  async answer(running: RunningTraining): Promise<void> {
    for (const { answer, refuse } of this.waiting.splice(0)) await answer(running).catch(refuse);
  }

  /** Whoever asked must hear something, or would wait for ever. */
  refuse(): void {
    for (const { refuse } of this.waiting.splice(0))
      refuse(new Failure('This run is over; ask the next one.'));
  }
}
