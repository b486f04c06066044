// A throttled request loop for inputs that keep changing: one request at a time, at most one every half second, and
// outdated answers are dropped. The clock is a parameter, so that tests need not wait.

export interface Clock {
  now(): number;
  /** Calls back after the given number of milliseconds; returns a function that cancels the callback. */
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
  /** Whether both are the same question, perhaps with newer weights; answers to other questions are dropped. */
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

  /** Asks as soon as possible; replaces a question that is still waiting. */
  request(question: Question): void {
    this.wanted = question;
    this.schedule();
  }

  /** Cancels the waiting question and drops the answer to a running request. */
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
