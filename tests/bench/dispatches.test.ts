// What a whole training step of pocket asks of a WebGPU device once it is warm. Dispatches do not depend on how much
// there is to compute, so few sentences are enough to count them.
import { describe, expect, it } from 'vitest';
import { webGpuBackend } from '../../src/kernels/tfjsBackends.ts';
import { eachBackend } from '../support/backends.ts';
import { counted } from './counts.ts';
import { ours } from './ours.ts';
import { CASES, caseName, SIZES } from './sizes.ts';
import { makeWork } from './work.ts';

describe('a step on', () => {
  eachBackend(() => {
    it.each(CASES.map((kind) => ({ name: caseName(kind), kind })))(
      '$name: fewer than 60 dispatches and no new buffer',
      async ({ kind }) => {
        const stepper = ours(makeWork(SIZES.pocket, { pairs: 4, length: 8 }, kind));
        await stepper.run(0, 4);
        const counts = await counted(webGpuBackend().device, () => stepper.run(4, 1));
        stepper.dispose();
        expect(counts.dispatches).toBeGreaterThan(0);
        expect(counts.dispatches).toBeLessThan(60);
        expect(counts.buffers).toBe(0);
      },
    );
  }, ['software']);
});
