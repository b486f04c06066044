// The trace of the next training step: requests it from the trainer and holds the result.
import type { StepTrace } from '../../run/trace.ts';
import { messageOf } from '../../util/failure.ts';

export class TracingState {
  trace = $state.raw<StepTrace | null>(null);
  busy = $state(false);
  /** Why there is no trace, in one sentence. */
  error = $state<string | null>(null);
  private requestId = 0;

  constructor(private readonly requestTrace: () => Promise<StepTrace>) {}

  /** Requests a new trace; the answer to an older request is dropped. */
  async request(): Promise<void> {
    const requestId = ++this.requestId;
    this.busy = true;
    this.error = null;
    try {
      const trace = await this.requestTrace();
      if (requestId === this.requestId) this.trace = trace;
    } catch (error) {
      if (requestId === this.requestId) this.error = messageOf(error);
    }
    if (requestId === this.requestId) this.busy = false;
  }

  /** Drops the trace: another run starts. */
  clear(): void {
    this.requestId++;
    this.trace = this.error = null;
    this.busy = false;
  }
}
