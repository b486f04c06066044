// The time of one fixed forward pass on the started device. The page predicts from it how long a run takes with another
// encoder. Nothing of a run is touched: the weights are uploaded for this and disposed of again.
import * as tf from '@tensorflow/tfjs-core';
import { encode } from '../encoder/encoder.ts';
import type { LoadedModel } from '../encoder/folder.ts';
import { Parameters } from '../encoder/parameters.ts';
import { pool } from '../encoder/pooling.ts';
import { assertDeviceSound } from '../kernels/deviceHealth.ts';
import { readBack } from '../kernels/readBack.ts';
import { padRows } from '../tokenizer/pad.ts';
import type { DeviceName } from '../util/devices.ts';

const ROWS = 32;
const LENGTH = 32;
/** Passes that a GPU is given before it is waited for, as in training: waiting would cost more than a pass. */
const QUEUED = 8;
/** No further pass begins after this many milliseconds, the one that warms up included. */
const BUDGET = 50;
const ROUNDS = 3;

/** Milliseconds of a forward pass of 32 sentences of 32 tokens; the fastest of up to three, after one to warm up. */
export async function forwardTime(model: LoadedModel, device: DeviceName): Promise<number> {
  const { config } = model;
  const ids = Array.from({ length: LENGTH }, (_, i) => i % config.vocabulary);
  const batch = padRows(
    Array.from({ length: ROWS }, () => ids),
    config.padId,
  );
  const parameters = new Parameters(model.tensors);
  const time = async (passes: number) => {
    const from = performance.now();
    let last: tf.Tensor | undefined;
    for (let pass = 0; pass < passes; pass++) {
      last?.dispose();
      last = tf.tidy(() => pool(encode(parameters, config, batch), batch, 'mean'));
    }
    if (last) await readBack(last);
    last?.dispose();
    assertDeviceSound();
    return (performance.now() - from) / passes;
  };
  try {
    const started = performance.now();
    await time(1);
    let best = Infinity;
    for (let round = 0; round < ROUNDS; round++) {
      if (round > 0 && performance.now() - started > BUDGET) break;
      best = Math.min(best, await time(device === 'webgpu' ? QUEUED : 1));
    }
    return best;
  } finally {
    parameters.dispose();
  }
}
