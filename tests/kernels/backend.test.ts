// What computes is decided once, at the start, and said aloud: a silent slow device, or a named one that is quietly
// replaced, would spoil every number of a run. Hosts are faked, so the ladder is tested on machines of every kind.
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { findAdapter } from '../../src/kernels/adapter.ts';
import { startDevice, type BackendHost } from '../../src/kernels/backend.ts';
import { assertDeviceSound } from '../../src/kernels/deviceHealth.ts';
import type { DeviceChoice } from '../../src/util/devices.ts';
import { Failure, messageOf } from '../../src/util/failure.ts';
import { eachBackend, start } from '../support/backends.ts';

interface FakeAdapter {
  vendor?: string;
  architecture?: string;
  device?: string;
  description?: string;
  /** Where WebGPU says it now, and where it used to. */
  isFallbackAdapter?: boolean;
  formerly?: boolean;
}

/** An adapter whose device never starts: what is found is tested, not what it computes. */
function adapter({ formerly, ...info }: FakeAdapter): GPUAdapter {
  const blank = { vendor: '', architecture: '', device: '', description: '' };
  return {
    info: { ...blank, ...info },
    isFallbackAdapter: formerly,
    features: new Set(['shader-f16']),
    limits: {},
    requestDevice: () => Promise.reject(new Error('out of memory.\nsecond line')),
  } as unknown as GPUAdapter;
}

/** @param offered what the machine has: the first that fits is given. */
function host(...offered: GPUAdapter[]): BackendHost {
  const isSoftware = ({ info }: GPUAdapter) => info.isFallbackAdapter;
  const gpu = {
    requestAdapter: async ({ forceFallbackAdapter = false }: GPURequestAdapterOptions = {}) =>
      offered.find((a) => !forceFallbackAdapter || isSoftware(a)) ?? null,
  };
  return { gpu: async () => gpu as GPU };
}

const NO_GPU: BackendHost = { gpu: async () => 'no Vulkan driver is installed.' };
const NVIDIA = adapter({ vendor: 'nvidia', architecture: 'hopper', device: '0x2330' });
const SWIFTSHADER = adapter({ vendor: 'google', architecture: 'swiftshader', isFallbackAdapter: true });

async function refusal(choice: DeviceChoice, at: BackendHost): Promise<string> {
  const error: unknown = await startDevice(choice, at).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Failure);
  return messageOf(error);
}

describe('findAdapter', () => {
  const found = async (offered: FakeAdapter) => {
    const description = await findAdapter(host(adapter(offered)));
    if (typeof description === 'string') throw new Error(description);
    return [description.detail, description.software];
  };

  it('describes an adapter with what it tells', async () => {
    expect(await found({ vendor: 'amd', architecture: 'rdna-3', description: 'RX', device: '0x1' })).toEqual([
      'amd rdna-3 RX',
      false,
    ]);
    expect(await found({ vendor: 'intel', device: '0x46a6' })).toEqual(['intel 0x46a6', false]);
    expect(await found({})).toEqual(['unnamed adapter', false]);
  });

  it.each<FakeAdapter>([
    { vendor: 'google', architecture: 'swiftshader' },
    { vendor: 'mesa', description: 'llvmpipe (LLVM 15.0.6, 256 bits)' },
    { vendor: 'microsoft', architecture: 'warp' },
    { description: 'Microsoft Basic Render Driver' },
    { vendor: 'any', isFallbackAdapter: true },
    { vendor: 'any', formerly: true },
  ])('knows one that runs on the processor: %o', async (offered) => {
    expect((await found(offered))[1]).toBe(true);
  });

  it('does not take a hardware GPU for one', async () => {
    expect((await found({ vendor: 'nvidia', description: 'NVIDIA Warpspeed' }))[1]).toBe(false);
  });

  it('prefers the one on the processor only when told to', async () => {
    const both = host(NVIDIA, SWIFTSHADER);
    expect(await findAdapter(both)).toMatchObject({ software: false });
    expect(await findAdapter(both, true)).toMatchObject({ software: true });
    expect(await findAdapter(host(NVIDIA), true)).toMatchObject({ software: false });
  });

  it('says why there is none', async () => {
    expect(await findAdapter(NO_GPU)).toMatch(/no Vulkan driver/);
    expect(await findAdapter(host())).toMatch(/no adapter/);
    const broken = { requestAdapter: () => Promise.reject(new Error('blocked')) } as unknown as GPU;
    expect(await findAdapter({ gpu: async () => broken })).toMatch(/failed to start \(blocked\)/);
    expect(await findAdapter({ gpu: () => Promise.reject(new Error('no')) })).toMatch(
      /failed to start \(no\)/,
    );
  });
});

describe('device "auto"', () => {
  it.each([
    ['without WebGPU', NO_GPU, /^no GPU: no Vulkan driver/],
    ['without an adapter', host(), /^no GPU: .*offers no adapter/],
    ['with a software adapter', host(SWIFTSHADER), /google swiftshader.*runs on the processor, where WASM/],
    ['with a GPU that does not start', host(NVIDIA), /^the GPU \(nvidia hopper 0x2330\).*: out of memory$/],
  ])('%s takes wasm and says why', async (_, at, reason) => {
    const device = await startDevice('auto', at);
    expect(device).toMatchObject({ name: 'wasm', reason: expect.stringMatching(reason) });
    expect(device.detail).toMatch(/^WebAssembly/);
    expect(tf.getBackend()).toBe('wasm');
  });
});

describe('a device asked for by name', () => {
  it('that is there is started, and its reason is that', async () => {
    expect(await startDevice('wasm', host(NVIDIA))).toMatchObject({ name: 'wasm', reason: 'requested' });
    expect(await startDevice('cpu', NO_GPU)).toMatchObject({ name: 'cpu' });
    expect(tf.getBackend()).toBe('cpu');
  });

  it('that is not there is refused, with what to use', async () => {
    expect(await refusal('webgpu', NO_GPU)).toMatch(/"webgpu" is not available: no Vulkan.*--device wasm/);
    expect(await refusal('software', host())).toMatch(/"software" is not available: .*--device wasm/);
    expect(await refusal('webgpu', host(SWIFTSHADER))).toMatch(
      /google swiftshader.*--device wasm.*--device software/,
    );
    expect(await refusal('software', host(NVIDIA))).toMatch(/nvidia hopper.*--device webgpu/);
  });

  it('that does not start is refused, with what to use', async () => {
    const advice = /\(nvidia hopper 0x2330\) could not be started: out of memory\. Use --device wasm/;
    expect(await refusal('webgpu', host(NVIDIA))).toMatch(advice);
    expect(await refusal('software', host(NVIDIA, SWIFTSHADER))).toMatch(/google swiftshader.*could not/);
  });

  it('leaves the device in use alone when it is refused', async () => {
    await startDevice('cpu', NO_GPU);
    await refusal('webgpu', host(NVIDIA));
    expect(tf.getBackend()).toBe('cpu');
  });
});

describe('a WebGPU device on', () => {
  eachBackend(() => {
    const device = () => (tf.backend() as unknown as { device: GPUDevice }).device;
    const settled = () => device().queue.onSubmittedWorkDone();

    it('is sound until it refuses a command, and a fresh start forgets it', async () => {
      expect(tf.getBackend()).toBe('webgpu');
      expect(assertDeviceSound).not.toThrow();
      device().createBuffer({ size: 16, usage: 0 });
      await settled();
      expect(assertDeviceSound).toThrow(/refused a command: .*[^.]\. The last checkpoint is kept/);
      await start('software');
      expect(assertDeviceSound).not.toThrow();
    });

    it('is not sound when it is lost, and another device takes over', async () => {
      const { lost } = device();
      device().destroy();
      await lost;
      expect(assertDeviceSound).toThrow(/device was lost: .*--device wasm/);
      await start('wasm');
      expect(assertDeviceSound).not.toThrow();
      expect(await tf.tidy(() => tf.add(tf.scalar(1), 2)).data()).toEqual(Float32Array.of(3));
    });

    it('can be started again and again', async () => {
      for (let i = 0; i < 3; i++) {
        expect(await start('software')).toMatchObject({ name: 'software', reason: 'requested' });
        expect(await tf.tidy(() => tf.sum(tf.add(tf.fill([2000], 1), 2))).data()).toEqual(
          Float32Array.of(6000),
        );
      }
    });
  }, ['software']);
});
