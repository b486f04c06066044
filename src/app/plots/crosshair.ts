// Detects when the pointer or the focus is on a plot's crosshair.
import type { Attachment } from 'svelte/attachments';

/** An attachment for an element around plots; PlotCursor.svelte is a slider. */
export const whenOnCrosshair =
  (act: () => void): Attachment<HTMLElement> =>
  (node) => {
    const check = ({ target }: Event) => {
      if (target instanceof Element && target.closest('[role="slider"]')) act();
    };
    node.addEventListener('pointermove', check);
    node.addEventListener('focusin', check);
    return () => {
      node.removeEventListener('pointermove', check);
      node.removeEventListener('focusin', check);
    };
  };
