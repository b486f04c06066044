// Finds a WebGPU adapter, and requests the device that kernels need from it.
import { messageOf } from '../util/failure.ts';
import { MATRIX_FEATURE } from './capabilities.ts';
import { isSoftwareAdapter } from './softwareAdapter.ts';

/** A host's WebGPU entry point, or a sentence that explains why there is none. */
export interface GpuHost {
  gpu(): Promise<GPU | string>;
}

/** An adapter as WebGPU describes it. */
export interface AdapterDescription {
  adapter: GPUAdapter;
  detail: string;
  /** Whether it computes on the CPU. */
  software: boolean;
}

/**
 * The default WebGPU adapter with its description; or a sentence that explains why there is none.
 * @param software prefer a software adapter, even on a machine with a GPU
 */
export async function findAdapter(host: GpuHost, software = false): Promise<AdapterDescription | string> {
  try {
    const gpu = await host.gpu();
    if (typeof gpu === 'string') return gpu;
    const adapter =
      (software ? await gpu.requestAdapter({ forceFallbackAdapter: true }) : null) ??
      (await gpu.requestAdapter({ powerPreference: 'high-performance' }));
    if (!adapter) return 'WebGPU is available but offers no adapter (no GPU driver).';
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

/** Requests a device with all features that kernels use and the adapter offers, and with its largest limits. */
export function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const { features, limits } = adapter;
  return adapter.requestDevice({
    requiredFeatures: WANTED_FEATURES.filter((feature) => features.has(feature)) as GPUFeatureName[],
    requiredLimits: {
      maxBufferSize: limits.maxBufferSize,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      // Allows more tensors per dispatch of the optimiser.
      maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    },
  });
}
