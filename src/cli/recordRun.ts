// Trains one run of the page with the bundled encoder and corpora, and returns its record with embeddings for the map.
import { join, relative } from 'node:path';
import { startDevice } from '../kernels/backend.ts';
import type { Config } from '../run/config.ts';
import type { RunEvent } from '../run/events.ts';
import type { Setting } from '../run/settings.ts';
import { train } from '../trainer/train.ts';
import { EmbeddingRecorder } from './embeddingRecorder.ts';
import { anchorFiles, commonAnchors, domainFiles, loadGroups, loadPairs, openModel } from './node/files.ts';
import { nodeHost } from './node/gpu.ts';
import { root } from './root.ts';
import { RunView } from './runView.ts';
import { DEFAULT_MODEL } from './modelPath.ts';
import { DEFAULT_CORPORA } from './startRun.ts';

/** Number of followed sentences, the same as on the page. */
const FOLLOWED = 240;

/** @returns all events; the files they name are relative to the repository */
export async function recordRun(setting: Setting, config: Config): Promise<RunEvent[]> {
  const files = domainFiles(DEFAULT_CORPORA, setting);
  const { groups } = await loadGroups(files);
  const { pairs } = await loadPairs(join(DEFAULT_CORPORA, 'sts', 'dev.tsv'));
  const model = await openModel(DEFAULT_MODEL);
  const inputs = {
    setting,
    config,
    groups,
    sharedAnchors: await commonAnchors(anchorFiles(DEFAULT_CORPORA, setting.domain)),
    sts: pairs,
    model: { ...model, name: relative(root, DEFAULT_MODEL) },
    device: await startDevice('wasm', nodeHost(false)),
    files: files.map((file) => relative(root, file)),
  };
  const events: RunEvent[] = [];
  const recorder = new EmbeddingRecorder(inputs, FOLLOWED, (event) => events.push(event));
  const view = new RunView();
  const run = train(inputs, {
    control: { beforeStep: () => recorder.recordIfDue() },
    onReady: (running) => {
      recorder.attach(running);
      view.begin(running.step, running.totalSteps);
    },
  });
  for await (const event of run) {
    if (event.type === 'end') await recorder.recordIfDue();
    events.push(event);
    view.show(event);
  }
  view.finish();
  return events;
}
