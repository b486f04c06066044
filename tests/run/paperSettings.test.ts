// The plane's legend, the recorded settings and the paper's figures name the same domains.
import { expect, it } from 'vitest';
import { PAPER_DOMAINS, PAPER_SETTINGS } from '../../src/run/paperSettings.ts';

it('lists the domains of the paper’s settings, in their order', () => {
  expect([...PAPER_DOMAINS]).toEqual([...new Set(PAPER_SETTINGS.map(({ setting }) => setting.domain))]);
});
