// What the table of bundled encoders says of those that are here, against their folders.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_ENCODER, ENCODER_NAMES, ENCODERS, isEncoderName } from '../../src/run/encoders.ts';

const at = (name: string) => join(import.meta.dirname, '..', '..', 'models', name);

describe.each(ENCODER_NAMES)('%s', (name) => {
  const isHere = existsSync(join(at(name), 'model.safetensors'));

  it.skipIf(!isHere && name !== DEFAULT_ENCODER)('is what its folder holds', () => {
    const config = JSON.parse(readFileSync(join(at(name), 'config.json'), 'utf8')) as Record<string, number>;
    const { layers, hidden, megabytes } = ENCODERS[name];
    expect([config.num_hidden_layers, config.hidden_size]).toEqual([layers, hidden]);
    const bytes = readdirSync(at(name))
      .filter((file) => file !== 'CARD.md')
      .reduce((sum, file) => sum + statSync(join(at(name), file)).size, 0);
    expect(Math.abs(bytes / 1e6 - megabytes)).toBeLessThan(0.06);
  });
});

it('the default one costs what the others are compared with', () => {
  expect(ENCODERS[DEFAULT_ENCODER].cost).toBe(1);
  expect(ENCODER_NAMES.filter((name) => ENCODERS[name].cost < 1)).toEqual([]);
});

it('a name is one of the table, not of every object', () => {
  expect(['pocket', 'mini', 'toString', ''].map(isEncoderName)).toEqual([true, true, false, false]);
});
