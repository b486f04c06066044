// Optional features of a WebGPU device for which kernels have variants.

/** Sizes of a product that a subgroup computes at once, F16 in and F32 out: [m, k] . [k, n]. */
export interface MatrixShape {
  m: number;
  n: number;
  k: number;
  /** The largest subgroup size, in invocations. */
  lanes: number;
}

export interface Capabilities {
  /** Subgroup operations, including the subgroup's id in its workgroup. */
  subgroups?: true;
  matrix?: MatrixShape;
}

/** An entry of GPUAdapterInfo.subgroupMatrixConfigs, an experimental feature of Chromium. */
interface MatrixConfig {
  componentType: string;
  resultComponentType: string;
  M: number;
  N: number;
  K: number;
}

export const MATRIX_FEATURE = 'chromium-experimental-subgroup-matrix';

/** Only the adapter reports its shapes, so they are stored when a device is created from it. */
const configs = new WeakMap<GPUDevice, readonly MatrixConfig[]>();

export function keepMatrixConfigs(device: GPUDevice, info: GPUAdapterInfo): void {
  const { subgroupMatrixConfigs = [] } = info as { subgroupMatrixConfigs?: Iterable<MatrixConfig> };
  configs.set(device, [...subgroupMatrixConfigs]);
}

/** rowSum.wgsl.ts has enough slots for subgroups of at least this size. */
export const SMALLEST_SUBGROUP = 4;

export function capabilitiesOf(device: GPUDevice): Capabilities {
  if (subgroupsUnsupported(device) !== undefined) return {};
  const matrix = matrixOf(device);
  return { subgroups: true, ...(matrix && { matrix }) };
}

/** Why the device does not support subgroup operations; undefined when it does. */
export function subgroupsUnsupported(device: GPUDevice): string | undefined {
  if (!device.features.has('subgroups')) return 'the adapter does not offer "subgroups"';
  const { gpu } = navigator as { gpu?: GPU };
  if (!gpu?.wgslLanguageFeatures.has('subgroup_id')) return 'its WGSL has no "subgroup_id"';
  const { subgroupMinSize: smallest } = device.adapterInfo;
  return smallest >= SMALLEST_SUBGROUP ? undefined : `its subgroups may have ${smallest} invocations only`;
}

/** Why the device cannot multiply in F16; undefined when it can. */
export function f16Unsupported(device: GPUDevice): string | undefined {
  return device.features.has('shader-f16') ? undefined : 'the adapter does not offer "shader-f16"';
}

/** Why the device cannot multiply with subgroup matrices; undefined when it can. */
export function subgroupMatrixUnsupported(device: GPUDevice): string | undefined {
  if (!device.features.has(MATRIX_FEATURE)) return `the adapter does not offer "${MATRIX_FEATURE}"`;
  const missing = f16Unsupported(device) ?? subgroupsUnsupported(device);
  if (missing !== undefined) return missing;
  return matrixOf(device) ? undefined : 'none of its matrices has F16 in, F32 out and a shape that fits';
}

/** Tiles are composed of these, and loaded 32 of k at a time. */
const SIDES = [8, 16];
const DEPTHS = [8, 16, 32];

/** Four subgroups of this size form a workgroup that every device allows. */
const MAX_LANES = 64;

/** The largest supported shape with F16 in and F32 out. */
function matrixOf(device: GPUDevice): MatrixShape | undefined {
  if (!device.features.has(MATRIX_FEATURE) || !device.features.has('shader-f16')) return undefined;
  const fit = (configs.get(device) ?? []).filter(
    ({ componentType, resultComponentType, M, N, K }) =>
      componentType === 'f16' &&
      resultComponentType === 'f32' &&
      SIDES.includes(M) &&
      SIDES.includes(N) &&
      DEPTHS.includes(K),
  );
  const { subgroupMaxSize: lanes } = device.adapterInfo;
  const [best] = fit.sort((a, b) => b.M * b.N * b.K - a.M * a.N * a.K);
  return best && lanes > 0 && lanes <= MAX_LANES ? { m: best.M, n: best.N, k: best.K, lanes } : undefined;
}
