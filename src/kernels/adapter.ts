// Finding a WebGPU adapter, and the device that kernels need of it.
import { messageOf } from '../util/failure.ts';
import { MATRIX_FEATURE } from './capabilities.ts';
import { isSoftwareAdapter } from './softwareAdapter.ts';

/** The entry point of WebGPU on a host, or a sentence that says why there is none. */
export interface GpuHost {
  gpu(): Promise<GPU | string>;
}

/** An adapter as WebGPU describes it. */
export interface AdapterDescription {
  adapter: GPUAdapter;
  detail: string;
  /** Does it compute on the CPU? */
  software: boolean;
}

/**
 * The adapter WebGPU gives, described; or a sentence that says why there is none.
 * @param software prefer a software adapter, on a machine that has a GPU too
 */
export async function findAdapter(host: GpuHost, software = false): Promise<AdapterDescription | string> {
  try {
    const gpu = await host.gpu();
    if (typeof gpu === 'string') return gpu;
    const adapter =
      (software ? await gpu.requestAdapter({ forceFallbackAdapter: true }) : null) ??
      (await gpu.requestAdapter({ powerPreference: 'high-performance' }));
    if (!adapter) return 'WebGPU is there but offers no adapter (no GPU driver).';
    const { vendor, architecture, device, description } = adapter.info;
    const detail =
      [vendor, architecture, description || device].filter((part) => part !== '').join(' ') ||
      'unnamed adapter';
    return { adapter, detail, software: isSoftwareAdapter(adapter) };
  } catch (error) {
    return `WebGPU failed to start (${messageOf(error)}).`;
  }
}

/** Features that kernels may use when the adapter offers them. */
const WANTED_FEATURES = ['shader-f16', 'subgroups', 'timestamp-query', MATRIX_FEATURE];

/** A device with all features that kernels use and the adapter has, and with its largest limits. */
export function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const { features, limits } = adapter;
  return adapter.requestDevice({
    requiredFeatures: WANTED_FEATURES.filter((feature) => features.has(feature)) as GPUFeatureName[],
    requiredLimits: {
      maxBufferSize: limits.maxBufferSize,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      // More tensors share a dispatch of the optimiser.
      maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    },
  });
}
