// Pauses training while its tab is hidden, if the visitor has chosen that.
import type { LiveTraining } from '../live/liveTraining.svelte.ts';
import type { ViewState } from './view.svelte.ts';

/** @returns a listener for changes of the tab's visibility (pageLife.ts, onVisibility) */
export function pauseWhileHidden(
  view: Pick<ViewState, 'hiddenTab'>,
  training: Pick<LiveTraining, 'status' | 'pause' | 'play'>,
): (hidden: boolean) => void {
  let pausedHere = false;
  return (hidden) => {
    if (view.hiddenTab !== 'pause') return;
    const running = training.status === 'running';
    if (hidden && running) training.pause();
    else if (!hidden && pausedHere) training.play();
    pausedHere = hidden && running;
  };
}
