// The results in words and as JSON.
import { table } from '../../src/cli/output.ts';
import { leavesOutRows } from '../../src/kernels/linear/linear.ts';
import type { DeviceInfo } from '../../src/util/devices.ts';
import type { BenchResult, Demand, BenchEntry } from './bench.ts';
import { caseName, EXTENT, SIZES, stepFlops, type SizeName } from './sizes.ts';

interface Summary {
  msPerStep: number;
  gflops: number;
  /** Dispatches on WebGPU, kernels run elsewhere. */
  dispatches: number | null;
}

/** The last line of --json: the first case. */
export interface BenchJson {
  device: string;
  adapter: string;
  size: SizeName;
  ours: Summary;
  /** null when it was left out. */
  vanilla: Summary | null;
  /** Milliseconds of vanilla by ours. */
  ratio: number | null;
  peakGflops: number;
  shareOfPeak: number;
}

export function benchJson(
  size: SizeName,
  device: DeviceInfo,
  { cases, peak, demands }: BenchResult,
): BenchJson {
  const summary = (name: string): Summary | null => {
    const entry = cases[0]!.entries.find((e) => e.name === name);
    const demand = demands.find((d) => d.name === name);
    return entry
      ? { msPerStep: entry.ms, gflops: entry.gflops, dispatches: demand ? dispatchesOf(demand) : null }
      : null;
  };
  const [own, vanilla] = [summary('ours')!, summary('vanilla tfjs')];
  return {
    device: device.name,
    adapter: device.detail,
    size,
    ours: own,
    vanilla,
    ratio: vanilla && vanilla.msPerStep / own.msPerStep,
    peakGflops: peak.best,
    shareOfPeak: own.gflops / peak.best,
  };
}

function dispatchesOf({ counts, profile }: Demand): number {
  return counts?.dispatches ?? profile.calls;
}

export function benchLines(name: SizeName, device: DeviceInfo, result: BenchResult): string[] {
  const { layers, hidden, heads, intermediate, vocabulary } = SIZES[name];
  const { peak } = result;
  return [
    `${name}: L${layers} H${hidden} A${heads} F${intermediate} V${vocabulary}, ${EXTENT.pairs} pairs of ${EXTENT.length} tokens, float32: ${(stepFlops(SIZES[name], EXTENT) / 1e9).toFixed(2)} GFLOP of matrix products a step`,
    ...(leavesOutRows()
      ? [
          `ours leaves out what [CLS] pooling does not read of the last layer: ${(stepFlops(SIZES[name], EXTENT, 'first') / 1e9).toFixed(2)} GFLOP; its rate counts those`,
        ]
      : []),
    `device: ${device.name} (${device.detail})`,
    `matrix product ${peak.size} x ${peak.size}: ours ${peak.ours.toFixed(1)}, tf.matMul ${peak.tfjs.toFixed(1)} GFLOP/s`,
    '',
    ...timeTable(result),
    '',
    ...lossLines(result),
    '',
    ...demandTable(result),
    ...result.demands.flatMap((demand) => ['', ...kernelTable(demand)]),
    ...(result.notes.length ? ['', ...result.notes] : []),
  ];
}

function timeTable({ cases, peak }: BenchResult): string[] {
  const head = ['step', 'ms', 'GFLOP/s', 'of peak', 'ours is', 'fastest', 'samples', 'tensors'];
  const rows = cases.flatMap(({ kind, entries }) => {
    const own = entries[0]!;
    return entries.map((entry) => [
      `${caseName(kind)}: ${entry.name}`,
      entry.ms.toFixed(1),
      entry.gflops.toFixed(2),
      `${((100 * entry.gflops) / peak.best).toFixed(0)} %`,
      entry === own ? '' : compared(entry.ms / own.ms),
      Math.min(...entry.samples).toFixed(1),
      String(entry.samples.length),
      tensorsOf(entry),
    ]);
  });
  return table([head, ...rows]);
}

function compared(ratio: number): string {
  return ratio >= 1 ? `${ratio.toFixed(2)} x faster` : `${(1 / ratio).toFixed(2)} x slower`;
}

/** "flat" when every sample left as many tensors as the one before it. */
function tensorsOf({ tensors }: BenchEntry): string {
  const grown = tensors.at(-1)! - tensors[0]!;
  return grown === 0 ? 'flat' : `${grown > 0 ? '+' : ''}${grown}`;
}

function lossLines({ cases }: BenchResult): string[] {
  const lines = cases.flatMap(({ kind, entries }) =>
    entries.map(({ name, losses }) => [`${caseName(kind)}: ${name}`, ...losses.map((x) => x.toFixed(6))]),
  );
  const steps = cases[0]!.entries[0]!.losses.map((_, i) => `step ${i + 1}`);
  return [
    'Losses of the first steps, same weights and rows (with dropout on, each draws masks of its own):',
    ...table([['', ...steps], ...lines]),
  ];
}

function demandTable({ demands }: BenchResult): string[] {
  const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  const rows = demands.map(({ name, counts, profile }) => [
    name,
    String(profile.calls),
    mebibytes(profile.peakBytes),
    ...(counts
      ? [counts.dispatches, counts.passes, counts.submits, counts.writes, counts.buffers].map(String)
      : []),
    ...(counts ? [mebibytes(counts.bytes)] : []),
  ]);
  const gpu = ['dispatches', 'passes', 'submits', 'writes', 'buffers made', 'MiB made'];
  const isGpu = demands.some(({ counts }) => counts !== undefined);
  return table([['one step, warm', 'kernels', 'peak MiB', ...(isGpu ? gpu : [])], ...rows]);
}

const SHOWN_KERNELS = 12;

function kernelTable({ name, profile }: Demand): string[] {
  const total = profile.kernels.reduce((sum, { ms }) => sum + ms, 0);
  if (total === 0) return [`${name}: the adapter offers no timestamps, so kernels are not timed.`];
  const rows = profile.kernels
    .slice(0, SHOWN_KERNELS)
    .map(({ kernel, calls, ms }) => [
      kernel,
      String(calls),
      ms.toFixed(2),
      `${((100 * ms) / total).toFixed(1)} %`,
    ]);
  return table([[`kernels: ${name}`, 'calls', 'ms', 'share'], ...rows]);
}
