// The contract of the command line: what each command prints as its last line with --json, and that the numbers are
// those of the core. Scripts and other programs hold on to it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseRecord } from '../../src/run/record.ts';
import { KNOB_NAMES } from '../../src/run/knobs.ts';
import { cli, lastJson } from '../support/cli.ts';
import { tinyFiles, type TinyFiles } from '../support/tinyFiles.ts';

let files: TinyFiles;
beforeAll(() => {
  files = tinyFiles();
});

interface TrainJson {
  steps: number;
  loss: number;
  sts: Record<'first' | 'best' | 'last', number>;
  alignment: Record<'train' | 'eval', number>;
  uniformity: Record<'train' | 'eval', number>;
  rfd: Record<'alignment' | 'uniformity', number>;
  device: string;
  msPerStep: number;
  tokensPerSecond: number;
  out: string;
}

describe('train', () => {
  it('ends with the promised object, keeps a record that says the same, and a best model that eval reads', async () => {
    const out = join(files.folder, 'run');
    const options = [
      '--model',
      files.model,
      '--corpora',
      files.corpora,
      '--setting',
      'tiny.sts_ht',
      '--sts',
      files.sts,
    ];
    const result = await cli(
      'train',
      ...options,
      '--steps',
      '6',
      '--batch',
      '8',
      '--set',
      'evaluateEvery=2',
      '--set',
      'generatedBatch=4',
      '--device',
      'wasm',
      '--out',
      out,
      '--json',
    );
    expect(result.code, result.stderr).toBe(0);
    const json = lastJson<TrainJson>(result);
    expect(Object.keys(json).sort()).toEqual(
      [
        'alignment',
        'device',
        'loss',
        'msPerStep',
        'out',
        'rfd',
        'steps',
        'sts',
        'tokensPerSecond',
        'uniformity',
      ].sort(),
    );
    expect(json).toMatchObject({ steps: 6, device: 'wasm', out });
    const { events, errors } = parseRecord(readFileSync(join(out, 'run.jsonl'), 'utf8'));
    expect(errors).toEqual([]);
    const metric = (split: string, name: string) =>
      events.flatMap((e) => (e.type === 'metric' && e.split === split && e.name === name ? [e] : []));
    expect(json.alignment.train).toBe(metric('train', 'alignment').at(-1)!.value);
    const differences = metric('train', 'uniformity')
      .map((e, i) => e.value! - metric('eval', 'uniformity')[i]!.value!)
      .slice(1); // the values before training are left out
    expect(json.rfd.uniformity).toBeCloseTo(differences.reduce((a, b) => a + b, 0) / differences.length, 12);
    const trained = metric('eval', 'sts').filter((e) => e.step > 0);
    expect(json.sts.best).toBe(Math.max(...trained.map((e) => e.value!)));

    const scored = await cli(
      'eval',
      '--model',
      join(out, 'best'),
      '--sts',
      files.sts,
      '--device',
      'wasm',
      '--json',
    );
    const evaluation = lastJson<{
      sts: Record<string, { spearman: number; pearson: number; pairs: number }>;
      stsAverage: number;
    }>(scored);
    expect(evaluation.sts.pairs!.pairs).toBe(24);
    expect(evaluation.sts.pairs!.spearman).toBeCloseTo(json.sts.best, 6);
    expect(evaluation.stsAverage).toBe(evaluation.sts.pairs!.spearman);
  });

  it('reaches every knob by --set, and its help names them all', async () => {
    const help = await cli('train', '--help');
    expect(help.code).toBe(0);
    for (const name of KNOB_NAMES) expect(help.stdout).toContain(`${name} = `);
  });
});

describe('eval', () => {
  it('takes a folder of subsets as one task, and a folder of folders as many', async () => {
    const years = join(files.folder, 'years');
    for (const year of ['sts12', 'sts13']) {
      mkdirSync(join(years, year), { recursive: true });
      for (const subset of ['a', 'b'])
        writeFileSync(join(years, year, `${subset}.tsv`), readFileSync(files.sts));
    }
    const result = await cli(
      'eval',
      '--model',
      files.model,
      '--sts',
      years,
      '--pooling',
      'mean',
      '--device',
      'wasm',
      '--json',
    );
    expect(result.code, result.stderr).toBe(0);
    const json = lastJson<{
      sts: Record<string, Record<'pairs' | 'spearman' | 'spearmanMean' | 'spearmanWmean', number>>;
    }>(result);
    expect(Object.keys(json.sts)).toEqual(['sts12', 'sts13']);
    // Two equal subsets: all three ways to put them together agree.
    const { pairs, spearman, spearmanMean, spearmanWmean } = json.sts.sts12!;
    expect(pairs).toBe(48);
    expect([spearmanMean, spearmanWmean].map((value) => Math.abs(value - spearman) < 1e-12)).toEqual([
      true,
      true,
    ]);
  });
});

describe('a folder that was trained with mask pooling', () => {
  let trained: string;
  const run = (model: string, out: string, ...more: string[]) =>
    cli(
      ...['train', '--model', model, '--corpora', files.corpora, '--setting', 'tiny.sts', '--sts', files.sts],
      ...[
        '--steps',
        '2',
        '--batch',
        '8',
        '--set',
        'generatedBatch=4',
        '--device',
        'wasm',
        '--out',
        out,
        '--json',
      ],
      ...more,
    );
  const evaluate = (...more: string[]) =>
    cli('eval', '--model', trained, '--sts', files.sts, '--device', 'wasm', '--json', ...more);
  const recordOf = (out: string) => parseRecord(readFileSync(join(out, 'run.jsonl'), 'utf8')).events;

  beforeAll(async () => {
    const out = join(files.folder, 'mask');
    const knobs = ['pooling=mask', 'maxLength=16', 'checkpointEvery=2', 'evaluateEvery=2'];
    const result = await run(files.model, out, ...knobs.flatMap((knob) => ['--set', knob]));
    expect(result.code, result.stderr).toBe(0);
    trained = join(out, 'checkpoints', 'step-000002');
  });

  it('is evaluated with mask pooling, and gives what the run measured', async () => {
    const result = await evaluate();
    // 32 positions, 7 of them for the prompt.
    const json = lastJson<{ stsAverage: number }>(result);
    expect(json).toMatchObject({ pooling: 'mask', maxLength: 25 });
    const measured = recordOf(join(files.folder, 'mask')).findLast(
      (e) => e.type === 'metric' && e.name === 'sts',
    );
    expect(json.stsAverage).toBe((measured as { value: number }).value);
    expect(result.stderr).toContain('mask pooling, sentences of up to 25 tokens');
  });

  it('is evaluated otherwise if told so', async () => {
    const other = lastJson(await evaluate('--pooling', 'cls', '--max-length', '5'));
    expect(other).toMatchObject({ pooling: 'cls', maxLength: 5 });
    expect(lastJson(await evaluate('--max-length', '600'))).toMatchObject({ pooling: 'mask', maxLength: 25 });
  });

  it('is encoded with mask pooling', async () => {
    const input = join(files.folder, 'one.txt');
    writeFileSync(input, 'the cat sits\n');
    const out = join(files.folder, 'one.jsonl');
    const result = await cli(
      ...['encode', '--model', trained, '--in', input, '--out', out, '--device', 'wasm', '--json'],
    );
    expect(lastJson(result)).toMatchObject({ pooling: 'mask', maxLength: 25 });
  });

  it('is trained on with mask pooling, unless told otherwise', async () => {
    for (const [name, more, pooling] of [
      ['again', [], 'mask'],
      ['as-cls', ['--set', 'pooling=cls'], 'cls'],
    ] as const) {
      const out = join(files.folder, name);
      const result = await run(trained, out, '--set', 'maxLength=12', ...more);
      expect(result.code, result.stderr).toBe(0);
      expect(result.stderr).toContain(`${pooling} pooling`);
      const [header] = recordOf(out);
      expect((header as { config: object }).config).toMatchObject({ pooling, maxLength: 12 });
    }
  });

  it('gives training its maximum length, if that is shorter than the default', async () => {
    const out = join(files.folder, 'short');
    const result = await run(trained, out);
    expect(result.code, result.stderr).toBe(0);
    expect(result.stderr).toContain(
      "mask pooling, the folder's own; sentences of up to 25 tokens are trained on, of up to 25 measured",
    );
  });
});

describe('encode', () => {
  it('writes the same vectors as JSONL and as NumPy array, on wasm and cpu alike', async () => {
    const input = join(files.folder, 'sentences.txt');
    writeFileSync(input, 'the cat sits\n\na dog runs in the park near the river\n');
    const [jsonl, npy] = [join(files.folder, 'v.jsonl'), join(files.folder, 'v.npy')];
    const run = (out: string, device: string) =>
      cli('encode', '--model', files.model, '--in', input, '--out', out, '--device', device, '--json');
    expect(lastJson(await run(jsonl, 'wasm'))).toMatchObject({ sentences: 2, dimension: 16 });
    expect(lastJson(await run(npy, 'cpu'))).toMatchObject({ sentences: 2, dimension: 16 });
    const lines = readFileSync(jsonl, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { sentence: string; embedding: number[] });
    expect(lines.map(({ sentence }) => sentence)).toEqual([
      'the cat sits',
      'a dog runs in the park near the river',
    ]);
    const bytes = readFileSync(npy);
    expect(bytes.subarray(0, 6).toString('latin1')).toBe('\x93NUMPY');
    const start = 10 + bytes.readUInt16LE(8);
    expect(start % 64).toBe(0);
    expect(bytes.subarray(10, start).toString()).toMatch(
      /'descr': '<f4', 'fortran_order': False, 'shape': \(2, 16\), }/,
    );
    lines
      .flatMap(({ embedding }) => embedding)
      .forEach((value, i) => {
        expect(bytes.readFloatLE(start + 4 * i)).toBeCloseTo(value, 4);
      });
  });
});

describe('rfd', () => {
  const golden = JSON.parse(readFileSync(new URL('../golden/rfd.json', import.meta.url), 'utf8')) as {
    settings: {
      label: string;
      train: Record<string, number[]>;
      eval: Record<string, number[]>;
      RFD_a: number;
      RFD_u: number;
      n_steps: number;
    }[];
  };
  // Three through the process; verify runs all thirteen through the function behind it.
  it.each(golden.settings.filter((_, i) => i % 6 === 0).map((s) => [s.label, s] as const))(
    "gives the paper's value for %s",
    async (label, setting) => {
      const csv = (side: 'train' | 'eval') => {
        const path = join(files.folder, `${label}.${side}.csv`);
        const { step, alignment, uniformity } = setting[side] as Record<
          'step' | 'alignment' | 'uniformity',
          number[]
        >;
        writeFileSync(
          path,
          `step,alignment,uniformity\n${step.map((s, i) => `${s},${alignment[i]},${uniformity[i]}\n`).join('')}`,
        );
        return path;
      };
      const json = lastJson<{ alignment: number; uniformity: number; steps: number }>(
        await cli('rfd', '--train', csv('train'), '--eval', csv('eval'), '--from', '125', '--json'),
      );
      expect(json.alignment).toBeCloseTo(setting.RFD_a, 8);
      expect(json.uniformity).toBeCloseTo(setting.RFD_u, 8);
      expect(json.steps).toBe(setting.n_steps);
    },
  );
});

describe('pattern', () => {
  it('shows that a positive of shuffled words has a higher match error rate than its cosine would tell', async () => {
    const json = lastJson<{
      pairs: { positive: number };
      mer: Record<string, { counts: number[]; mean: number }>;
      cosine: Record<string, { mean: number }>;
    }>(
      await cli(
        'pattern',
        '--data',
        join(files.corpora, 'tiny', 'sts.jsonl'),
        '--model',
        files.model,
        '--device',
        'wasm',
        '--json',
      ),
    );
    expect(json.pairs.positive).toBe(30);
    expect(json.mer.positive!.counts.reduce((a, b) => a + b, 0)).toBe(30);
    expect(json.mer.positive!.mean).toBeGreaterThan(0.3);
    expect(json.cosine.positive!.mean).toBeGreaterThan(json.cosine.negative!.mean);
  });

  it('takes scored pairs and plain sentences too', async () => {
    const pairs = lastJson<{ pairs: { positive: number; negative: number } }>(
      await cli('pattern', '--data', files.sts, '--json'),
    );
    expect(pairs.pairs).toEqual({ positive: 8, negative: 8 });
    const plain = lastJson<{ mer: { positive: { mean: number } } }>(
      await cli('pattern', '--data', join(files.corpora, 'tiny', 'plain.txt'), '--json'),
    );
    expect(plain.mer.positive.mean).toBe(0);
  });

  it('goes by what a file holds, not by its name', async () => {
    const path = join(files.folder, 'scored pairs.tsv');
    writeFileSync(path, '');
    const { code, stderr } = await cli('pattern', '--data', path);
    expect(code).toBe(1);
    expect(stderr).toContain('scored pairs.tsv is empty.');
  });
});

describe('doctor, help and version of things', () => {
  it('doctor reports devices with measured speed and what a run would use, and why', async () => {
    const json = lastJson<{
      devices: { name: string; available: boolean; matMulGflops: number | null }[];
      choice: { name: string; reason: string };
    }>(await cli('doctor', '--json'));
    const wasm = json.devices.find(({ name }) => name === 'wasm')!;
    expect(wasm.available && wasm.matMulGflops! > 0.1).toBe(true);
    expect(json.choice.reason).not.toBe('');
  });

  it.each(['train', 'eval', 'encode', 'rfd', 'pattern', 'verify', 'doctor', 'demo'])(
    '%s --help describes its options',
    async (command) => {
      const { code, stdout } = await cli(command, '--help');
      expect(code).toBe(0);
      expect(stdout).toMatch(/Usage: semblance/);
      expect(stdout).toContain('--json');
    },
  );

  it("verify without --goldens runs the project's own reference values", async () => {
    const json = lastJson<{ passed: number; failed: number }>(
      await cli('verify', '--device', 'wasm', '--json'),
    );
    expect(json.failed).toBe(0);
    expect(json.passed).toBeGreaterThan(100);
  });

  it('the bundled corpora and the bundled model are where the defaults look', () => {
    const at = (path: string) => existsSync(new URL(`../../${path}`, import.meta.url));
    expect(
      [
        'public/corpora/scenes/sup.jsonl',
        'public/corpora/sts/dev.tsv',
        'models/pocket/model.safetensors',
      ].filter((p) => !at(p)),
    ).toEqual([]);
  });
});
