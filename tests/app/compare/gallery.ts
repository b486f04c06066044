// The room of the runs over the browser's own IndexedDB, with runs from fixed data, for the tests and to look at.
// ?theme=dark, ?projector=true; ?runs=N fills an empty store with N runs; ?recorded=missing or damaged: of the summary.
import { mount } from 'svelte';
import '../../../src/app/style/base.css';
import { PAPER_SETTINGS } from '../../../src/run/paperSettings.ts';
import { RecordedSettings } from '../../../src/app/state/recordedSettings.svelte.ts';
import { RunsState } from '../../../src/app/state/runs.svelte.ts';
import { PaperQueue } from '../../../src/app/state/paperQueue.svelte.ts';
import { append, begin } from '../storage/liveRuns.ts';
import RoomHarness from './RoomHarness.svelte';
import { serveRecorded } from './recordedFixture.ts';
import { BASE, end, header, record, stepsOf } from './records.ts';

const query = new URLSearchParams(location.search);
for (const name of ['theme', 'projector'])
  document.documentElement.dataset[name] = query.get(name) ?? (name === 'theme' ? 'light' : 'false');

const runs = new RunsState({ defaults: BASE });
const recorded = new RecordedSettings(runs, serveRecorded(query.get('recorded')));
const paperQueue = new PaperQueue({
  settings: PAPER_SETTINGS.map(({ setting }) => setting),
  // As a training would: the record comes bit by bit, and stopping it leaves what there is.
  startRun: async ({ setting: { domain, pattern }, config }, signal) => {
    const id = crypto.randomUUID();
    begin(runs, id);
    append(runs, id, [header(config, { setting: `${domain}.${pattern}` })]);
    for (let step = 0; step <= 120; step += 10) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (signal.aborted) {
        runs.interruptCurrent();
        throw signal.reason;
      }
      append(runs, id, stepsOf(step, step + 9, pattern.length / 100));
    }
    append(runs, id, [end(129)]);
    return { run: id };
  },
});

const KINDS = [
  [{ temperature: 0.1 }, 0.02],
  [{ seed: 1 }, 0.01],
  [{ seed: 2 }, 0.03],
  [{ seed: 3 }, 0.05],
  [{ learningRate: 1e-4, dropout: 0.3, batch: 16, margins: [0.01, 0.1], pooling: 'cls' }, -0.2],
] as const;

async function fill(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const [changes, offset] = KINDS[i % KINDS.length]!;
    const id = `run-${i}`;
    const setting = i % 4 === 3 ? { setting: 'encyclopedia.dropout' } : {};
    begin(runs, id, i === 4 ? { id: 'run-0', step: 40 } : null);
    const events = record(changes as object, offset + i / 300, i === 2 ? 60 : 120, setting);
    append(runs, id, i === 2 ? events.slice(0, -1) : events);
    if (i === 2) runs.interruptCurrent();
  }
  if (count > 4) {
    runs.setNote(
      'run-4',
      'Colder and smaller: does it still part the negatives? It does, but late, and the map stays a knot.',
    );
    runs.rename('run-3', 'a name that somebody typed "quickly" <b>& 数学 😀</b>');
    runs.open(
      [header({ seed: 99 }), ...stepsOf(1, 2).filter(({ type }) => type === 'step')],
      'no metrics.jsonl',
    );
  }
  await runs.flush();
}

await runs.load();
await recorded.restore();
await paperQueue.load();
if (runs.list.length === 0) await fill(Number(query.get('runs') ?? 6));
mount(RoomHarness, { target: document.getElementById('app')!, props: { runs, recorded, paperQueue } });
document.body.dataset.ready = 'true';

declare global {
  interface Window {
    runs: RunsState;
    recorded: RecordedSettings;
    begin: typeof begin;
    append: typeof append;
  }
}
Object.assign(window, { runs, recorded, begin, append });
