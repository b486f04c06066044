// The whole core against numbers that nobody here computed with it: losses, gradients, metrics, encoder, optimiser,
// ten training steps and dropout statistics, on every backend.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { VERIFIERS, verifyGolden } from '../../src/trainer/verify/verify.ts';
import { eachBackend, type BackendName } from '../support/backends.ts';

const FOLDER = new URL('../golden/', import.meta.url);

/** What a backend leaves out, and why. */
const EXCLUSIONS: Partial<Record<BackendName, Record<string, string>>> = {
  cpu: {
    'dropout_statistics.json':
      'plain JavaScript needs a minute for 20,000 small passes; wasm and software run it',
  },
};

/** Files whose numbers come from plain functions: once is enough. */
const PLAIN = [
  'collator.json',
  'logistic_probe.json',
  'match_error_rate.json',
  'prompt.json',
  'rfd.json',
  'spearman.json',
  'transfer.json',
  'alignment_uniformity.json',
];

async function failures(file: string): Promise<string[]> {
  const results = await verifyGolden(file, readFileSync(new URL(file, FOLDER), 'utf8'));
  expect(results.length).toBeGreaterThan(0);
  return results
    .filter(({ ok }) => !ok)
    .map((r) => `${r.name}: ${r.message ?? `${r.maxError} > ${r.tolerance}`}`);
}

describe('reference values of plain functions', () => {
  it.each(PLAIN)('%s', async (file) => {
    expect(await failures(file)).toEqual([]);
  });
});

describe('reference values on', () => {
  eachBackend((backend) => {
    for (const file of Object.keys(VERIFIERS).filter((name) => !PLAIN.includes(name))) {
      const reason = EXCLUSIONS[backend]?.[file];
      it.skipIf(reason !== undefined)(
        reason ? `${file} (skipped: ${reason})` : file,
        async () => {
          expect(await failures(file)).toEqual([]);
        },
        600_000,
      );
    }
  });
});

describe('the check itself', () => {
  it('fails when a reference value is changed, so that it cannot pass by accident', async () => {
    const golden = JSON.parse(readFileSync(new URL('spearman.json', FOLDER), 'utf8')) as {
      cases: { spearman: number }[];
    };
    golden.cases[2]!.spearman += 1e-6;
    const results = await verifyGolden('spearman.json', JSON.stringify(golden));
    expect(results.filter(({ ok }) => !ok)).toHaveLength(1);
  });

  it('reports a damaged or unknown file as a failed case', async () => {
    expect((await verifyGolden('infonce.json', '{"cases": [{}]}'))[0]).toMatchObject({ ok: false });
    expect((await verifyGolden('infonce.json', 'nonsense'))[0]).toMatchObject({ ok: false });
    expect((await verifyGolden('other.json', '{}'))[0]?.message).toMatch(/no verifier/);
  });
});
