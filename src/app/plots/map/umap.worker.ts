// Web worker for UMAP: takes one request and posts intermediate layouts. Terminated by its owner.
import { umapLayout, type UmapRequest } from './umapLayout.ts';

addEventListener('message', ({ data }: MessageEvent<UmapRequest>) => {
  for (const progress of umapLayout(data)) postMessage(progress);
});
