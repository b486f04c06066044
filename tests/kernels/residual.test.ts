// The operations whose input goes on to a residual, projections and feed-forward, against their compositions differentiated
// on the cpu backend: over odd shapes, with and without what is passed on, and in both forms of WebGPU.
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, describe, it } from 'vitest';
import { webGpuBackend } from '../../src/kernels/tfjsBackends.ts';
import { composedFeedForward, feedForward } from '../../src/kernels/feedForward/feedForward.ts';
import { composedProjections, projections } from '../../src/kernels/projections/projections.ts';
import { setKernelConfig } from '../../src/kernels/tuning.ts';
import { eachBackend } from '../support/backends.ts';
import { expectSameOutcome, normals, oracle, outcome, type Op, type Outcome, type Plain } from './numbers.ts';

interface Case {
  rows: number;
  inputs: number;
  outputs: number;
}

/** T = 1, 17 and 33 of one sentence; hidden 24 to 768; sizes of tiles and next to them; deep sums, which are split. */
const CASES: Case[] = [
  { rows: 1, inputs: 1, outputs: 1 },
  { rows: 1, inputs: 24, outputs: 24 },
  { rows: 17, inputs: 24, outputs: 24 },
  { rows: 33, inputs: 768, outputs: 24 },
  { rows: 17, inputs: 24, outputs: 768 },
  { rows: 33, inputs: 7, outputs: 5 },
  { rows: 65, inputs: 36, outputs: 68 },
  { rows: 1030, inputs: 20, outputs: 12 },
];

const size = fc.integer({ min: 1, max: 9 }).map((x) => (x % 3 ? 4 * x : x));
const DRAWN: Case[] = fc.sample(
  fc.record({ rows: fc.integer({ min: 1, max: 40 }), inputs: size, outputs: size }),
  { numRuns: 8, seed: 4 },
);

/** All that an operation gives, as one tensor whose parts weigh differently. */
function together(parts: (tf.Tensor | undefined)[]): tf.Tensor {
  return tf.concat(parts.filter((part) => part !== undefined).map((part) => tf.reshape(part, [part.size])));
}

const dense = (name: string, { outputs, inputs }: Case) => [
  normals(`${name}.weight`, outputs, inputs),
  normals(`${name}.bias`, outputs),
];

/** @param residual is the input used again, beside the three? */
function projectionsOf(run: typeof projections, residual: boolean): Op {
  return (x, ...given) => {
    const [query, key, value] = [given[0], given[2], given[4]] as tf.Tensor2D[];
    const [queryBias, keyBias, valueBias] = [given[1], given[3], given[5]] as tf.Tensor1D[];
    const { q, k, v, passed } = run(x as tf.Tensor2D, {
      query: query!,
      key: key!,
      value: value!,
      queryBias: queryBias!,
      keyBias: keyBias!,
      valueBias: valueBias!,
    });
    return together([q, k, v, residual ? passed : undefined]);
  };
}

function projectionInputs(given: Case): Plain[] {
  const roles = ['query', 'key', 'value'].flatMap((role) => dense(role, given));
  return [normals('x', given.rows, given.inputs), ...roles];
}

function feedForwardOf(run: typeof feedForward, residual: boolean): Op {
  return (x, inner, innerBias, outer, outerBias) => {
    const { y, passed } = run(x as tf.Tensor2D, {
      inner: inner as tf.Tensor2D,
      innerBias: innerBias as tf.Tensor1D,
      outer: outer as tf.Tensor2D,
      outerBias: outerBias as tf.Tensor1D,
    });
    return together([y, residual ? passed : undefined]);
  };
}

/** Back to the width of the input; weights of a size that leaves values near 1. */
function feedForwardInputs(given: Case): Plain[] {
  const scaled = (inputs: Plain[], width: number) => {
    inputs[0]!.data.forEach((value, i, data) => (data[i] = value / Math.sqrt(width)));
    return inputs;
  };
  const { inputs, outputs } = given;
  return [
    normals('x', given.rows, inputs),
    ...scaled(dense('inner', given), inputs),
    ...scaled(dense('outer', { ...given, inputs: outputs, outputs: inputs }), outputs),
  ];
}

const OPERATIONS = [
  {
    name: 'projections',
    fused: (residual: boolean) => projectionsOf(projections, residual),
    composed: (residual: boolean) => projectionsOf(composedProjections, residual),
    inputs: projectionInputs,
  },
  {
    name: 'feed-forward',
    fused: (residual: boolean) => feedForwardOf(feedForward, residual),
    composed: (residual: boolean) => feedForwardOf(composedFeedForward, residual),
    inputs: feedForwardInputs,
  },
];

const asked = (inputs: (given: Case) => Plain[]) => (given: Case) => ({
  name: `${given.rows} rows, ${given.inputs} to ${given.outputs}`,
  inputs: inputs(given),
});

interface Answered {
  op: Op;
  cases: { name: string; inputs: Plain[]; expected: Outcome }[];
}

/** Every operation, with its input used again and not, and what its composition gives on the cpu backend. */
const operations: { name: string; used: Answered; unused: Answered }[] = [];
for (const { name, fused, composed, inputs } of OPERATIONS) {
  operations.push({
    name,
    used: {
      op: fused(true),
      cases: await oracle(composed(true), [...CASES, ...DRAWN].map(asked(inputs))),
    },
    unused: { op: fused(false), cases: await oracle(composed(false), [CASES[2]!].map(asked(inputs))) },
  });
}

describe('operations before a residual on', () => {
  eachBackend((backend) => {
    afterAll(() => {
      if (backend === 'software') setKernelConfig(webGpuBackend(), { software: true });
    });

    /** On WebGPU in the forms for both kinds of device. */
    async function expectSame(op: Op, { inputs, expected }: { inputs: Plain[]; expected: Outcome }) {
      for (const software of backend === 'software' ? [true, false] : [true]) {
        if (backend === 'software') setKernelConfig(webGpuBackend(), { software });
        expectSameOutcome(await outcome(op, inputs), expected, { absolute: 5e-4, relative: 2e-4 });
      }
    }

    describe.each(operations)('$name', ({ used, unused }) => {
      it.each(used.cases)('$name', (given) => expectSame(used.op, given));
      it.each(unused.cases)('$name, the input not used again', (given) => expectSame(unused.op, given));
    });
  });

  eachBackend(() => {
    it('projections on a device that binds eight buffers at a time: in more dispatches', async () => {
      const inputs = projectionInputs({ rows: 17, inputs: 24, outputs: 12 });
      const whole = await outcome(projectionsOf(projections, true), inputs);
      const { device } = webGpuBackend();
      const value = new Proxy(device.limits, {
        get: (limits, name) =>
          name === 'maxStorageBuffersPerShaderStage' ? 8 : (Reflect.get(limits, name) as unknown),
      });
      Object.defineProperty(device, 'limits', { value, configurable: true });
      try {
        expectSameOutcome(await outcome(projectionsOf(projections, true), inputs), whole);
      } finally {
        Reflect.deleteProperty(device, 'limits');
      }
    });
  }, ['software']);
});
