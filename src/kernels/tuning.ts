// Which form of a kernel suits the device in use.
//
// A processor that plays GPU has no fast workgroup memory: there kernels do without barriers and give every invocation
// much work. A real GPU is the other way round. Which tile of a matrix product is fastest on it can be measured
// (matMul/matMulTuning.webgpu.ts); until then the order below stands.
import { internals } from './dispatch.webgpu.ts';

/** How a matrix product is cut; see matMul/matMul.wgsl.ts. */
export interface Tile {
  kind: 'direct' | 'shared';
  rows: number;
  quads: number;
  across: number;
  down: number;
}

/** Transposes of a product: of a, of b. */
export type Turn = 'NN' | 'NT' | 'TN' | 'TT';

export interface Suited {
  /** Does the adapter compute on the processor? Then no workgroup memory. */
  software: boolean;
  /** Tiles by preference, as measured; a turn that is missing takes the default order. */
  tiles?: Partial<Record<Turn, readonly Tile[]>>;
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

const suited = new WeakMap<GPUDevice, Suited>();

const SOFTWARE = /^google |swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

/** What suits the device of a WebGPU backend. */
export function suitedTo(backend: unknown): Suited {
  const { device } = internals(backend);
  let choice = suited.get(device);
  if (!choice) {
    const { vendor, architecture, description } = device.adapterInfo;
    choice = { software: SOFTWARE.test(`${vendor} ${architecture} ${description}`) };
    suited.set(device, choice);
  }
  return choice;
}

/** Sets the choice for the device of a backend: what was measured (now or before), or a form that a test wants. */
export function setSuited(backend: unknown, choice: Suited): void {
  suited.set(internals(backend).device, choice);
}
