// The microscope over fixed data, to look at (npx vite, then /tests/app/steps/gallery.html) and for microscope.test.ts.
// ?theme=dark, ?projector=true, ?head=true, ?hierarchical=false, ?state=busy|error|nothing.
import { mount } from 'svelte';
import '../../../src/app/style/base.css';
import Gallery from './Gallery.svelte';

const query = new URLSearchParams(location.search);
document.documentElement.dataset.theme = query.get('theme') ?? 'light';
document.documentElement.dataset.projector = query.get('projector') ?? 'false';

mount(Gallery, {
  target: document.getElementById('app')!,
  props: {
    projector: query.get('projector') === 'true',
    head: query.get('head') === 'true',
    hierarchical: query.get('hierarchical') !== 'false',
    state: query.get('state') ?? 'traced',
  },
});
