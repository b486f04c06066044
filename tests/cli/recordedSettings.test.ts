// What `npm run thirteen` writes for the page: records that can be read back, a summary of them, and a limit of size.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordedRun, refuseOtherFiles, writeRecord, writeSummary } from '../../src/cli/recordedSettings.ts';
import type { SettingResult } from '../../src/cli/trainSetting.ts';
import { RunRecord } from '../../src/record/runRecord.ts';
import { thirteenSchema } from '../../src/record/thirteen.ts';
import { parseRecord } from '../../src/run/record.ts';
import { BASE, record } from '../app/compare/records.ts';

const { config, model } = BASE;

function result(setting: string, seed: number): SettingResult {
  const events = record({ seed }, seed / 30, 120, { setting });
  const measured = { real: 1 / 3, probe: { groups: 60, ordered: 20, positiveFirst: 40 } };
  return { setting, seed, events, measured, summary: new RunRecord(events).summary() };
}

describe('recorded settings on disk', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'semblance-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');

  it('has in its summary what the thinned records give, to the digits that are kept', () => {
    const results = [result('scenes.sts', 1), result('scenes.sts', 2), result('scenes.sup', 1)];
    for (const one of results) writeRecord(folder, one);
    writeSummary(folder, { model, config, runs: results.map(recordedRun) });
    const { runs } = thirteenSchema.parse(JSON.parse(read('summary.json')));
    expect(runs.map(({ setting, seed }) => [setting, seed])).toEqual([
      ['scenes.sts', 1],
      ['scenes.sts', 2],
      ['scenes.sup', 1],
    ]);
    for (const { file, setting, seed, summary, stsb } of runs) {
      const { events, errors } = parseRecord(read(file));
      expect(errors).toEqual([]);
      const thin = new RunRecord(events);
      expect(thin.header).toMatchObject({ setting, config: { seed } });
      const { rfd, sts, steps } = thin.summary();
      expect(steps).toBe(summary.steps);
      expect(rfd.alignment).toBeCloseTo(summary.rfd.alignment!, 4);
      expect(rfd.uniformity).toBeCloseTo(summary.rfd.uniformity!, 4);
      expect(sts.last).toBeCloseTo(summary.sts.last!, 4);
      expect(stsb).toBe(0.33333);
    }
  });

  it('fails above the size that the page may have', () => {
    const one = result('scenes.sts', 1);
    writeRecord(folder, one);
    const write = () => writeSummary(folder, { model, config, runs: [recordedRun(one)] });
    write();
    // Bytes that do not compress.
    writeFileSync(join(folder, 'scenes.sts.1.jsonl'), randomBytes(700 * 1024));
    expect(write).toThrow(/7\d\d KiB .* may have 600/);
  });

  it('refuses a folder with other records before it trains, not one that it will write again', () => {
    const refuse = () => refuseOtherFiles(folder, [result('scenes.sts', 1), result('scenes.sts', 2)]);
    writeRecord(folder, result('scenes.sts', 1));
    refuse();
    writeRecord(folder, result('scenes.sts', 9));
    expect(refuse).toThrow(/holds files .*1, the first: scenes\.sts\.9\.jsonl\); delete them/);
    refuseOtherFiles(join(folder, 'not there yet'), []);
  });
});
