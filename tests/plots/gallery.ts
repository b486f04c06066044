// Every plot from fixed data, to look at (npx vite, then /tests/plots/gallery.html) and for tests/plots/visual.test.ts.
// ?theme=dark, ?projector=true; ?view=evidence shows the whole panel, and lets a test feed it; &compared lays other runs behind.
import { flushSync, mount } from 'svelte';
import '../../src/app/style/base.css';
import EvidenceBench from './EvidenceBench.svelte';
import Gallery from './Gallery.svelte';

declare global {
  interface Window {
    /** Adds readings to the panel; resolves with the milliseconds that the redraw took. */
    feed?: (count: number) => number;
  }
}

const query = new URLSearchParams(location.search);
for (const name of ['theme', 'projector'])
  document.documentElement.dataset[name] = query.get(name) ?? (name === 'theme' ? 'light' : 'false');

const target = document.getElementById('app')!;
if (query.get('view') === 'evidence') {
  const props = { points: Number(query.get('points') ?? 400), compared: query.has('compared') };
  const bench = mount(EvidenceBench, { target, props }) as {
    append: (count: number) => void;
  };
  window.feed = (count) => {
    const start = performance.now();
    flushSync(() => bench.append(count));
    return performance.now() - start;
  };
} else mount(Gallery, { target });
