// `semblance report`: summarises a run file (a record or a shared page).
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { metricsCsv } from '../../record/metricsCsv.ts';
import { RunRecord } from '../../record/runRecord.ts';
import type { RunSummary } from '../../record/summary.ts';
import { configDifference, defaultConfig } from '../../run/config.ts';
import type { HeaderEvent } from '../../run/events.ts';
import { readRunFile } from '../../run/runFile.ts';
import { Failure } from '../../util/failure.ts';
import { readText } from '../node/files.ts';
import { jsonOption } from '../options.ts';
import { warn, printResult, log, formatNumber, table, type CommonOptions } from '../output.ts';

interface ReportOptions extends CommonOptions {
  csv?: string;
}

export function addReport(program: Command): void {
  program
    .command('report')
    .summary('what a run file says: setting, knobs that differ, loss, STS, RFD')
    .description(
      'Reads a run: the run.jsonl of a training, a run file that the page saved, or a page that someone shared ' +
        '(.html). Prints its setting, the knobs that differ from the defaults, and its numbers.',
    )
    .argument('<file>', 'the run file')
    .option('--csv <file>', 'write all its numbers as a table: step, split, name, value')
    .addOption(jsonOption())
    .action(reportCommand);
}

async function reportCommand(path: string, options: ReportOptions): Promise<void> {
  const { events, problems, name } = readRunFile(await readText(path));
  const record = new RunRecord(events);
  const { header } = record;
  if (header === null) throw new Failure(`${path}: ${problems[0]}`);
  for (const problem of problems) warn(problem);
  if (options.csv !== undefined) {
    writeFileSync(options.csv, metricsCsv(record));
    log(`${options.csv} written.`);
  }
  const summary = record.summary();
  const defaults = defaultConfig();
  const knobs = Object.fromEntries(
    configDifference(header.config, defaults).map((knob) => [knob, header.config[knob]]),
  );
  const edits = events.flatMap((event) =>
    event.type === 'edit' ? [{ step: event.step, knob: event.knob, from: event.from, to: event.to }] : [],
  );
  const end = events.find((event) => event.type === 'end')?.reason ?? null;
  const { setting, steps: planned, model, corpus, device } = header;
  printResult(
    options,
    { name, setting, planned, end, knobs, edits, model, corpus, device, ...summary, problems },
    resultLines(header, name, summary, end, knobs, edits),
  );
}

function resultLines(
  { setting, steps, model, corpus, device }: HeaderEvent,
  name: string | null,
  { steps: made, loss, sts, alignment, uniformity, rfd }: RunSummary,
  end: string | null,
  knobs: Record<string, unknown>,
  edits: readonly { step: number; knob: string; from: unknown; to: unknown }[],
): string[] {
  const differing = Object.entries(knobs).map(([knob, value]) => `  ${knob} = ${String(value)}`);
  return [
    ...(name === null ? [] : [name]),
    `${setting}, ${made} of ${steps} steps (${end ?? 'not ended'}), on ${device.name}`,
    `${model.name}: ${model.type}, ${model.layers} layers of ${model.hidden}, ${model.trained} of ${model.parameters} parameters trained`,
    `${corpus.plain} plain sentences, ${corpus.groups} groups, ${corpus.heldOut} held out, ${corpus.sts} scored pairs`,
    differing.length === 0 ? 'all knobs at their defaults' : 'knobs that differ from the defaults:',
    ...differing,
    ...edits.map(({ step, knob, from, to }) => `  at step ${step}: ${knob} ${String(from)} -> ${String(to)}`),
    '',
    ...table([
      ['', 'held-out', 'evaluation', 'RFD'],
      ['alignment', formatNumber(alignment.train), formatNumber(alignment.eval), formatNumber(rfd.alignment)],
      [
        'uniformity',
        formatNumber(uniformity.train),
        formatNumber(uniformity.eval),
        formatNumber(rfd.uniformity),
      ],
    ]),
    `loss ${formatNumber(loss)}  STS first ${formatNumber(sts.first)}, best ${formatNumber(sts.best)}, last ${formatNumber(sts.last)}`,
  ];
}
