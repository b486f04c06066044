// A throttled request loop for inputs that keep changing: one request at a time, at most one every half second, and
// outdated answers are dropped. The clock is a parameter, so that tests need not wait.

export interface TimerClock {
  now(): number;
  /** Calls back after the given number of milliseconds; returns a function that cancels the callback. */
  after(milliseconds: number, callback: () => void): () => void;
}

const pageClock: TimerClock = {
  now: () => performance.now(),
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

export interface RequestHandlers<Question, Answer> {
  fetch(question: Question): Promise<Answer>;
  /** Whether both are the same question, perhaps with newer weights; answers to other questions are dropped. */
  isSame(a: Question, b: Question): boolean;
  onResponse(answer: Answer, question: Question): void;
  onError(error: unknown): void;
}

export class ThrottledRequests<Question, Answer> {
  private wanted: Question | null = null;
  private busy = false;
  private lastStart = -Infinity;
  private cancelTimer: (() => void) | null = null;

  constructor(
    private readonly work: RequestHandlers<Question, Answer>,
    private readonly interval = 500,
    private readonly clock: TimerClock = pageClock,
  ) {}

  /** Asks as soon as possible; replaces a question that is still waiting. */
  request(question: Question): void {
    this.wanted = question;
    this.schedule();
  }

  /** Cancels the waiting question and drops the answer to a running request. */
  stop(): void {
    this.wanted = null;
    this.cancelTimer?.();
    this.cancelTimer = null;
  }

  private schedule(): void {
    if (this.busy || this.cancelTimer) return;
    const wait = Math.max(0, this.lastStart + this.interval - this.clock.now());
    this.cancelTimer = this.clock.after(wait, () => {
      this.cancelTimer = null;
      void this.start();
    });
  }

  private async start(): Promise<void> {
    const question = this.wanted;
    if (question === null) return;
    this.busy = true;
    this.lastStart = this.clock.now();
    const current = (): boolean => this.wanted !== null && this.work.isSame(this.wanted, question);
    try {
      const answer = await this.work.fetch(question);
      if (current()) this.work.onResponse(answer, question);
    } catch (error) {
      if (current()) this.work.onError(error);
    }
    this.busy = false;
    if (this.wanted !== null && this.wanted !== question) this.schedule();
  }
}
