// `semblance rfd`: computes the relative fitting difficulty from two logged trajectories.
import type { Command } from 'commander';
import { csvRows } from '../../data/formats/table.ts';
import { rfd, type Reading } from '../../metrics/rfd.ts';
import { Failure } from '../../util/failure.ts';
import { readText } from '../node/files.ts';
import { jsonOption, wholeNumber } from '../options.ts';
import { printResult, formatNumber, type CommonOptions } from '../output.ts';

interface RfdOptions extends CommonOptions {
  train: string;
  eval: string;
  from: number;
}

const NAMES = ['step', 'alignment', 'uniformity'] as const;

export function addRfd(program: Command): void {
  program
    .command('rfd')
    .summary('relative fitting difficulty of two logged trajectories')
    .description(
      'Mean over logged steps of (held-out training value - evaluation value), for alignment and uniformity. ' +
        'The CSV files have the columns step, alignment, uniformity; steps are matched by number.',
    )
    .requiredOption('--train <csv>', 'trajectory of the held-out training data')
    .requiredOption('--eval <csv>', 'trajectory of the evaluation data')
    .option(
      '--from <step>',
      'first step that counts (the values before training are left out)',
      wholeNumber(0),
      1,
    )
    .addOption(jsonOption())
    .action(rfdCommand);
}

async function rfdCommand(options: RfdOptions): Promise<void> {
  const [train, evaluation] = [await trajectory(options.train), await trajectory(options.eval)];
  const alignment = rfd(train.alignment, evaluation.alignment, options.from);
  const uniformity = rfd(train.uniformity, evaluation.uniformity, options.from);
  if (alignment.steps === 0) {
    throw new Failure(`${options.train} and ${options.eval} have no step from ${options.from} on in common.`);
  }
  printResult(options, { alignment: alignment.value, uniformity: uniformity.value, steps: alignment.steps }, [
    `RFD_a ${formatNumber(alignment.value)}  RFD_u ${formatNumber(uniformity.value)}  over ${alignment.steps} steps`,
  ]);
}

async function trajectory(path: string): Promise<Record<'alignment' | 'uniformity', Reading[]>> {
  const rows = csvRows(await readText(path));
  const header = rows[0]?.cells.map((cell) => cell.toLowerCase()) ?? [];
  const missing = NAMES.filter((name) => !header.includes(name));
  if (missing.length)
    throw new Failure(`${path}:1: no column ${missing.join(', ')}; expected ${NAMES.join(',')}.`);
  const series: Record<'alignment' | 'uniformity', Reading[]> = { alignment: [], uniformity: [] };
  for (const { line, cells } of rows.slice(1)) {
    const valueOf = (name: (typeof NAMES)[number]) => Number(cells[header.indexOf(name)] || NaN);
    const [step, alignment, uniformity] = [valueOf('step'), valueOf('alignment'), valueOf('uniformity')];
    if (![step, alignment, uniformity].every(Number.isFinite))
      throw new Failure(`${path}:${line}: step, alignment or uniformity is not a number.`);
    series.alignment.push({ step, value: alignment });
    series.uniformity.push({ step, value: uniformity });
  }
  return series;
}
