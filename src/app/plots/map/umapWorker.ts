// Starts the worker that computes UMAP. (In a separate file because bundlers recognise only this exact form.)

export function umapWorker(): Worker {
  return new Worker(new URL('./umap.worker.ts', import.meta.url), { type: 'module' });
}
