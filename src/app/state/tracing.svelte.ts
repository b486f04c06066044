// The trace of the next training step: requests it from the trainer and holds the result.
import type { StepTrace } from '../../run/trace.ts';
import { messageOf } from '../../util/failure.ts';

export class TracingState {
  trace = $state.raw<StepTrace | null>(null);
  busy = $state(false);
  /** Why there is no trace, in one sentence. */
  error = $state<string | null>(null);
  private asked = 0;

  constructor(private readonly ask: () => Promise<StepTrace>) {}

  /** Requests a new trace; the answer to an older request is dropped. */
  async look(): Promise<void> {
    const asked = ++this.asked;
    this.busy = true;
    this.error = null;
    try {
      const trace = await this.ask();
      if (asked === this.asked) this.trace = trace;
    } catch (error) {
      if (asked === this.asked) this.error = messageOf(error);
    }
    if (asked === this.asked) this.busy = false;
  }

  /** Drops the trace: another run starts. */
  clear(): void {
    this.asked++;
    this.trace = this.error = null;
    this.busy = false;
  }
}
