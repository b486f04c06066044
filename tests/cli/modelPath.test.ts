// Encoders by name on the command line: a bundled one, wherever the caller stands, and never in place of a folder.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_MODEL, modelPath } from '../../src/cli/modelPath.ts';
import { ENCODER_FILES } from '../../src/run/encoders.ts';
import { cli } from '../support/cli.ts';

let models = '';
beforeAll(() => {
  models = mkdtempSync(join(tmpdir(), 'semblance-names-'));
  mkdirSync(join(models, 'mini'));
  for (const file of ENCODER_FILES) writeFileSync(join(models, 'mini', file), '');
});
afterAll(() => {
  rmSync(models, { recursive: true });
});

describe('the encoder of --model', () => {
  it('is a bundled one by its name', () => {
    expect(modelPath('pocket')).toBe(DEFAULT_MODEL);
    expect(modelPath('mini', models)).toBe(join(models, 'mini'));
  });

  it('is a folder by its path, existing or not', () => {
    for (const path of [models, 'nowhere', 'models/pocket', './mini', 'constructor'])
      expect(modelPath(path)).toBe(path);
  });

  it('is refused when the bundled one is not in this checkout', () => {
    expect(() => modelPath('pocket', models)).toThrow(
      /The bundled encoder pocket is not here: .*pocket has no config\.json, .*Take --model pocket, or a folder/,
    );
  });
});

it('a command takes a name: eval of the bundled encoder', async () => {
  const pairs = join(models, 'pairs.tsv');
  writeFileSync(
    pairs,
    '5\tA dog runs.\tA dog is running.\n1\tA dog runs.\tThe cake is sweet.\n3\tA cat.\tA dog.\n',
  );
  const result = await cli('eval', '--model', 'pocket', '--sts', pairs, '--device', 'wasm', '--json');
  expect(result.stderr).not.toMatch(/no model folder/);
  expect(result.code).toBe(0);
});
