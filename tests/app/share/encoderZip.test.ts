// The trained encoder as a zip: it scores exactly what the run said, read by the command line as it is and unpacked.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelCard } from '../../../src/app/compare/share/modelCard.ts';
import { zipModel } from '../../../src/app/compare/share/modelZip.ts';
import { zipFolder } from '../../../src/encoder/zip.ts';
import { RunRecord } from '../../../src/record/runRecord.ts';
import type { RunEvent } from '../../../src/run/events.ts';
import { parseRecord } from '../../../src/run/record.ts';
import { cli, lastJson } from '../../support/cli.ts';

const root = join(import.meta.dirname, '../../..');
const NAME = 'two-steps';

let folder: string;
let sts: string;
let files: Map<string, Uint8Array>;
let events: RunEvent[];

/** Every file below a folder, by its path. */
function filesOf(path: string): Map<string, Uint8Array> {
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' });
  return new Map(
    names
      .map((name) => join(path, name))
      .filter((full) => statSync(full).isFile())
      .map((full) => [relative(path, full), new Uint8Array(readFileSync(full))]),
  );
}

const evaluate = (model: string) => cli('eval', '--model', model, '--sts', sts, '--device', 'wasm', '--json');
const write = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
};

/** The zip of a run whose encoder is `files`. */
const zipped = () => {
  const record = new RunRecord(events);
  const card = modelCard('Two steps', record.header!, record, NAME);
  return zipModel(files, card, NAME);
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'semblance-zip-'));
  sts = join(folder, 'pairs.tsv');
  const pairs = readFileSync(join(root, 'public/corpora/sts/dev.tsv'), 'utf8').trimEnd().split('\n');
  writeFileSync(sts, `${pairs.slice(0, 60).join('\n')}\n`);
  const out = join(folder, 'run');
  const knobs = [
    'batch=8',
    'generatedBatch=2',
    'pooling=mean',
    'freezeEmbeddings=false',
    'learningRate=1e-3',
  ];
  const set = [...knobs, 'evaluateEvery=2', 'checkpointEvery=2', 'measureCap=16'].flatMap((knob) => [
    '--set',
    knob,
  ]);
  const options = ['--setting', 'scenes.sup', '--steps', '2', '--sts', sts, '--device', 'wasm', '--out', out];
  const result = await cli('train', ...options, ...set);
  expect(result.code, result.stderr).toBe(0);
  events = parseRecord(readFileSync(join(out, 'run.jsonl'), 'utf8')).events;
  files = filesOf(join(out, 'checkpoints', 'step-000002'));
  for (const name of files.keys()) if (name.startsWith('trainer.')) files.delete(name);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the zip of a trained encoder', () => {
  it('gives the STS that the run ended with, as it is and unpacked', async () => {
    const measured = events.findLast((event) => event.type === 'metric' && event.name === 'sts');
    const start = events.find((event) => event.type === 'metric' && event.name === 'sts');
    if (measured?.type !== 'metric' || start?.type !== 'metric') throw new Error('no STS in the record');
    expect(measured.step).toBe(2);
    expect(measured.value).not.toBe(start.value);
    const zip = zipped();
    for (const [name, bytes] of Object.entries(unzipSync(zip))) write(join('unpacked', name), bytes);
    for (const model of [write('encoder.zip', zip), join(folder, 'unpacked', NAME)]) {
      const result = await evaluate(model);
      expect(result.code, result.stderr).toBe(0);
      expect(lastJson<{ stsAverage: number }>(result).stsAverage).toBe(measured.value);
    }
  });

  it('holds the layout of Hugging Face and sentence-transformers, with a card', () => {
    const names = Object.keys(unzipSync(zipped())).map((name) => relative(NAME, name));
    expect(names.sort()).toEqual(
      [
        '1_Pooling/config.json',
        'README.md',
        'config.json',
        'model.safetensors',
        'modules.json',
        'sentence_bert_config.json',
        'tokenizer.json',
        'tokenizer_config.json',
      ].sort(),
    );
    expect(existsSync(join(folder, 'unpacked', NAME, 'README.md'))).toBe(true);
    const card = readFileSync(join(folder, 'unpacked', NAME, 'README.md'), 'utf8');
    const last = events.findLast((event) => event.type === 'metric' && event.name === 'sts');
    expect(card).toContain(`| ${(last as { value: number }).value.toFixed(4)} |`);
    for (const said of [
      'scenes.sup',
      '2 of 2 steps',
      '| learningRate | 0.001 | 0.0005 |',
      'SentenceTransformer("two-steps")',
      'license: cc-by-sa-4.0',
    ])
      expect(card).toContain(said);
    expect(card).not.toMatch(/undefined|NaN|\[object/);
  });

  it('is not made without weights, and one without weights is refused with the reason', async () => {
    const bare = new Map([...files].filter(([name]) => name !== 'model.safetensors'));
    expect(() => zipModel(bare, '', NAME)).toThrow('the encoder came without weights');
    const { zipSync } = await import('fflate');
    const path = write('bare.zip', zipSync(Object.fromEntries(bare)));
    const result = await evaluate(path);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('it has no weights (model.safetensors)');
  });

  it('is refused with the reason when it is damaged', async () => {
    const zip = zipped();
    const result = await evaluate(write('half.zip', zip.slice(0, zip.length / 2)));
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('half.zip is a damaged zip file');
    expect(result.stderr).not.toContain('fault of the program');
    for (const other of [new TextEncoder().encode('hello'), new Uint8Array(0)])
      expect(() => zipFolder('other.zip', other)).toThrow('other.zip is not a zip file.');
    for (let at = 4; at < zip.length; at += Math.ceil(zip.length / 50))
      expect(() => zipFolder('cut.zip', zip.slice(0, at))).toThrow('cut.zip is a damaged zip file');
  });
});
