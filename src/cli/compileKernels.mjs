// Compiles the WASM kernels: src/kernels/**/*.as.ts -> src/kernels/wasm/binary.ts. Used by `npm run kernels` and by a test.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'kernels', 'wasm');

/** The compiled module. @throws Error with what the compiler says */
export async function compileKernels() {
  let binary;
  const flags =
    '-O3 --runtime stub --noAssert --noExportMemory --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536 --enable simd --enable threads --disableWarning 112';
  const { error, stderr } = await asc.main(
    [join(folder, 'module.as.ts'), ...flags.split(' '), '--baseDir', folder, '-o', 'kernels.wasm'],
    { writeFile: (name, contents) => name.endsWith('.wasm') && (binary = contents) },
  );
  if (error || !binary) throw new Error(`${error?.message ?? 'nothing was compiled'}\n${stderr.toString()}`);
  return binary;
}

/** The text of binary.ts. */
export async function binarySource() {
  const base64 = Buffer.from(await compileKernels()).toString('base64');
  return [
    '// Made by `npm run kernels` from the *.as.ts files; do not edit.',
    `export const KERNELS_BASE64 =\n  '${base64}';\n`,
  ].join('\n');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync(join(folder, 'binary.ts'), await binarySource());
