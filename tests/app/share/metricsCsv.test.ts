// The table of all numbers says what the record says, digit by digit; a spreadsheet or a data frame reads it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { expect, it } from 'vitest';
import { metricsCsv } from '../../../src/record/metricsCsv.ts';
import { RunRecord } from '../../../src/record/runRecord.ts';
import type { RunEvent } from '../../../src/run/events.ts';
import { parseRecord } from '../../../src/run/record.ts';

const text = readFileSync(join(import.meta.dirname, '../../../public/runs/scenes.sts_ht.jsonl'), 'utf8');
const { events } = parseRecord(text);

interface Row {
  step: string;
  split: string;
  name: string;
  value: string;
}
const rowsOf = (all: readonly RunEvent[]): Row[] => {
  const { data, errors } = Papa.parse<Row>(metricsCsv(new RunRecord(all)), {
    header: true,
    skipEmptyLines: true,
  });
  expect(errors).toEqual([]);
  return data;
};

it('holds every number of the record, and no other', () => {
  const rows = rowsOf(events);
  const found = new Map(rows.map(({ step, split, name, value }) => [`${step} ${split} ${name}`, value]));
  expect(found.size).toBe(rows.length);
  let expected = 0;
  const check = (key: string, value: number | null) => {
    expect(found.get(key), key).toBe(value === null ? '' : String(value));
    expected++;
  };
  for (const event of events) {
    if (event.type === 'metric') check(`${event.step} ${event.split} ${event.name}`, event.value);
    if (event.type === 'step')
      for (const name of ['loss', 'infonce', 'ht', 'learningRate', 'gradNorm'] as const)
        check(`${event.step} batch ${name}`, event[name]);
  }
  const difficulty = rows.filter(({ split }) => split === 'train-eval');
  expect(rows).toHaveLength(expected + difficulty.length);
  expect(expected).toBeGreaterThan(700);
});

it('ends with the RFD that the two trajectories give by its definition', () => {
  const rows = rowsOf(events);
  for (const name of ['alignment', 'uniformity']) {
    const of = (split: string) =>
      rows
        .filter((row) => row.split === split && row.name === name && Number(row.step) > 0)
        .map(({ value }) => Number(value));
    const [train, evaluation] = [of('train'), of('eval')];
    const mean = train.reduce((sum, value, i) => sum + value - evaluation[i]!, 0) / train.length;
    const last = rows.findLast((row) => row.name === `rfd-${name}`)!;
    expect(Number(last.value)).toBeCloseTo(mean, 12);
    expect(last.step).toBe('120');
  }
});

it('leaves the cell of an undefined number empty, and has a header for a run that measured nothing', () => {
  const undefinedSts: RunEvent = {
    type: 'metric',
    step: 0,
    split: 'eval',
    name: 'sts',
    value: null,
    mode: 'eval',
    count: 1,
  };
  expect(metricsCsv(new RunRecord([undefinedSts]))).toBe('step,split,name,value\r\n0,eval,sts,\r\n');
  expect(metricsCsv(new RunRecord())).toBe('step,split,name,value\r\n');
});
