// The configuration of the kernels for the device in use.
//
// A software (CPU) WebGPU adapter has no fast workgroup memory: there kernels use no barriers and give each invocation
// much work. A hardware GPU is the other way round. Which tile of a matrix product is fastest on it can be measured
// (matMul/matMulTuning.webgpu.ts); until then the order below is used.
import { capabilitiesOf, type MatrixShape } from './capabilities.ts';
import { isSoftwareAdapter } from './softwareAdapter.ts';
import type { WebGpuBackend } from './tfjsBackends.ts';

/** How a matrix product is tiled; see matMul/matMul.wgsl.ts. */
export interface Tile {
  kind: 'direct' | 'shared' | 'matrix';
  /** Rows of an invocation (of a subgroup, for 'matrix'); a multiple of four. */
  rows: number;
  /** Groups of four columns of it. */
  quads: number;
  /** Invocations (subgroups) of a workgroup along columns and rows. */
  across: number;
  down: number;
  /** Of 'matrix': what the device multiplies at once. */
  matrix?: MatrixShape;
}

/** Transposes of a product: of a, of b. */
export type TransposeLayout = 'NN' | 'NT' | 'TN' | 'TT';

/** What matrix products round their operands to; the sums are float32 in both. */
export type Precision = 'f32' | 'f16';

export interface KernelConfig {
  /** Is the adapter a software one, which computes on the CPU? Then kernels use no workgroup memory. */
  software: boolean;
  /** Tiles by speed, as measured; a layout that is missing takes the default order. */
  tiles?: Partial<Record<TransposeLayout, readonly Tile[]>>;
  /** What matrix products round their operands to; F32 when left out. Set by usePrecision(). */
  precision?: Precision;
  /** Do reductions use subgroup operations? */
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

/** Tiles of 16 and of 4 subgroup matrices a subgroup: for products in F16 where the device has such matrices. */
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
 * Vendors whose GPUs begin with other tiles than the rest, where their documentation gives the reason.
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

/** The configuration of a device for which nothing was measured. */
export function defaultKernelConfig(device: GPUDevice, software: boolean): KernelConfig {
  // On the CPU, invocations that share nothing are fastest.
  if (software) return { software };
  return { software, ...tilesOfVendor(device.adapterInfo.vendor), ...capabilitiesOf(device) };
}

/** The configuration of the kernels on a backend's device. */
export function kernelConfigFor({ device }: Pick<WebGpuBackend, 'device'>): KernelConfig {
  let config = kernelConfigs.get(device);
  if (!config) {
    config = defaultKernelConfig(device, isSoftwareAdapter({ info: device.adapterInfo }));
    kernelConfigs.set(device, config);
  }
  return config;
}

/** Sets it: to what was measured, now or before, or to what a test needs. */
export function setKernelConfig({ device }: Pick<WebGpuBackend, 'device'>, config: KernelConfig): void {
  kernelConfigs.set(device, config);
}
