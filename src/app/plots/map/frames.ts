// Inputs that the map's drawing loop takes from the page: durations, style changes, and fading.

/** A duration of tokens.css in milliseconds; a build may have rewritten 240ms to .24s. 0 with reduced motion. */
export function milliseconds(token: string): number {
  const value = Number.parseFloat(token);
  if (!Number.isFinite(value)) return 0;
  return token.trim().endsWith('ms') ? value : 1000 * value;
}

/** Calls back when theme, projector mode or system colours change. Returns a function that stops watching. */
export function watchStyle(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true });
  const queries = ['(prefers-color-scheme: dark)', '(prefers-reduced-motion: reduce)'].map((query) =>
    matchMedia(query),
  );
  for (const query of queries) query.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    for (const query of queries) query.removeEventListener('change', changed);
  };
}

/**
 * Moves `drawn` towards `wanted`; a new point starts at its target. Returns the array to draw and whether it is
 * moving.
 */
export function faded(
  drawn: Float32Array,
  wanted: Float32Array,
  part: number,
): { strength: Float32Array; moving: boolean } {
  const strength = new Float32Array(wanted.length);
  let moving = false;
  for (let i = 0; i < wanted.length; i++) {
    const aim = wanted[i]!;
    const next = i < drawn.length ? drawn[i]! + part * (aim - drawn[i]!) : aim;
    const close = Math.abs(aim - next) < 0.01;
    strength[i] = close ? aim : next;
    moving ||= !close;
  }
  return { strength, moving };
}
