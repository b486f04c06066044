// Measuring the device between two steps must not change a run.
import { expect, it } from 'vitest';
import { playToEnd, startCommand, startTraining, stepOnce } from './harness.ts';

it('a run has the same numbers with and without it', async () => {
  const plain = await startTraining(startCommand());
  await playToEnd(plain);
  await plain.training.stop();

  const measured = await startTraining(startCommand());
  expect(await measured.training.forwardTime()).toBeGreaterThan(0);
  await stepOnce(measured, 1);
  expect(await measured.training.forwardTime()).toBeGreaterThan(0);
  await playToEnd(measured);
  await measured.training.stop();

  expect(measured.page.record()).toEqual(plain.page.record());
});
