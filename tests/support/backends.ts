// One suite, every backend: what cannot run is skipped visibly, with its reason.
import { beforeAll, describe } from 'vitest';
import { startDevice } from '../../src/kernels/backend.ts';
import type { DeviceInfo } from '../../src/util/devices.ts';
import { nodeHost } from '../../src/cli/node/gpu.ts';

export type BackendName = 'cpu' | 'wasm' | 'software';
export const BACKENDS: readonly BackendName[] = ['cpu', 'wasm', 'software'];

/** Why a backend cannot run here at all; undefined when it can. */
export function whyNot(backend: BackendName): string | undefined {
  if (backend !== 'software' || process.env.VK_ICD_FILENAMES !== undefined) return undefined;
  return 'no software Vulkan driver was found (npm test looks for the one that Chromium brings)';
}

/** Starts a backend for the tests of a file. */
export function start(backend: BackendName): Promise<DeviceInfo> {
  return startDevice(backend, nodeHost(backend === 'software'));
}

/** Runs a suite once per backend; the backend is started before its tests. */
export function eachBackend(suite: (backend: BackendName) => void, backends = BACKENDS): void {
  for (const backend of backends) {
    const reason = whyNot(backend);
    const title = reason === undefined ? backend : `${backend} (skipped: ${reason})`;
    describe.skipIf(reason !== undefined)(title, () => {
      beforeAll(() => start(backend));
      suite(backend);
    });
  }
}
