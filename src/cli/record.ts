// `npm run record`: trains and records the run that the page shows before the user trains one (public/runs), with the
// page's defaults. The record has the same format as that of `semblance train --watch`, without local paths.
// With --presets it trains every preset of the page instead, and writes what tests/app/desk/presetClaims.test.ts reads.
//
//   npm run record [-- --presets]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PAGE_SETTING, pageDefaults } from '../run/pageDefaults.ts';
import { PRESET_IDS, presetRun } from '../run/presets.ts';
import { formatEvent } from '../run/record.ts';
import { settingName } from '../run/settings.ts';
import { Failure, messageOf } from '../util/failure.ts';
import { log } from './output.ts';
import { cosinesOf, writePreset, writeRecordedPresets, type RecordedPresets } from './recordedPresets.ts';
import { recordRun } from './recordRun.ts';
import { root } from './root.ts';

// What the user can mend is said in one sentence; anything else is a bug, with its stack.
process.on('uncaughtException', (error) => {
  log(`error: ${error instanceof Failure ? error.message : (error.stack ?? error.message)}`);
  process.exit(1);
});

/** @throws Failure when there are other arguments */
function presetsWanted(): boolean {
  try {
    return parseArgs({ options: { presets: { type: 'boolean', default: false } } }).values.presets;
  } catch (error) {
    throw new Failure(`npm run record takes only -- --presets: ${messageOf(error)}`);
  }
}

async function recordPage(): Promise<void> {
  const events = await recordRun(PAGE_SETTING, pageDefaults().config);
  const folder = join(root, 'public', 'runs');
  mkdirSync(folder, { recursive: true });
  const lines = events.map(formatEvent);
  writeFileSync(join(folder, `${settingName(PAGE_SETTING)}.jsonl`), `${lines.join('\n')}\n`);
}

async function recordPresets(): Promise<void> {
  const folder = join(root, 'tests', 'app', 'desk', 'presets');
  const cosines: RecordedPresets['cosines'] = {};
  for (const id of PRESET_IDS) {
    log(`preset ${id}`);
    const { setting, config } = presetRun(id);
    const events = await recordRun(setting, config);
    writePreset(folder, id, events);
    const measured = cosinesOf(events);
    if (measured !== undefined) cosines[id] = measured;
  }
  writeRecordedPresets(folder, cosines);
}

await (presetsWanted() ? recordPresets() : recordPage());
