// What of ours this benchmark did not run, so that a figure is never read as covering it.
import * as tf from '@tensorflow/tfjs-core';
import { webGpuBackend } from '../../src/kernels/tfjsBackends.ts';
import {
  f16Unsupported,
  subgroupMatrixUnsupported,
  subgroupsUnsupported,
} from '../../src/kernels/capabilities.ts';
import { kernelConfigFor } from '../../src/kernels/tuning.ts';
import type { Profile } from './profile.ts';

const BACKENDS = ['webgpu', 'wasm', 'cpu'];

function ourKernels(backend: string): string[] {
  return tf
    .getKernelsForBackend(backend)
    .map(({ kernelName }) => kernelName)
    .filter((name) => name.startsWith('Semblance'))
    .sort();
}

/** Variants of our kernels that were not run, with the reason. */
export function variantsNotRun(): string[] {
  if (tf.getBackend() !== 'webgpu')
    return ['not run, since they are for webgpu: F16 products, subgroup matrices, sums by subgroups'];
  const { device } = webGpuBackend();
  const { software, precision, subgroups, matrix } = kernelConfigFor(webGpuBackend());
  const half = precision === 'f16';
  const processor = software ? 'on a processor each invocation does best alone' : undefined;
  const f32 = half ? undefined : 'F32 was measured (--precision f16)';
  const variants = [
    { name: 'products in F32', ran: !half, why: 'F16 was measured (--precision f32)' },
    { name: 'products in F16', ran: half, why: f16Unsupported(device) ?? f32 },
    {
      name: 'products by subgroup matrices',
      ran: half && matrix !== undefined,
      why: subgroupMatrixUnsupported(device) ?? f32 ?? processor,
    },
    { name: 'sums by subgroups', ran: subgroups === true, why: subgroupsUnsupported(device) ?? processor },
  ];
  return variants
    .filter(({ ran }) => !ran)
    .map(({ name, why }) => `not run: ${name}; ${why ?? 'not taken on this device'}`);
}

/** @param step the profile of a step of ours */
export function notRun(step: Profile): string[] {
  const here = tf.getBackend();
  const called = new Set(step.kernels.map(({ kernel }) => kernel));
  const idle = ourKernels(here).filter((name) => !called.has(name));
  const lines = idle.length ? [`not called by the profiled step on ${here}: ${idle.join(', ')}`] : [];
  for (const backend of BACKENDS) {
    const kernels = ourKernels(backend);
    if (backend === here || kernels.length === 0) continue;
    lines.push(`not run, since they are for ${backend}: ${kernels.join(', ')}`);
  }
  return [...lines, ...variantsNotRun()];
}
