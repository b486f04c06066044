// Page and command line write the same record and open either: what goes in must come out, and a damaged file must lose
// its damaged lines only, each with a reason.
import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../../src/run/config.ts';
import { RECORD_VERSION, type HeaderEvent, type RunEvent } from '../../src/run/events.ts';
import { formatEvent, parseRecord } from '../../src/run/record.ts';

const HEADER: HeaderEvent = {
  type: 'header',
  version: RECORD_VERSION,
  setting: 'scenes.sts_ht',
  config: { ...defaultConfig(), margins: [0.01, 0.1], seed: 7 },
  steps: 100,
  model: {
    name: 'pocket',
    type: 'bert',
    layers: 2,
    hidden: 128,
    vocabulary: 8192,
    parameters: 1,
    trained: 1,
  },
  corpus: { files: ['plain.txt', 'sts.jsonl'], plain: 1100, groups: 400, heldOut: 150, sts: 300 },
  device: { name: 'wasm', detail: '2 cores', reason: 'no GPU' },
};

const EVENTS: RunEvent[] = [
  HEADER,
  { type: 'note', step: 0, text: 'two\nlines, "quoted", é 雪' },
  {
    type: 'step',
    step: 1,
    loss: 4.125,
    infonce: 4,
    ht: null,
    learningRate: 5e-4,
    gradNorm: 0.1 + 0.2,
    plain: 60,
    generated: 0,
    tokens: 1234,
    milliseconds: 12.5,
  },
  { type: 'metric', step: 1, split: 'train', name: 'alignment', value: 0.25, mode: 'train', count: 150 },
  { type: 'metric', step: 1, split: 'eval', name: 'sts', value: null, mode: 'eval', count: 1 },
  { type: 'checkpoint', step: 1, path: 'checkpoints/1', best: true },
  { type: 'edit', step: 1, knob: 'margins', from: [0.01, 0.1], to: [0.02] },
  { type: 'end', step: 1, reason: 'interrupted', message: 'stopped by hand' },
];

const lineOf = (event: object) => JSON.stringify(event);

describe('a record', () => {
  it('gives back every kind of event as it was', () => {
    const text = EVENTS.map((event) => `${formatEvent(event)}\n`).join('');
    expect(text.trimEnd().split('\n')).toHaveLength(EVENTS.length);
    expect(parseRecord(text)).toEqual({ events: EVENTS, errors: [] });
  });

  it('may have blank lines, Windows line ends, and no line end at all', () => {
    const text = `\n${EVENTS.map(formatEvent).join('\r\n\r\n')}`;
    expect(parseRecord(text)).toEqual({ events: EVENTS, errors: [] });
    expect(parseRecord('')).toEqual({ events: [], errors: [] });
  });

  it('fills in knobs that its program did not have yet', () => {
    const { seed: _seed, ...older } = HEADER.config;
    const { events } = parseRecord(lineOf({ ...HEADER, config: older }));
    expect(events).toEqual([{ ...HEADER, config: { ...HEADER.config, seed: defaultConfig().seed } }]);
  });
});

describe('a damaged record', () => {
  const faultOf = (line: string) => {
    const { events, errors } = parseRecord([lineOf(HEADER), line, lineOf(EVENTS[2]!)].join('\n'));
    expect(events).toEqual([HEADER, EVENTS[2]]);
    expect(errors).toHaveLength(1);
    expect(errors[0]!.line).toBe(2);
    return errors[0]!.reason;
  };

  it('says what is not JSON, such as a line that was cut off, and uses the rest', () => {
    expect(faultOf('{"type":"step","step":')).toMatch(/^not JSON \(.+\)$/);
    expect(faultOf('nonsense')).toMatch(/^not JSON/);
  });

  it.each(['null', '3', '"text"', '[]', '{}', '{"type":"rocket","step":1}'])(
    'says that %s is no event',
    (line) => {
      expect(faultOf(line)).toMatch(/^(type|event): ./);
    },
  );

  it('names the field that is missing or wrong', () => {
    expect(faultOf(lineOf({ ...EVENTS[2], loss: null }))).toMatch(/^loss: /);
    expect(faultOf(lineOf({ ...EVENTS[2], step: 1.5 }))).toMatch(/^step: /);
    expect(faultOf(lineOf({ ...EVENTS[3], split: 'test' }))).toMatch(/^split: /);
    expect(faultOf(lineOf({ ...EVENTS[6], knob: 'rocket' }))).toMatch(/^knob: /);
    expect(faultOf(lineOf({ ...HEADER, config: { batch: 1 } }))).toMatch(/^config.batch: /);
    expect(faultOf(lineOf({ ...HEADER, config: { rocket: 1 } }))).toMatch(/^config: .*rocket/);
  });

  it('says which version it is of', () => {
    const other = `this program reads version ${RECORD_VERSION}`;
    expect(faultOf(lineOf({ ...HEADER, version: 99 }))).toBe(`a record of version 99; ${other}`);
    const { version: _version, ...without } = HEADER;
    expect(faultOf(lineOf(without))).toBe(`a record of version undefined; ${other}`);
  });
});
