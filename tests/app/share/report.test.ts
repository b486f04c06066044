// `semblance report` opens what the page saves: the record, the shared page, and both when they are damaged.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { metricsCsv } from '../../../src/record/metricsCsv.ts';
import { RunRecord } from '../../../src/record/runRecord.ts';
import { parseRecord } from '../../../src/run/record.ts';
import { writePage } from '../../../src/run/sharedPage.ts';
import { cli, lastJson } from '../../support/cli.ts';

const record = join(import.meta.dirname, '../../../public/runs/scenes.sts_ht.jsonl');
const { events } = parseRecord(readFileSync(record, 'utf8'));
const PLAYER = '<!doctype html><title>Semblance</title><script>0</script>\n<!--semblance-data-->\n';
const about = { name: 'My run', saved: '2026-01-02T03:04:05.000Z', corpus: { groups: [], total: 0 } };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'semblance-report-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

it('says of a record and of the page that holds it the same', async () => {
  const page = write('run.html', writePage(PLAYER, about, events));
  const csv = join(folder, 'run.csv');
  const [fromRecord, fromPage] = await Promise.all([
    cli('report', record, '--json'),
    cli('report', page, '--json', '--csv', csv),
  ]);
  expect(fromPage.code, fromPage.stderr).toBe(0);
  const said = lastJson(fromPage);
  expect(said).toEqual({ ...lastJson(fromRecord), name: 'My run' });
  const sts = events.flatMap((event) =>
    event.type === 'metric' && event.name === 'sts' ? [event.value!] : [],
  );
  expect(said).toMatchObject({
    setting: 'scenes.sts_ht',
    planned: 120,
    steps: 120,
    end: 'finished',
    loss: events.findLast((event) => event.type === 'step')?.loss,
    sts: { first: sts[0], best: Math.max(...sts), last: sts.at(-1) },
    problems: [],
  });
  expect(said.knobs).toMatchObject({ pooling: 'mean', learningRate: 0.001, batch: 32 });
  expect(said.knobs).not.toHaveProperty('temperature');
  expect(readFileSync(csv, 'utf8')).toBe(metricsCsv(new RunRecord(events)));
});

it('reads what there is of a damaged one, and refuses what is none', async () => {
  const whole = readFileSync(record, 'utf8');
  const [cut, other, none] = await Promise.all([
    cli('report', write('cut.jsonl', whole.slice(0, whole.length / 2))),
    cli('report', write('other.html', '<!doctype html><p>A page'), '--json'),
    cli('report', join(folder, 'absent.jsonl')),
  ]);
  expect(cut.code).toBe(0);
  expect(cut.stderr).toContain('note: The file ends in the middle');
  expect(cut.stdout).toMatch(/of 120 steps \(not ended\)/);
  expect(other).toMatchObject({ code: 1, stdout: '' });
  expect(other.stderr).toContain('This page holds no run of Semblance.');
  expect(none).toMatchObject({ code: 1, stdout: '' });
  expect(none.stderr).toContain('There is no file');
});
