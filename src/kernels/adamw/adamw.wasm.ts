// AdamW and the gradient's norm on WASM, with all parameters in one call.
import { fromList, registerKernel } from '../kernelToken.ts';
import { sizeOf } from '../tfjsBackends.ts';
import type { WasmRuntime } from '../wasm/runtime.ts';
import { ADAMW, SQUARED_NORM } from './adamw.ts';

/** The most elements per piece; a multiple of 4. */
const MAX_PIECE = 16384;

/** Splits a range of elements into pieces. */
function pieces<T>(size: number, piece: (offset: number, count: number) => T): T[] {
  return Array.from({ length: Math.ceil(size / MAX_PIECE) }, (_, i) => {
    const first = i * MAX_PIECE;
    return piece(4 * first, Math.min(MAX_PIECE, size - first));
  });
}

export function registerAdamWOnWasm(runtime: WasmRuntime): void {
  registerKernel(ADAMW, 'wasm', (inputs, attributes) => {
    const { beta1, beta2, rate, epsilon, decayFirst, count, decayFactor, decayed } = attributes;
    const records = Array.from({ length: count }, (_, i) => {
      const address = (name: 'p' | 'g' | 'm' | 'v') => runtime.addressOf(inputs[`${name}${i}`]!);
      const [p, g, m, v] = [address('p'), address('g'), address('m'), address('v')];
      const stretch = (start: number, size: number, factor: number) =>
        pieces(size, (bytes, elements) => {
          const offset = 4 * start + bytes;
          return {
            p: p + offset,
            g: g + offset,
            m: m + offset,
            v: v + offset,
            count: elements,
            decayFactor: factor,
          };
        });
      // The decayed elements of a parameter, then the others.
      const first = decayed[i]!;
      return [...stretch(0, first, decayFactor), ...stretch(first, sizeOf(inputs[`p${i}`]!) - first, 1)];
    }).flat();
    const scalars = { beta1, beta2, oneMinusBeta1: 1 - beta1, oneMinusBeta2: 1 - beta2, rate, epsilon };
    const table = runtime.writeTable('AdamWPiece', records);
    runtime.run('adamW', { pieces: table, factor: inputs.factor, ...scalars, decayFirst }, records.length);
    return {};
  });
  registerKernel(SQUARED_NORM, 'wasm', (inputs, { count }) => {
    const tensors = fromList('x', inputs, count);
    const total = runtime.output([]);
    const records = tensors.flatMap((tensor) => {
      const x = runtime.addressOf(tensor);
      return pieces(sizeOf(tensor), (offset, elements) => ({ x: x + offset, count: elements }));
    });
    const sums = runtime.scratchMemory(8 * records.length);
    runtime.run('sumSquares', { pieces: runtime.writeTable('SumPiece', records), sums }, records.length);
    runtime.run('addSums', { sums, count: records.length, total }, 1);
    return { norm: total };
  });
}
