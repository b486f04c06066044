// Wrong input: each gets one clear sentence with the file, line or knob, the promised exit code, and nothing is
// overwritten. Every case runs the real command line.
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeHost } from '../../src/cli/node/gpu.ts';
import { findAdapter } from '../../src/kernels/adapter.ts';
import { cli, type CliResult } from '../support/cli.ts';
import { tinyFiles, type TinyFiles } from '../support/tinyFiles.ts';
import { writeTinyModel } from '../support/tiny.ts';

let files: TinyFiles;
let runs = 0;
beforeAll(() => {
  files = tinyFiles();
});

/** Arguments of a run that would work; `change` replaces or removes (undefined) options. */
function args(change: Record<string, string | undefined>, ...more: string[]): string[] {
  const options: Record<string, string | undefined> = {
    '--model': files.model,
    '--corpora': files.corpora,
    '--setting': 'tiny.sts',
    '--sts': files.sts,
    '--steps': '1',
    '--batch': '8',
    '--device': 'wasm',
    '--out': join(files.folder, `out-${++runs}`),
    ...change,
  };
  return [
    'train',
    ...Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name, value])),
    ...more,
  ];
}

function expectFailure(result: CliResult, code: number, message: RegExp): void {
  expect(result.stderr).toMatch(message);
  expect(result.code, result.stderr).toBe(code);
  expect(result.stderr, 'a sentence, not a stack').not.toMatch(/\n\s+at /);
  expect(result.stdout).toBe('');
}

function file(name: string, content: string): string {
  const path = join(files.folder, name);
  writeFileSync(path, content);
  return path;
}

describe('bad usage leaves with 2', () => {
  it.each<[string, () => string[], RegExp]>([
    ['unknown pattern', () => args({ '--setting': 'tiny.stss' }), /no pattern "stss"; did you mean "sts"/],
    ['a setting without its dot', () => args({ '--setting': 'sts' }), /A setting is \{domain\}\.\{pattern\}/],
    ['no setting', () => args({ '--setting': undefined }), /train needs --setting/],
    [
      'unknown knob',
      () => args({}, '--set', 'temprature=0.1'),
      /no knob "temprature"; did you mean "temperature"/,
    ],
    [
      'knob out of range',
      () => args({}, '--set', 'temperature=7'),
      /Knob "temperature".* takes a number from 0.005 to 1, not "7"/,
    ],
    ['knob without a value', () => args({}, '--set', 'temperature'), /--set takes knob=value/],
    [
      'batch larger than the data',
      () => args({ '--batch': '500' }),
      /Knob "batch" is 500, but the data gives only \d+ training examples/,
    ],
    [
      'unknown device',
      () => args({ '--device': 'gpu' }),
      /Allowed choices are auto, webgpu, wasm, software, cpu/,
    ],
    ['unknown option', () => args({}, '--stepps', '3'), /unknown option '--stepps'/],
    ['unknown command', () => ['trian'], /unknown command 'trian'/],
    ['steps that are no number', () => args({ '--steps': 'many' }), /whole number/],
    [
      'eval of nothing',
      () => ['eval', '--model', files.model],
      /eval needs --sts PATH, --transfer DIR or both/,
    ],
    [
      'encode to an unknown format',
      () => ['encode', '--model', files.model, '--in', files.sts, '--out', 'x.txt'],
      /--out takes a .jsonl or .npy file/,
    ],
  ])('%s', async (_, given, message) => {
    expectFailure(await cli(...given()), 2, message);
  });
});

describe('unusable input leaves with 1', () => {
  it.each<[string, () => string[], RegExp]>([
    ['no such domain', () => args({ '--setting': 'moon.sts' }), /no corpus folder .*moon; .* has tiny/],
    [
      'a domain without the groups of the setting',
      () => args({ '--setting': 'tiny.nli' }),
      /Setting tiny\.nli needs .*nli\.jsonl/,
    ],
    [
      'missing data file',
      () => args({ '--corpora': undefined, '--data': 'nowhere.jsonl' }),
      /There is no file nowhere\.jsonl/,
    ],
    [
      'empty data file',
      () => args({ '--corpora': undefined, '--data': file('empty.jsonl', '') }),
      /empty\.jsonl is empty/,
    ],
    [
      'binary data file',
      () => args({ '--corpora': undefined, '--data': file('binary.txt', 'a\u0000b') }),
      /not a text file/,
    ],
    [
      'data without the fields of the setting',
      () =>
        args({
          '--corpora': undefined,
          '--data': file('plain.txt', 'one line here\ntwo lines here\nthree lines\nfour lines\nfive'),
        }),
      /needs sts groups with anchor, positive, negative, and the data has none/,
    ],
    [
      'only bad lines',
      () => args({ '--corpora': undefined, '--data': file('bad.jsonl', '{"anchor": 3}\nnonsense\n') }),
      /bad\.jsonl holds no usable sentence group \(line 1: anchor/,
    ],
    [
      'scored pairs as training data',
      () => args({ '--corpora': undefined, '--data': files.sts }),
      /scored pairs, not sentence groups/,
    ],
    [
      'scores out of range',
      () => args({ '--sts': file('scores.tsv', '9\ta b\tc d\n-1\te\tf\n') }),
      /scores\.tsv holds no scored pair \(line 1: score 9 is out of range/,
    ],
    ['missing evaluation file', () => args({ '--sts': 'nowhere.tsv' }), /There is no file nowhere\.tsv/],
    ['missing model folder', () => args({ '--model': 'nowhere' }), /There is no model folder nowhere/],
    ['resuming what is no run', () => ['train', '--resume', files.corpora], /is not the folder of a run/],
    [
      'goldens that are not there',
      () => ['verify', '--goldens', 'nowhere', '--device', 'wasm'],
      /The folder nowhere cannot be read/,
    ],
    [
      'trajectories without their columns',
      () => [
        'rfd',
        '--train',
        file('t.csv', 'step,loss\n1,2\n'),
        '--eval',
        file('e.csv', 'step,alignment,uniformity\n1,2,3\n'),
      ],
      /t\.csv:1: no column alignment, uniformity/,
    ],
    [
      'a trajectory with a word for a number',
      () => [
        'rfd',
        '--train',
        file('u.csv', 'step,alignment,uniformity\n1,x,3\n'),
        '--eval',
        file('e.csv', 'step,alignment,uniformity\n1,2,3\n'),
      ],
      /u\.csv:2: .*not a number/,
    ],
  ])('%s', async (_, given, message) => {
    expectFailure(await cli(...given()), 1, message);
  });

  it('a hardware GPU that is not there', async ({ skip }) => {
    const found = await findAdapter(nodeHost(false));
    if (typeof found !== 'string' && !found.software)
      skip('this machine has a hardware GPU: asking for it is no mistake');
    expectFailure(await cli(...args({ '--device': 'webgpu' })), 1, /Device "webgpu" is not available/);
  });

  it('a model folder without weights, with a pickle only, with another vocabulary, or damaged', async () => {
    const model = (name: string) => writeTinyModel(join(files.folder, name));
    const none = model('no-weights');
    rmSync(join(none, 'model.safetensors'));
    expectFailure(
      await cli(...args({ '--model': none })),
      1,
      /no-weights: it has no weights \(model\.safetensors\)/,
    );
    writeFileSync(join(none, 'pytorch_model.bin'), 'x');
    expectFailure(await cli(...args({ '--model': none })), 1, /pickle files are not supported/);
    const words = model('words');
    writeFileSync(join(words, 'vocab.txt'), `${readFileSync(join(words, 'vocab.txt'), 'utf8')}more\nwords\n`);
    expectFailure(
      await cli(...args({ '--model': words })),
      1,
      /The vocabulary does not match the embeddings: .* ids up to \d+, the word embeddings \d+ rows/,
    );
    const cut = model('cut');
    const bytes = readFileSync(join(cut, 'model.safetensors'));
    writeFileSync(join(cut, 'model.safetensors'), bytes.subarray(0, bytes.length - 100));
    expectFailure(await cli(...args({ '--model': cut })), 1, /not a valid safetensors file: .*truncated\?/);
  });

  it('a checkpoint of another model, and a run folder that is not empty: both stay as they are', async () => {
    const out = join(files.folder, 'kept');
    expect((await cli(...args({ '--out': out }))).code).toBe(0);
    const before = readFileSync(join(out, 'run.jsonl'), 'utf8');
    expectFailure(await cli(...args({ '--out': out })), 1, /is not empty, and nothing is overwritten/);
    const other = writeTinyModel(join(files.folder, 'other'), { intermediate_size: 64 });
    expectFailure(
      await cli('train', '--resume', out, '--model', other, '--device', 'wasm'),
      1,
      /The checkpoint belongs to another model: it has bert L1 H16 A2 F32/,
    );
    expectFailure(
      await cli('train', '--resume', out, '--batch', '4', '--device', 'wasm'),
      2,
      /A resumed run keeps its knobs; "batch" was 8/,
    );
    expect(readFileSync(join(out, 'run.jsonl'), 'utf8')).toBe(before);
  });

  it('a checkpoint that is damaged is named, and the run is not touched', async () => {
    const out = join(files.folder, 'damaged');
    expect((await cli(...args({ '--out': out }))).code).toBe(0);
    const checkpoint = join(out, 'checkpoints', 'step-000001');
    writeFileSync(join(checkpoint, 'trainer.json'), '{"version": 1}');
    const before = readFileSync(join(out, 'run.jsonl'), 'utf8');
    expectFailure(
      await cli('train', '--resume', out, '--device', 'wasm'),
      1,
      /Checkpoint step-000001: trainer\.json is not usable/,
    );
    expect(readFileSync(join(out, 'run.jsonl'), 'utf8')).toBe(before);
  });

  it('a start that is refused leaves no folder behind, so that the corrected command can use it', async () => {
    const out = join(files.folder, 'refused');
    expectFailure(await cli(...args({ '--out': out, '--batch': '500' })), 2, /Knob "batch"/);
    expect(existsSync(out)).toBe(false);
    expect((await cli(...args({ '--out': out }))).code).toBe(0);
    expectFailure(
      await cli(...args({ '--out': join(out, 'run.jsonl') })),
      1,
      /run\.jsonl is a file, not a folder/,
    );
  });

  it('a damaged newest checkpoint is said, and the one before it goes on to the same end', async () => {
    const out = join(files.folder, 'fallback');
    expect((await cli(...args({ '--out': out, '--steps': '3' }, '--set', 'checkpointEvery=1'))).code).toBe(0);
    const state = join(out, 'checkpoints', 'step-000003', 'trainer.safetensors');
    const whole = readFileSync(state);
    writeFileSync(state, whole.subarray(0, whole.length - 64));
    const resumed = await cli('train', '--resume', out, '--device', 'wasm');
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(resumed.stderr).toMatch(/truncated\?\).* The checkpoint before it is used/);
    expect(Buffer.compare(readFileSync(state), whole)).toBe(0);
  });

  it('an output file that exists is not overwritten', async () => {
    const out = file('vectors.jsonl', 'mine');
    expectFailure(
      await cli('encode', '--model', files.model, '--in', files.sts, '--out', out, '--device', 'wasm'),
      1,
      /already exists, and existing files are not overwritten/,
    );
    expect(readFileSync(out, 'utf8')).toBe('mine');
  });
});

describe('input that is partly bad is used as far as it goes', () => {
  it('reports each bad line with file, number and reason, and trains on the rest', async () => {
    const corpora = join(files.folder, 'partly');
    cpSync(files.corpora, corpora, { recursive: true });
    const path = join(corpora, 'tiny', 'sts.jsonl');
    writeFileSync(path, `nonsense\n${readFileSync(path, 'utf8')}{"anchor": ""}\n`);
    const result = await cli(...args({ '--corpora': corpora }));
    expect(result.code, result.stderr).toBe(0);
    expect(result.stderr).toMatch(/sts\.jsonl:1: not JSON/);
    expect(result.stderr).toMatch(/sts\.jsonl:32: anchor is empty/);
  });

  it('says when a setting cannot do what its name says', async () => {
    const result = await cli(...args({ '--setting': 'tiny.token_cutoff' }));
    expect(result.code, result.stderr).toBe(0);
    expect(result.stderr).toMatch(
      /Token cutoff drops round\(0\.05 x n\) tokens: nothing in \d+ of \d+ sentences/,
    );
  });
});
