// Where a browser is slow to answer, it is asked again and again, and no longer than the answer takes.
import * as tf from '@tensorflow/tfjs-core';
import { expect, it, vi } from 'vitest';
import { withPolling, readBack } from '../../src/kernels/readBack.ts';
import { eachBackend } from '../support/backends.ts';

const rest = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

it('submits nothing until the answer comes, and never after it', async () => {
  const queue = { submit: vi.fn() };
  let answer: (value: number) => void = () => {};
  const asked = withPolling(new Promise<number>((resolve) => (answer = resolve)), queue);
  await vi.waitFor(() => expect(queue.submit.mock.calls.length).toBeGreaterThan(2));
  expect(queue.submit.mock.calls.every(([commands]) => commands.length === 0)).toBe(true);
  answer(7);
  expect(await asked).toBe(7);
  const count = queue.submit.mock.calls.length;
  await rest(20);
  expect(queue.submit).toHaveBeenCalledTimes(count);
});

it('stops asking when the device is lost', async () => {
  const queue = { submit: vi.fn() };
  await expect(withPolling(Promise.reject(new Error('lost')), queue)).rejects.toThrow('lost');
  await rest(20);
  expect(queue.submit).not.toHaveBeenCalled();
});

eachBackend(() => {
  it('gives the numbers of a tensor', async () => {
    const tensor = tf.tensor1d([1, 2, 3]);
    const doubled = tf.mul(tensor, 2);
    vi.stubGlobal('navigator', {
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    });
    try {
      expect([...(await readBack(doubled))]).toEqual([2, 4, 6]);
    } finally {
      vi.unstubAllGlobals();
    }
    tf.dispose([tensor, doubled]);
  });
});
