// Keeps the batch view on the next batch: traces it again whenever training waits at a new step.
import { untrack } from 'svelte';
import type { TracingState } from './tracing.svelte.ts';
import type { LiveTraining } from '../live/liveTraining.svelte.ts';

type Tracing = Pick<TracingState, 'trace' | 'busy' | 'request'>;
type TrainingProgress = Pick<LiveTraining, 'status' | 'seeking' | 'current' | 'run'>;

/** Whether the trace is of a step other than the one after `step`. */
export const isStale = ({ trace }: Pick<Tracing, 'trace'>, step: number): boolean => trace?.step !== step + 1;

/**
 * Registers an effect. Call during component initialisation.
 * @param shown whether the batch view is visible
 */
export function traceNextBatch(tracing: Tracing, training: TrainingProgress, shown: () => boolean): void {
  $effect(() => {
    const waits = training.status === 'ready' || training.status === 'paused';
    if (!shown() || !waits || training.seeking || training.current.weights < 0) return;
    untrack(() => {
      if (isStale(tracing, training.run.step) && !tracing.busy) void tracing.request();
    });
  });
}
