// The microscope: whether it is open, and what opening and closing it does to the training.
import type { TracingState } from './tracing.svelte.ts';
import type { LiveTraining } from '../live/liveTraining.svelte.ts';

type PausableTraining = Pick<LiveTraining, 'status' | 'pause' | 'step'>;

export class MicroscopeState {
  isOpen = $state(false);

  constructor(
    private readonly training: PausableTraining,
    private readonly tracing: Pick<TracingState, 'request'>,
  ) {}

  /** Pauses training and opens on the next step. */
  open(): void {
    const { training } = this;
    if (this.isOpen || training.status === 'loading') return;
    if (training.status === 'running') training.pause();
    this.isOpen = true;
    void this.tracing.request();
  }

  /** @param complete whether all stages were shown, in which case the step is run; otherwise training is unchanged */
  close(complete: boolean): void {
    this.isOpen = false;
    if (complete) this.training.step();
  }
}
