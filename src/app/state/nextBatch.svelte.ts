// The batch view shows the next batch: it is traced again whenever training waits at a new step.
import { untrack } from 'svelte';
import type { TracingState } from './tracing.svelte.ts';
import type { LiveTraining } from '../live/liveTraining.svelte.ts';

type Tracing = Pick<TracingState, 'trace' | 'busy' | 'look'>;
type Training = Pick<LiveTraining, 'status' | 'seeking' | 'current' | 'run'>;

/** Is the trace of another step than the one after `step`? */
export const isStale = ({ trace }: Pick<Tracing, 'trace'>, step: number): boolean => trace?.step !== step + 1;

/** An effect: called while a component is set up. @param shown is the batch view seen? */
export function traceNextBatch(tracing: Tracing, training: Training, shown: () => boolean): void {
  $effect(() => {
    const waits = training.status === 'ready' || training.status === 'paused';
    if (!shown() || !waits || training.seeking || training.current.weights < 0) return;
    untrack(() => {
      if (isStale(tracing, training.run.step) && !tracing.busy) void tracing.look();
    });
  });
}
