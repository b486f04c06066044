// Panels that the first render does not need, as dynamic imports. Each is loaded on demand, and all of them as soon
// as the page is idle, so that they still work if the server goes away later.

export const lazyPanels = {
  batch: () => import('./steps/batch/BatchView.svelte'),
  microscope: () => import('./steps/microscope/Microscope.svelte'),
  runs: () => import('./compare/CompareRoom.svelte'),
  share: () => import('./compare/share/SharePanel.svelte'),
  corpus: () => import('./corpus/CorpusPanel.svelte'),
};

/** Prefetches the panels that have not been loaded yet. A panel that fails to load is fetched again on demand. */
export function prefetchPanels(): void {
  const fetchAll = () => {
    for (const part of Object.values(lazyPanels)) part().catch(() => undefined);
  };
  // Safari has no requestIdleCallback.
  if ('requestIdleCallback' in window) requestIdleCallback(fetchAll, { timeout: 5000 });
  else setTimeout(fetchAll, 2000);
}
