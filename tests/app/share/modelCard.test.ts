// The card of a trained encoder says what the record says: its scores and steps are compared with the events themselves.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { modelCard } from '../../../src/app/compare/share/modelCard.ts';
import { RunRecord } from '../../../src/record/runRecord.ts';
import { configDifference, defaultConfig } from '../../../src/run/config.ts';
import type { RunEvent } from '../../../src/run/events.ts';
import { parseRecord } from '../../../src/run/record.ts';
import { edit, header, metric, note, step } from '../../record/events.ts';

const path = join(import.meta.dirname, '../../../public/runs/scenes.sts_ht.jsonl');
const recorded = parseRecord(readFileSync(path, 'utf8')).events;

const linesOf = (events: readonly RunEvent[]): string[] => {
  const record = new RunRecord(events);
  return modelCard('A run', record.header!, record, 'a-run').split('\n');
};
const valuesOf = (events: readonly RunEvent[], name: string, split: string): number[] =>
  events.flatMap((event) =>
    event.type === 'metric' && event.name === name && event.split === split && event.value !== null
      ? [event.value]
      : [],
  );

it('has the first and the last score of each kind, as the events say them', () => {
  const lines = linesOf(recorded);
  const scores = [
    ['alignment, held-out training data', 'alignment', 'train'],
    ['alignment, evaluation data', 'alignment', 'eval'],
    ['uniformity, held-out training data', 'uniformity', 'train'],
    ['uniformity, evaluation data', 'uniformity', 'eval'],
  ] as const;
  for (const [label, name, split] of scores) {
    const values = valuesOf(recorded, name, split);
    expect(values.length).toBeGreaterThan(1);
    expect(lines).toContain(`| ${label} | ${values[0]!.toFixed(4)} | ${values.at(-1)!.toFixed(4)} |`);
  }
  const sts = recorded.filter((event) => event.type === 'metric' && event.name === 'sts');
  const values = valuesOf(recorded, 'sts', 'eval');
  expect(lines).toContain(
    `| STS (Spearman on ${(sts[0] as { count: number }).count} scored pairs) | ${values[0]!.toFixed(4)} | ${values.at(-1)!.toFixed(4)} |`,
  );
  const difficulty = (name: string) => {
    const [train, evaluation] = [valuesOf(recorded, name, 'train'), valuesOf(recorded, name, 'eval')];
    const differences = train.slice(1).map((value, i) => value - evaluation[i + 1]!);
    return (differences.reduce((a, b) => a + b) / differences.length).toFixed(4);
  };
  expect(lines).toContain(
    `Relative fitting difficulty: alignment ${difficulty('alignment')}, uniformity ${difficulty('uniformity')}.`,
  );
});

it('names the steps that were made, the knobs that differ, and those that were turned', () => {
  const lines = linesOf(recorded);
  const [first] = recorded;
  if (first?.type !== 'header') throw new Error('no header');
  expect(lines.find((line) => line.startsWith('Setting'))).toContain('`scenes.sts_ht`, 120 of 120 steps');
  for (const knob of configDifference(first.config, defaultConfig()))
    expect(lines.filter((line) => line.startsWith(`| ${knob} |`))).toHaveLength(1);
  const turned = linesOf([
    header(),
    step(1),
    edit(1, 0.05, 0.1),
    step(2),
    note(9, 'later than the last step'),
  ]);
  expect(turned).toContain('At step 1, temperature was turned from 0.05 to 0.1.');
  expect(turned.find((line) => line.startsWith('Setting'))).toContain('2 of 40 steps');
});

it('has a dash for what was not measured, or is undefined', () => {
  const lines = linesOf([header(), metric(0, 'sts', null), metric(0, 'alignment', 0.5, 'train')]);
  expect(lines).toContain('| STS (Spearman on 1 scored pairs) | - | - |');
  expect(lines).toContain('| alignment, held-out training data | 0.5000 | 0.5000 |');
  expect(lines).toContain('| uniformity, evaluation data | - | - |');
  expect(lines).toContain('Relative fitting difficulty: alignment -, uniformity -.');
  expect(lines.find((line) => line.startsWith('Setting'))).toContain('0 of 40 steps');
});

it.each([
  ['mask', 'SentenceTransformer("a-run", trust_remote_code=True)'],
  ['mean', 'SentenceTransformer("a-run")'],
] as const)('says how sentence-transformers loads %s pooling', (pooling, call) => {
  const first = header();
  const lines = linesOf([{ ...first, config: { ...first.config, pooling } }]);
  expect(lines).toContain(`model = ${call}`);
  expect(lines.some((line) => line.includes('mask_pooling.py'))).toBe(pooling === 'mask');
});
