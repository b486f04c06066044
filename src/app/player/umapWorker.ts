// In place of plots/map/umapWorker.ts: the worker's program stands within the page, which has no files beside it.
import UmapWorker from '../plots/map/umap.worker.ts?worker&inline';

export function umapWorker(): Worker {
  return new UmapWorker();
}
