// Which form of a kernel suits the device in use.
//
// A processor that plays GPU has no fast workgroup memory: there kernels do without barriers and give every invocation
// much work. A real GPU is the other way round. Which tile of a matrix product is fastest on it can be measured
// (matMul/matMulTuning.webgpu.ts); until then the order below stands.
import { capabilitiesOf, type MatrixShape } from './capabilities.ts';
import type { WebGpuBackend } from './tfjsBackends.ts';

/** How a matrix product is cut; see matMul/matMul.wgsl.ts. */
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
  /** Does the adapter compute on the processor? Then no workgroup memory. */
  software: boolean;
  /** Tiles by preference, as measured; a turn that is missing takes the default order. */
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

/** Tiles for real GPUs, from large to small. */
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

/** Tiles for real GPUs without workgroup memory of their own, from large to small. */
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

const kernelConfig = new WeakMap<GPUDevice, KernelConfig>();

const SOFTWARE = /^google |swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

/** What suits the device of a WebGPU backend. */
export function kernelConfigFor({ device }: Pick<WebGpuBackend, 'device'>): KernelConfig {
  let choice = kernelConfig.get(device);
  if (!choice) {
    const { vendor, architecture, description } = device.adapterInfo;
    const software = SOFTWARE.test(`${vendor} ${architecture} ${description}`);
    // Where a processor computes, an invocation does best alone.
    choice = software ? { software } : { software, ...tilesOfVendor(vendor), ...capabilitiesOf(device) };
    kernelConfig.set(device, choice);
  }
  return choice;
}

/** Sets the choice for the device of a backend: what was measured (now or before), or a form that a test wants. */
export function setKernelConfig(backend: WebGpuBackend, choice: KernelConfig): void {
  kernelConfig.set(backend.device, choice);
}
