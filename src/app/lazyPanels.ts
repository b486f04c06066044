// Parts of the page that the first look does not need. Each comes when it is asked for, and all of them as soon as the page
// has time, so that they are there when its server is not any more.

export const lazyPanels = {
  batch: () => import('./steps/batch/BatchView.svelte'),
  microscope: () => import('./steps/microscope/Microscope.svelte'),
  runs: () => import('./compare/CompareRoom.svelte'),
  share: () => import('./compare/share/SharePanel.svelte'),
  corpus: () => import('./corpus/CorpusPanel.svelte'),
};

/** Fetches what has not been asked for yet; what fails is fetched again when it is. */
export function prefetchPanels(): void {
  const fetchAll = () => {
    for (const part of Object.values(lazyPanels)) part().catch(() => undefined);
  };
  // Safari has no idle callback.
  if ('requestIdleCallback' in window) requestIdleCallback(fetchAll, { timeout: 5000 });
  else setTimeout(fetchAll, 2000);
}
