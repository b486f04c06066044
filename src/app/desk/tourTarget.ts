// Finds the target element of a tour stop on the page and scrolls to it.

/** The element with the first of the names (data-tour or id) that is rendered. */
export function visibleElement(names: readonly string[]): Element | null {
  for (const name of names) {
    const found = document.querySelector(`[data-tour="${name}"], #${name}`);
    if (found !== null && found.getClientRects().length > 0) return found;
  }
  return null;
}

/** Scrolls to the target unless most of it is already in the window. */
export function scrollToTarget(names: readonly string[], behavior: ScrollBehavior): void {
  const target = visibleElement(names);
  if (target === null) return;
  const { top, bottom, height } = target.getBoundingClientRect();
  const visible = Math.min(bottom, window.innerHeight) - Math.max(top, 0);
  if (visible >= Math.min(height, window.innerHeight) * 0.6) return;
  const block = height < window.innerHeight * 0.7 ? 'center' : 'start';
  target.scrollIntoView({ block, behavior });
}
