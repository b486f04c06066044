// A long run that watches memory: `npm run soak -- [steps] [device]`. Not part of `npm test` (it takes minutes);
// that the tensor count is equal after each step is, in tests/trainer/train.test.ts.
import { memory } from '@tensorflow/tfjs-core';
import { fileURLToPath } from 'node:url';
import { domainFiles, loadGroups, loadPairs, openModel } from '../src/cli/node/files.ts';
import { nodeHost } from '../src/cli/node/gpu.ts';
import { startDevice } from '../src/kernels/backend.ts';
import type { DeviceChoice } from '../src/util/devices.ts';
import { configSchema } from '../src/run/config.ts';
import { TrainingSession } from '../src/trainer/session.ts';

const steps = Number(process.argv[2] ?? 2000);
const choice = (process.argv[3] ?? 'wasm') as DeviceChoice;
const path = (relative: string) => fileURLToPath(new URL(`../${relative}`, import.meta.url));

const device = await startDevice(choice, nodeHost(choice === 'software'));
const setting = { domain: 'scenes', pattern: 'sts_ht' } as const;
const files = domainFiles(path('public/corpora'), setting);
const session = new TrainingSession({
  setting,
  config: configSchema.parse({
    batch: 16,
    generatedBatch: 4,
    steps,
    measureCap: 100,
    pooling: 'mean',
    freezeEmbeddings: false,
  }),
  groups: (await loadGroups(files)).groups,
  sts: (await loadPairs(path('public/corpora/sts/dev.tsv'))).pairs.slice(0, 60),
  model: await openModel(path('models/pocket')),
  device,
  files,
});
const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
console.log('step   tensors  tensor MiB  process MiB  heap MiB');
while (session.step < steps) {
  await session.update();
  if (session.step % 50 === 0) await session.evaluate();
  if (session.step % 100 === 0) await session.state.checkpointFiles();
  if (session.step % Math.ceil(steps / 10) === 0 || session.step === 10) {
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    const { numTensors, numBytes } = memory();
    console.log(
      [session.step, numTensors, megabytes(numBytes), megabytes(rss), megabytes(heapUsed)]
        .map((v, i) => String(v).padStart([4, 9, 11, 12, 9][i]!))
        .join(' '),
    );
  }
}
session.dispose();
console.log(`tensors left after dispose: ${memory().numTensors}`);
process.exit(0);
