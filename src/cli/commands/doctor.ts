// `semblance doctor`: reports the machine's devices, their speed, and which one a run would use.
import { arch, cpus, platform, totalmem } from 'node:os';
import type { Command } from 'commander';
import { findAdapter } from '../../kernels/adapter.ts';
import { startDevice } from '../../kernels/backend.ts';
import type { DeviceChoice } from '../../util/devices.ts';
import { matMulRate } from '../../kernels/measure.ts';
import { messageOf } from '../../util/failure.ts';
import { nodeHost } from '../node/gpu.ts';
import { jsonOption } from '../options.ts';
import { printResult, log, type CommonOptions } from '../output.ts';

interface DeviceReport {
  name: string;
  available: boolean;
  detail: string;
  /** Measured speed of the matrix product in float32. */
  matMulGflops: number | null;
  features?: string[];
  limits?: Record<string, number>;
}

const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
] as const;

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .summary('devices found, their features and measured speed, and what a run would use')
    .description(
      'Looks for devices, measures the matrix product on each that starts, and says what --device auto would take and why.',
    )
    .addOption(jsonOption())
    .action(doctor);
}

async function doctor(options: CommonOptions): Promise<void> {
  const machine = {
    node: process.version,
    platform: `${platform()} ${arch()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
  log(
    `Node ${machine.node}, ${machine.platform}, ${machine.cores} x ${machine.processor}, ${machine.memoryGiB} GiB`,
  );
  const choice = await startDevice('auto', nodeHost(false));
  const devices = [await wasmReport(), await gpuReport()];
  printResult(options, { ...machine, devices, choice }, [
    ...devices.flatMap(describeDevice),
    `A run with --device auto uses ${choice.name} (${choice.detail}): ${choice.reason}.`,
  ]);
}

function describeDevice({ name, available, detail, matMulGflops, features, limits }: DeviceReport): string[] {
  const rate = matMulGflops === null ? '' : `, matrix product ${matMulGflops.toFixed(1)} GFLOP/s`;
  return [
    `${name}: ${available ? '' : 'not available: '}${detail}${rate}`,
    ...(features ? [`  features: ${features.join(', ')}`] : []),
    ...(limits
      ? [
          `  limits: ${Object.entries(limits)
            .map(([limit, value]) => `${limit} ${value}`)
            .join(', ')}`,
        ]
      : []),
  ];
}

async function measureDevice(choice: DeviceChoice, size: number): Promise<DeviceReport> {
  try {
    const { detail } = await startDevice(choice, nodeHost(choice === 'software'));
    return { name: choice, available: true, detail, matMulGflops: await matMulRate(size) };
  } catch (error) {
    return { name: choice, available: false, detail: messageOf(error), matMulGflops: null };
  }
}

function wasmReport(): Promise<DeviceReport> {
  return measureDevice('wasm', 512);
}

/** Report on the WebGPU adapter: the hardware one, or the software driver if there is none. */
async function gpuReport(): Promise<DeviceReport> {
  const found = await findAdapter(nodeHost(true));
  if (typeof found === 'string')
    return { name: 'webgpu', available: false, detail: found, matMulGflops: null };
  const report = await measureDevice(found.software ? 'software' : 'webgpu', found.software ? 256 : 2048);
  const { limits, features } = found.adapter;
  return {
    ...report,
    features: [...features].sort(),
    limits: Object.fromEntries(LIMITS.map((name) => [name, limits[name]])),
  };
}
