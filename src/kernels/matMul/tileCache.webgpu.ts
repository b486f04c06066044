// The fastest tiles of an adapter: measured on first use, and stored by the host from then on.
import { z } from 'zod';
import type { WebGpuBackend } from '../tfjsBackends.ts';
import { setKernelConfig, kernelConfigFor, type Tile } from '../tuning.ts';
import {
  candidateTiles,
  measuredCode,
  tuneProducts,
  TUNED_LAYOUTS,
  type TileOrders,
  type TunedLayout,
  type TuningOptions,
} from './matMulTuning.webgpu.ts';

/** A host's storage for measurements, by adapter. What it returns is parsed; errors that it throws are ignored. */
export interface TileStore {
  read(adapter: string): Promise<unknown>;
  write(adapter: string, kept: unknown): Promise<void>;
}

export interface TileHost extends Pick<TuningOptions, 'budget' | 'signal' | 'onProgress'> {
  store?: TileStore | undefined;
  /** Whether tiles are measured when none are stored. A software adapter is measured only with "always". */
  measure: 'hardware' | 'always' | 'never';
}

/** The origin of the tiles in use. */
export type TileOrigin = 'default' | 'kept' | 'measured';

/** Tiles by name: a name that matches no tile of this device invalidates the whole entry. */
const keptSchema = z.object({
  /** Identifies the code that was measured. */
  code: z.string(),
  orders: z.partialRecord(z.enum(TUNED_LAYOUTS), z.array(z.string())),
});

type Kept = z.infer<typeof keptSchema>;

/** Results already returned to a host: a device restarted in the middle of a run must compute as the last one did. */
const given = new WeakMap<TileHost, Map<string, TileOrders>>();

/** Uses the stored tiles of the backend's adapter; measures those that are missing. */
export async function chooseTiles(backend: WebGpuBackend, host: TileHost): Promise<TileOrigin> {
  const adapter = adapterOf(backend.device.adapterInfo);
  const before = given.get(host) ?? new Map<string, TileOrders>();
  given.set(host, before);
  const orders = before.get(adapter) ?? (await keptOrders(backend, host, adapter));
  use(backend, orders);
  const missing = TUNED_LAYOUTS.filter((layout) => orders[layout] === undefined);
  if (before.has(adapter) || missing.length === 0 || !isToMeasure(backend, host)) {
    before.set(adapter, orders);
    return Object.keys(orders).length > 0 ? 'kept' : 'default';
  }
  const { budget, signal, onProgress } = host;
  const measured = await tuneProducts(backend, { layouts: missing, budget, signal, onProgress });
  const all = { ...orders, ...measured };
  before.set(adapter, all);
  if (Object.keys(measured).length > 0) await keep(backend, host, adapter, all);
  return Object.keys(measured).length > 0 ? 'measured' : Object.keys(orders).length > 0 ? 'kept' : 'default';
}

function isToMeasure(backend: WebGpuBackend, { measure, signal }: TileHost): boolean {
  if (signal?.aborted || measure === 'never') return false;
  return measure === 'always' || !kernelConfigFor(backend).software;
}

/** Identifies an adapter as far as browsers distinguish it from others. */
export function adapterOf({ vendor, architecture, device, description }: GPUAdapterInfo): string {
  return [vendor, architecture, device, description].join('|');
}

function use(backend: WebGpuBackend, orders: TileOrders): void {
  const kernelConfig = kernelConfigFor(backend);
  setKernelConfig(backend, { ...kernelConfig, tiles: { ...kernelConfig.tiles, ...orders } });
}

async function keptOrders(backend: WebGpuBackend, { store }: TileHost, adapter: string): Promise<TileOrders> {
  const text: unknown = await store?.read(adapter).catch(() => undefined);
  const parsed = keptSchema.safeParse(text);
  if (!parsed.success || parsed.data.code !== codeName(backend)) return {};
  const tiles = candidateTiles(backend);
  const orders: Partial<Record<TunedLayout, Tile[]>> = {};
  for (const layout of TUNED_LAYOUTS) {
    const names = parsed.data.orders[layout];
    if (!names) continue;
    const order = names.map((name) => tiles.find((tile) => nameOf(tile) === name));
    if (!isWhole(order) || order.length === 0) return {};
    orders[layout] = order;
  }
  return orders;
}

function isWhole<T>(list: (T | undefined)[]): list is T[] {
  return !list.includes(undefined);
}

async function keep(
  backend: WebGpuBackend,
  { store }: TileHost,
  adapter: string,
  orders: TileOrders,
): Promise<void> {
  const names: Kept['orders'] = {};
  for (const [layout, tiles] of Object.entries(orders) as [TunedLayout, Tile[]][])
    names[layout] = tiles.map(nameOf);
  const kept: Kept = { code: codeName(backend), orders: names };
  // If they cannot be stored, they are measured again the next time.
  await store?.write(adapter, kept).catch(() => undefined);
}

function nameOf({ kind, rows, quads, across, down }: Tile): string {
  return `${kind} ${rows}x${4 * quads} ${across}x${down}`;
}

/** A hash of all the code that is measured (FNV-1a): it changes with the kernels and with the tiles. */
function codeName(backend: WebGpuBackend): string {
  let hash = 0x811c9dc5;
  for (const letter of measuredCode(backend)) hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193);
  return (hash >>> 0).toString(16);
}
