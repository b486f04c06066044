// The gate decides whether a training takes its next step: a wrong answer is a training that runs while paused, or
// hangs forever.
import { expect, it } from 'vitest';
import { Gate } from '../../src/worker/gate.ts';

/** Is the promise fulfilled after everything that is due has run? */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await new Promise((resolve) => setTimeout(resolve, 5));
  return done;
}

it('is closed at first, opens for one step, and closes again', async () => {
  const gate = new Gate();
  const first = gate.wait();
  expect(await settled(first)).toBe(false);
  gate.stepOnce();
  expect(await first).toBe('step');
  expect(await settled(gate.wait())).toBe(false);
});

it('lets every step through while playing, and none after a pause', async () => {
  const gate = new Gate();
  gate.play(null);
  for (let step = 0; step < 5; step++) expect(await gate.wait()).toBe('step');
  gate.pause();
  expect(await settled(gate.wait())).toBe(false);
});

it('wake() ends the wait without a step, or the next wait if there is none now', async () => {
  const gate = new Gate();
  gate.wake();
  expect(await gate.wait()).toBe('woken');
  const waiting = gate.wait();
  gate.wake();
  expect(await waiting).toBe('woken');
});

it('limits the speed: the second step waits, and a pause meanwhile holds it back', async () => {
  const gate = new Gate();
  gate.play(0.5);
  expect(await gate.wait()).toBe('step');
  const second = gate.wait();
  expect(await settled(second)).toBe(false);
  gate.pause();
  gate.play(null);
  expect(await second).toBe('step');
});

it('does not wait after it was cancelled', async () => {
  const gate = new Gate();
  const waiting = gate.wait();
  gate.cancel();
  expect(await waiting).toBe('cancelled');
  expect(await gate.wait()).toBe('cancelled');
});
