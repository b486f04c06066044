// Starts the worker that computes UMAP. (In a file of its own: bundlers look for exactly this form.)

export function umapWorker(): Worker {
  return new Worker(new URL('./umap.worker.ts', import.meta.url), { type: 'module' });
}
