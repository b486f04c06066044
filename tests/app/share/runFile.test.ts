// Run files come from other people and other programs: each of them is either opened or refused with one clear
// sentence, and what can be read is never thrown away.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/run/events.ts';
import { parseRecord } from '../../../src/run/record.ts';
import { readRunFile, runFileText } from '../../../src/run/runFile.ts';
import { writePage } from '../../../src/run/sharedPage.ts';

const text = readFileSync(join(import.meta.dirname, '../../../public/runs/scenes.sts_ht.jsonl'), 'utf8');
const { events } = parseRecord(text);
const lines = text.trimEnd().split('\n');

/** What the build makes, as far as writing and reading are concerned: a program that speaks of the blocks as well. */
const PLAYER =
  '<!doctype html><html><head><meta name="generator" content="Semblance"><title>Semblance</title></head><body>' +
  '<script>const x = "semblance-record";</script>\n<!--semblance-data-->\n</body></html>\n';
const about = { name: 'a run', saved: '2026-01-02T03:04:05.000Z', corpus: { groups: [], total: 0 } };

describe('a record', () => {
  it('is written and read without loss', () => {
    expect(readRunFile(runFileText(events))).toEqual({ events, problems: [], name: null });
  });

  it('of the command line says the same, line by line, when the page writes it again', () => {
    const parsed = (all: string) =>
      all
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
    expect(parsed(runFileText(events))).toEqual(parsed(text));
  });

  it('that ends in the middle of a line is shown as far as it goes', () => {
    const cut = text.slice(0, text.length - 60);
    const { events: kept, problems } = readRunFile(cut);
    expect(kept).toEqual(events.slice(0, -1));
    expect(problems).toEqual([
      `The file ends in the middle, perhaps after an incomplete download: the ${events.length - 1} events before that are shown.`,
    ]);
  });

  it('cut anywhere never throws, and gives a beginning of the run or one sentence', () => {
    const short = runFileText(
      events.filter(({ type }) => type !== 'embeddings' && type !== 'points').slice(0, 40),
    );
    const whole = readRunFile(short).events;
    fc.assert(
      fc.property(fc.nat(short.length - 1), (at) => {
        const { events: kept, problems } = readRunFile(short.slice(0, at));
        expect(kept).toEqual(whole.slice(0, kept.length));
        if (kept.length === 0) expect(problems).toHaveLength(1);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('with damaged lines says how many and keeps the others', () => {
    const damaged = lines.with(3, '{"type":"metric","step":0}').with(5, '{]');
    const { events: kept, problems } = readRunFile(`${damaged.join('\n')}\n`);
    expect(kept).toHaveLength(events.length - 2);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^2 lines cannot be read and are left out; the first is line 4 \(/);
  });

  it('of another version is refused by its number', () => {
    const other = lines.with(0, lines[0]!.replace('"version":1', '"version":7'));
    const { events: none, problems } = readRunFile(other.join('\n'));
    expect(none).toEqual([]);
    expect(problems).toEqual([
      'The run was written in format 7, and this program reads format 1: open it with the version that made it.',
    ]);
  });

  it('with a damaged header says what is wrong in it', () => {
    const spoilt = lines.with(0, lines[0]!.replace('"batch":32', '"batch":-3'));
    const { events: none, problems } = readRunFile(spoilt.join('\n'));
    expect(none).toEqual([]);
    expect(problems[0]).toMatch(/^The run cannot be read: its header is damaged \(config\.batch: /);
  });

  it('of several runs is opened at the last, a branch with its past', () => {
    const first = events.slice(0, 12);
    const twice = readRunFile(runFileText([...first, ...events]));
    expect(twice.events).toEqual(events);
    expect(twice.problems).toEqual(['The file holds 2 runs; the last one is opened.']);
    const header = events.find((event) => event.type === 'header')!;
    const branched: RunEvent[] = [...first, { ...header, from: { step: 2 } }, ...events.slice(12, 20)];
    expect(readRunFile(runFileText(branched))).toMatchObject({ events: branched, problems: [] });
    const alone = branched.slice(12);
    expect(readRunFile(runFileText(alone))).toMatchObject({ events: alone, problems: [] });
  });

  it.each([
    ['nothing', '', 'The file is empty.'],
    ['white space', ' \n\n', 'The file is empty.'],
    [
      'prose',
      'Dear Sir or Madam,\nthank you',
      'This is not a run of Semblance: a run begins with a line {"type":"header", ...}.',
    ],
    [
      'other JSON',
      '{"a":1}\n[2]\nnull\n',
      'This is not a run of Semblance: a run begins with a line {"type":"header", ...}.',
    ],
    [
      'events without a header',
      `${lines[2]}\n`,
      'This is not a run of Semblance: a run begins with a line {"type":"header", ...}.',
    ],
    ['another page', '<!doctype html><p>hello', 'This page holds no run of Semblance.'],
  ])('%s is refused in one sentence', (_, wrong, sentence) => {
    expect(readRunFile(wrong)).toEqual({ events: [], problems: [sentence], name: null });
  });
});

describe('a shared page', () => {
  const page = writePage(PLAYER, about, events);

  it('holds the record, and its name', () => {
    expect(readRunFile(page)).toEqual({ events, problems: [], name: 'a run' });
  });

  it('cannot be broken by what people type: no text ends its block, or is taken for a pattern', () => {
    const hostile = '</script><script>alert(1)</script><!-- $& $1 <style> "quoted" \u2028';
    const points = events.find((event) => event.type === 'points')!;
    const named: RunEvent[] = [
      events[0]!,
      { ...points, points: points.points.map((point) => ({ ...point, text: hostile })) },
      { type: 'note', step: 0, text: hostile },
    ];
    const html = writePage(PLAYER, { ...about, name: hostile }, named);
    expect(html.match(/<script/g)).toHaveLength(3); // the program, what it is, the record
    expect(html).not.toContain('alert(1)</script>');
    expect(readRunFile(html)).toEqual({ events: named, problems: [], name: hostile });
  });

  it('cut short is shown as far as it goes, and otherwise says so', () => {
    const at = page.lastIndexOf('"type":"step","step":100,');
    const { events: kept, problems } = readRunFile(page.slice(0, at));
    expect(kept).toEqual(events.slice(0, kept.length));
    expect(kept.length).toBeGreaterThan(200);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^The file ends in the middle/);
    expect(readRunFile(page.slice(0, page.indexOf('semblance-about')))).toEqual({
      events: [],
      problems: [
        'The file is cut short before its run begins, perhaps after an incomplete download: download it again.',
      ],
      name: null,
    });
    // Between two lines nothing is damaged: only the missing end tells.
    const between = page.slice(0, page.lastIndexOf('\n{"type":"end"'));
    expect(readRunFile(between).problems[0]).toMatch(/^The file ends in the middle/);
  });

  it('refuses to be written into anything but the page that plays it', () => {
    expect(() => writePage('<!doctype html><title>404</title>', about, events)).toThrow(
      'the page of the player is incomplete',
    );
  });
});
