// Whether an adapter computes on the CPU decides which device is chosen and how its kernels are configured.
import { describe, expect, it } from 'vitest';
import { isSoftwareAdapter, type AdapterFacts } from '../../src/kernels/softwareAdapter.ts';
import { kernelConfigFor } from '../../src/kernels/tuning.ts';

const ADAPTERS: [string, boolean, AdapterFacts['info']][] = [
  ['SwiftShader', true, { vendor: 'google', architecture: 'swiftshader' }],
  ['SwiftShader without an architecture', true, { vendor: 'google' }],
  ['llvmpipe', true, { vendor: 'mesa', description: 'llvmpipe (LLVM 15.0.6, 256 bits)' }],
  ['lavapipe', true, { vendor: 'mesa', architecture: 'lavapipe' }],
  ['softpipe', true, { description: 'softpipe' }],
  ['WARP', true, { vendor: 'microsoft', architecture: 'warp' }],
  ['Basic Render Driver', true, { vendor: 'microsoft', description: 'Microsoft Basic Render Driver' }],
  ['an adapter that says so', true, { vendor: 'any', isFallbackAdapter: true }],
  ['NVIDIA', false, { vendor: 'nvidia', architecture: 'hopper' }],
  ['a name that only begins like WARP', false, { vendor: 'nvidia', description: 'NVIDIA Warpspeed' }],
  ['Apple', false, { vendor: 'apple', architecture: 'metal-3' }],
  [
    'Intel',
    false,
    { vendor: 'intel', architecture: 'gen-12lp', description: 'Intel(R) Iris(R) Xe Graphics' },
  ],
  ['Qualcomm', false, { vendor: 'qualcomm', architecture: 'adreno-7xx' }],
  ['AMD', false, { vendor: 'amd', architecture: 'rdna-3' }],
  ['Arm', false, { vendor: 'arm', architecture: 'valhall' }],
  ['a Microsoft adapter over a hardware GPU', false, { vendor: 'microsoft', description: 'D3D12 (NVIDIA)' }],
  ['an adapter that says nothing', false, {}],
];

describe('isSoftwareAdapter', () => {
  it.each(ADAPTERS)('%s: %s', (_, software, info) => {
    expect(isSoftwareAdapter({ info })).toBe(software);
  });

  it('believes the adapter where older browsers have the word', () => {
    expect(isSoftwareAdapter({ info: { vendor: 'any' }, isFallbackAdapter: true })).toBe(true);
  });
});

describe('the configuration of kernels', () => {
  it.each(ADAPTERS)('follows the same decision: %s', (_, software, info) => {
    const blank = { vendor: '', architecture: '', device: '', description: '' };
    const device: unknown = { adapterInfo: { ...blank, ...info }, features: new Set(), limits: {} };
    expect(kernelConfigFor({ device: device as GPUDevice }).software).toBe(software);
  });
});
