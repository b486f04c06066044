// Answers that follow changing questions: one request at a time, at most every half second, never an answer to an
// older question. Time is a parameter, so that tests need not wait.

export interface Clock {
  now(): number;
  /** Calls back after so many milliseconds; what it returns calls it off. */
  after(milliseconds: number, callback: () => void): () => void;
}

const pageClock: Clock = {
  now: () => performance.now(),
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

export interface Refreshing<Question, Answer> {
  ask(question: Question): Promise<Answer>;
  /** Is it still the same question (perhaps asked of newer weights)? An answer to another one is dropped. */
  same(a: Question, b: Question): boolean;
  answered(answer: Answer, question: Question): void;
  failed(error: unknown): void;
}

export class Refresher<Question, Answer> {
  private wanted: Question | null = null;
  private busy = false;
  private lastStart = -Infinity;
  private callOff: (() => void) | null = null;

  constructor(
    private readonly work: Refreshing<Question, Answer>,
    private readonly interval = 500,
    private readonly clock: Clock = pageClock,
  ) {}

  /** Asks, now or as soon as may be; a question that waits is replaced. */
  request(question: Question): void {
    this.wanted = question;
    this.schedule();
  }

  /** Nothing is wanted any more; what is on its way is dropped. */
  stop(): void {
    this.wanted = null;
    this.callOff?.();
    this.callOff = null;
  }

  private schedule(): void {
    if (this.busy || this.callOff) return;
    const wait = Math.max(0, this.lastStart + this.interval - this.clock.now());
    this.callOff = this.clock.after(wait, () => {
      this.callOff = null;
      void this.start();
    });
  }

  private async start(): Promise<void> {
    const question = this.wanted;
    if (question === null) return;
    this.busy = true;
    this.lastStart = this.clock.now();
    const current = (): boolean => this.wanted !== null && this.work.same(this.wanted, question);
    try {
      const answer = await this.work.ask(question);
      if (current()) this.work.answered(answer, question);
    } catch (error) {
      if (current()) this.work.failed(error);
    }
    this.busy = false;
    if (this.wanted !== null && this.wanted !== question) this.schedule();
  }
}
