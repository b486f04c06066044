// The configuration of the kernels for the device in use.
//
// A software (CPU) WebGPU adapter has no fast workgroup memory: there kernels use no barriers and give each
// invocation a lot of work. On a hardware GPU it is the opposite. Which tile of a matrix product is fastest on a GPU
// can be measured (matMul/matMulTuning.webgpu.ts); until then the order below is used.
import { capabilitiesOf, type MatrixShape } from './capabilities.ts';
import { isSoftwareAdapter } from './softwareAdapter.ts';
import type { WebGpuBackend } from './tfjsBackends.ts';

/** How a matrix product is tiled; see matMul/matMul.wgsl.ts. */
export interface Tile {
  kind: 'direct' | 'shared' | 'matrix';
  /** Rows per invocation (per subgroup, for 'matrix'); a multiple of four. */
  rows: number;
  /** Groups of four columns per invocation or subgroup. */
  quads: number;
  /** Invocations (subgroups) of a workgroup along columns and rows. */
  across: number;
  down: number;
  /** Only for 'matrix': the shape that the device multiplies at once. */
  matrix?: MatrixShape;
}

/** Which operands of a product are transposed: first a, then b. */
export type TransposeLayout = 'NN' | 'NT' | 'TN' | 'TT';

/** What matrix products round their operands to; the sums are float32 in both. */
export type Precision = 'f32' | 'f16';

export interface KernelConfig {
  /** Whether the adapter is a software one, which computes on the CPU. Then kernels use no workgroup memory. */
  software: boolean;
  /** Tiles by measured speed; a missing layout uses the default order. */
  tiles?: Partial<Record<TransposeLayout, readonly Tile[]>>;
  /** What matrix products round their operands to; F32 if omitted. Set by usePrecision(). */
  precision?: Precision;
  /** Whether reductions use subgroup operations. */
  subgroups?: boolean;
  /** The subgroup matrices that products in F16 use. */
  matrix?: MatrixShape;
}

/** Tiles without workgroup memory, best first on SwiftShader (two AVX2 cores). */
export const SOFTWARE_TILES: readonly Tile[] = [
  { kind: 'direct', rows: 16, quads: 4, across: 4, down: 1 },
  { kind: 'direct', rows: 8, quads: 4, across: 4, down: 1 },
  { kind: 'direct', rows: 8, quads: 2, across: 4, down: 1 },
  { kind: 'direct', rows: 4, quads: 1, across: 4, down: 1 },
];

/** Tiles for hardware GPUs, from large to small. */
export const HARDWARE_TILES: readonly Tile[] = [
  { kind: 'shared', rows: 8, quads: 2, across: 16, down: 16 },
  { kind: 'shared', rows: 4, quads: 1, across: 16, down: 16 },
  { kind: 'shared', rows: 4, quads: 1, across: 8, down: 8 },
];

/** Tiles of 16 and of 4 subgroup matrices per subgroup: for products in F16 where the device has such matrices. */
export function matrixTiles({ precision, matrix }: KernelConfig): readonly Tile[] {
  if (precision !== 'f16' || !matrix) return [];
  return [4, 2].map((count) => ({
    kind: 'matrix',
    rows: count * matrix.m,
    quads: (count * matrix.n) / 4,
    across: 2,
    down: 2,
    matrix,
  }));
}

/** Tiles for hardware GPUs whose workgroup memory is in main memory, from large to small. */
export const DIRECT_TILES: readonly Tile[] = [
  { kind: 'direct', rows: 8, quads: 1, across: 8, down: 8 },
  { kind: 'direct', rows: 4, quads: 1, across: 8, down: 8 },
];

/**
 * Vendors whose GPUs start with tiles other than the default, with the reason from their documentation.
 *
 *   arm   "Mali GPUs use caches instead of local memories", which "are mapped into main memory. There is therefore no
 *         performance advantage" (Arm Mali Bifrost and Valhall OpenCL Developer Guide, 7.3.2)
 */
const BY_VENDOR: Readonly<Record<string, readonly Tile[]>> = { arm: DIRECT_TILES };

function tilesOfVendor(vendor: string): Pick<KernelConfig, 'tiles'> {
  const own = BY_VENDOR[vendor.toLowerCase()];
  return own ? { tiles: { NN: own, NT: own, TN: own, TT: own } } : {};
}

const kernelConfigs = new WeakMap<GPUDevice, KernelConfig>();

/** The configuration of a device without measurements. */
export function defaultKernelConfig(device: GPUDevice, software: boolean): KernelConfig {
  // On the CPU, invocations that share no memory are fastest.
  if (software) return { software };
  return { software, ...tilesOfVendor(device.adapterInfo.vendor), ...capabilitiesOf(device) };
}

/** The kernel configuration of a backend's device. */
export function kernelConfigFor({ device }: Pick<WebGpuBackend, 'device'>): KernelConfig {
  let config = kernelConfigs.get(device);
  if (!config) {
    config = defaultKernelConfig(device, isSoftwareAdapter({ info: device.adapterInfo }));
    kernelConfigs.set(device, config);
  }
  return config;
}

/** Sets the configuration: to current or stored measurements, or to what a test needs. */
export function setKernelConfig({ device }: Pick<WebGpuBackend, 'device'>, config: KernelConfig): void {
  kernelConfigs.set(device, config);
}
