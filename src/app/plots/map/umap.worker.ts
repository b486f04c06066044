// UMAP beside the page: takes one request, posts its layouts as they take shape. Ended by its owner.
import { umapLayout, type UmapRequest } from './umapLayout.ts';

addEventListener('message', ({ data }: MessageEvent<UmapRequest>) => {
  for (const progress of umapLayout(data)) postMessage(progress);
});
