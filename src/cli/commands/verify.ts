// `semblance verify`: runs reference values through the real code on a device.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import colors from 'picocolors';
import { startDevice } from '../../kernels/backend.ts';
import type { DeviceChoice } from '../../util/devices.ts';
import { verifyGolden } from '../../trainer/verify/verify.ts';
import type { CaseResult } from '../../trainer/verify/compare.ts';
import { Failure, messageOf } from '../../util/failure.ts';
import { readText } from '../node/files.ts';
import { nodeHost } from '../node/gpu.ts';
import { deviceOption, jsonOption } from '../options.ts';
import { root } from '../root.ts';
import { log, printResult, type CommonOptions } from '../output.ts';

/** The project's own reference values, described in the README there. */
const PROJECT_GOLDENS = join(root, 'tests', 'golden');

interface VerifyOptions extends CommonOptions {
  goldens: string;
  device: DeviceChoice;
}

export function addVerify(program: Command): void {
  program
    .command('verify')
    .summary('run reference values through the real code')
    .description(
      'Runs every reference-value file of a folder (losses, metrics, encoder, optimiser, ten training steps, dropout ' +
        'statistics) through the code that trains, on the device you name, and reports the largest error of each case. ' +
        'Exits with 1 when a case fails.',
    )
    .option('--goldens <dir>', 'folder with the reference-value files (*.json)', PROJECT_GOLDENS)
    .addOption(deviceOption())
    .addOption(jsonOption())
    .action(verify);
}

async function verify(options: VerifyOptions): Promise<void> {
  const files = jsonFiles(options.goldens);
  const device = await startDevice(options.device, nodeHost(options.device === 'software'));
  log(`device: ${device.name} (${device.detail}; ${device.reason})`);
  const cases: CaseResult[] = [];
  for (const path of files) {
    const results = await verifyGolden(basename(path), await readText(path));
    cases.push(...results);
    const bad = results.filter(({ ok }) => !ok);
    const verdict = bad.length === 0 ? colors.green('ok') : colors.red(`${bad.length} failed`);
    log(`${basename(path).padEnd(28)} ${String(results.length).padStart(3)} cases  ${verdict}`);
    for (const { name, maxError, tolerance, message } of bad) {
      log(
        `  ${name}: ${message ?? `error ${maxError.toExponential(2)} above ${tolerance.toExponential(0)}`}`,
      );
    }
  }
  const failed = cases.filter(({ ok }) => !ok).length;
  const passed = cases.length - failed;
  printResult(options, { passed, failed, device: device.name, cases }, [
    `${passed} passed, ${failed} failed on ${device.name}`,
  ]);
  if (failed > 0) process.exitCode = 1;
}

function jsonFiles(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw new Failure(`The folder ${folder} cannot be read (${messageOf(error)}).`);
  }
  const files = names.filter((name) => name.endsWith('.json')).sort();
  if (files.length === 0) throw new Failure(`${folder} holds no reference-value file (*.json).`);
  return files.map((name) => join(folder, name));
}
