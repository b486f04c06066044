// Replaces plots/map/umapWorker.ts: the worker's code is inlined, because the page is a single file.
import UmapWorker from '../plots/map/umap.worker.ts?worker&inline';

export function umapWorker(): Worker {
  return new UmapWorker();
}
