// The table of WASM kernels and their arguments (kernels/wasm/signatures.ts): what is generated from it is up to date, the
// AssemblyScript compiler lays the arguments out as the runtime writes them, and callers are checked against it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  argsClass,
  ARGUMENTS_FILE,
  argumentsSource,
  BINARY_FILE,
  binarySource,
  compile,
  DISPATCH_FILE,
  dispatchSource,
  KERNELS_FOLDER,
} from '../../src/cli/compileKernels.ts';
import type { WasmRuntime } from '../../src/kernels/wasm/runtime.ts';
import { RECORDS, SIGNATURES, type Layout } from '../../src/kernels/wasm/signatures.ts';

/** Every layout by the name of its class in AssemblyScript. */
const LAYOUTS: [name: string, layout: Layout][] = [
  ...Object.entries(SIGNATURES).map(([kernel, { args }]): [string, Layout] => [argsClass(kernel), args]),
  ...Object.entries(RECORDS),
];

const checkedIn = (file: string) => readFileSync(join(KERNELS_FOLDER, file), 'utf8');

describe('what is generated from the table (npm run kernels)', () => {
  it('is checked in as it is generated: arguments, dispatch and binary', async () => {
    expect(checkedIn(ARGUMENTS_FILE)).toBe(argumentsSource());
    expect(checkedIn(DISPATCH_FILE)).toBe(dispatchSource());
    expect(checkedIn(BINARY_FILE) === (await binarySource())).toBe(true);
  });

  it('calls every kernel by its place in the table, with the class of its own arguments', () => {
    Object.keys(SIGNATURES).forEach((name, number) => {
      const call = `case ${number}:\n      ${name}(changetype<${argsClass(name)}>(args), chunk, workspace);`;
      expect(dispatchSource()).toContain(call);
    });
  });
});

describe('arguments in memory', () => {
  it('are where the runtime writes them: the n-th at word n, without gaps', async () => {
    const probes = LAYOUTS.flatMap(([name, layout]) => [
      ...Object.keys(layout).map(
        (field) =>
          `export function ${name}_${field}(): usize { return offsetof<args.${name}>(${JSON.stringify(field)}); }`,
      ),
      `export function ${name}_(): usize { return offsetof<args.${name}>(); }`,
    ]);
    const offsets = await compiled(`import * as args from './arguments.as';\n${probes.join('\n')}`);
    for (const [name, layout] of LAYOUTS) {
      const fields = Object.keys(layout);
      fields.forEach((field, i) => expect(offsets[`${name}_${field}`]!(), `${name}.${field}`).toBe(4 * i));
      expect(offsets[`${name}_`]!(), name).toBe(4 * fields.length);
    }
  });
});

/** The functions of an AssemblyScript source beside the checked-in arguments. */
async function compiled(source: string): Promise<Record<string, () => number>> {
  const files: Record<string, string> = { 'probe.ts': source, 'arguments.as.ts': checkedIn(ARGUMENTS_FILE) };
  const binary = await compile('probe.ts', ['--runtime', 'stub'], (name) => files[name] ?? null);
  const { instance } = await WebAssembly.instantiate(binary);
  return instance.exports as Record<string, () => number>;
}

// Checked by the TypeScript compiler alone; never called.
export function callersAreChecked(runtime: WasmRuntime, x: tf.TensorInfo): void {
  const sizes = { rowCount: 1, width: 1, columnsPerChunk: 1 };
  runtime.run('columnSum', { x, sums: x, ...sizes }, 1);
  // @ts-expect-error -- `sums` is missing
  runtime.run('columnSum', { x, ...sizes }, 1);
  // @ts-expect-error -- `total` is no argument of this kernel
  runtime.run('columnSum', { x, sums: x, total: x, ...sizes }, 1);
  // @ts-expect-error -- `x` is a tensor, not an address
  runtime.run('columnSum', { x: 64, sums: x, ...sizes }, 1);
  // @ts-expect-error -- there is no such kernel
  runtime.run('columnSums', { x, sums: x, ...sizes }, 1);
  // @ts-expect-error -- an optional tensor is named all the same: `rows: undefined`
  runtime.run('packPanels', { ...({} as Omit<Parameters<typeof runtime.run<'packPanels'>>[1], 'rows'>) }, 1);
  // @ts-expect-error -- `count` is missing
  runtime.writeTable('SumPiece', [{ x: 64 }]);
}
