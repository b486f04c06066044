// Detects when the pointer or the focus is on a plot's crosshair.
import type { Attachment } from 'svelte/attachments';

/** An attachment for an element around plots; PlotCursor.svelte is a slider. */
export const whenOnCrosshair =
  (act: () => void): Attachment<HTMLElement> =>
  (node) => {
    const look = ({ target }: Event) => {
      if (target instanceof Element && target.closest('[role="slider"]')) act();
    };
    node.addEventListener('pointermove', look);
    node.addEventListener('focusin', look);
    return () => {
      node.removeEventListener('pointermove', look);
      node.removeEventListener('focusin', look);
    };
  };
