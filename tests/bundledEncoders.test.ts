// Which encoders a build of the page offers: those whose folder is complete when it is built.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ENCODER_FILES } from '../src/run/encoders.ts';
import { OFFERED_ENCODERS } from '../src/app/state/offeredEncoders.ts';
import { bundledEncoders } from '../vite.models.ts';

let folder = '';
const add = (name: string, files: readonly string[] = ENCODER_FILES) => {
  mkdirSync(join(folder, name), { recursive: true });
  for (const file of files) writeFileSync(join(folder, name, file), '');
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'semblance-models-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('the default one alone, where no other is there', () => {
  add('pocket');
  add('recipe', ['README.md']);
  expect(bundledEncoders(folder)).toEqual(['pocket']);
});

it('every known one that is there, and no folder that is not in the table', () => {
  add('mini');
  add('pocket');
  add('huge');
  expect(bundledEncoders(folder)).toEqual(['pocket', 'mini']);
});

it('not one that lacks a file', () => {
  add('pocket');
  add('mini', ENCODER_FILES.slice(1));
  expect(bundledEncoders(folder)).toEqual(['pocket']);
});

it('no page without the default one', () => {
  add('mini');
  expect(() => bundledEncoders(folder)).toThrow(/needs the encoder pocket: .*model\.safetensors/);
});

it('the page offers exactly those of this checkout', () => {
  expect(OFFERED_ENCODERS).toEqual(bundledEncoders());
});
