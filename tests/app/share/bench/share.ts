// The parts that share and open runs, alone on a page: for tests/app/share/page.test.ts. It is fed by the test.
import { mount } from 'svelte';
import '../../../../src/app/style/base.css';
import type { Group } from '../../../../src/data/group.ts';
import { parseRecord } from '../../../../src/run/record.ts';
import ShareBench from './ShareBench.svelte';

const query = new URLSearchParams(location.search);
document.documentElement.dataset.theme = query.get('theme') ?? 'light';

const record = await (await fetch('./run.jsonl')).text();
mount(ShareBench, {
  target: document.getElementById('app')!,
  props: {
    name: 'temperature=0.1 / </script> & co',
    events: query.has('empty') ? null : parseRecord(record).events,
    corpus: Array.from({ length: 200 }, (_, i): Group => ({
      id: `g${i}`,
      anchor: `Anchor ${i} </script>`,
      positive: `Positive ${i}`,
      pattern: 'nli',
      source: 'bundled',
    })),
  },
});
