// `npm run record`: trains and records the run that the page shows before the user trains one (public/runs), with the
// page's defaults. The record has the same format as that of `semblance train --watch`, without local paths.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { startDevice } from '../kernels/backend.ts';
import { PAGE_SETTING, pageDefaults } from '../run/pageDefaults.ts';
import { formatEvent } from '../run/record.ts';
import { settingName } from '../run/settings.ts';
import { train } from '../trainer/train.ts';
import { DEFAULT_MODEL } from './modelPath.ts';
import { DEFAULT_CORPORA } from './startRun.ts';
import { anchorFiles, commonAnchors, domainFiles, loadGroups, loadPairs, openModel } from './node/files.ts';
import { nodeHost } from './node/gpu.ts';
import { root } from './root.ts';
import { RunView } from './runView.ts';
import { EmbeddingRecorder } from './embeddingRecorder.ts';

/** Number of followed sentences, the same as on the page. */
const FOLLOWED = 240;

const files = domainFiles(DEFAULT_CORPORA, PAGE_SETTING);
const { groups } = await loadGroups(files);
const { pairs } = await loadPairs(join(DEFAULT_CORPORA, 'sts', 'dev.tsv'));
const model = await openModel(DEFAULT_MODEL);
const inputs = {
  setting: PAGE_SETTING,
  config: pageDefaults().config,
  groups,
  sharedAnchors: await commonAnchors(anchorFiles(DEFAULT_CORPORA, PAGE_SETTING.domain)),
  sts: pairs,
  model: { ...model, name: relative(root, DEFAULT_MODEL) },
  device: await startDevice('wasm', nodeHost(false)),
  files: files.map((file) => relative(root, file)),
};

const lines: string[] = [];
const recorder = new EmbeddingRecorder(inputs, FOLLOWED, (event) => lines.push(formatEvent(event)));
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
  lines.push(formatEvent(event));
  view.show(event);
}
view.finish();
const folder = join(root, 'public', 'runs');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, `${settingName(PAGE_SETTING)}.jsonl`), `${lines.join('\n')}\n`);
