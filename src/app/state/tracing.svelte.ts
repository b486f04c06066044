// The next training step taken apart: asking the trainer for it, and what came back.
import type { StepTrace } from '../../run/trace.ts';
import { messageOf } from '../../util/failure.ts';

export class TracingState {
  trace = $state.raw<StepTrace | null>(null);
  busy = $state(false);
  /** Why there is none, in one sentence. */
  error = $state<string | null>(null);
  private asked = 0;

  constructor(private readonly ask: () => Promise<StepTrace>) {}

  /** Asks anew; an answer to an older question is dropped. */
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

  /** Forgets what was seen: another run begins. */
  clear(): void {
    this.asked++;
    this.trace = this.error = null;
    this.busy = false;
  }
}
