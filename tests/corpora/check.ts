// Measures the bundled corpora and holds them to what their card promises: `npm run corpora:check`, or with
// `-- FOLDER` those of another folder; `-- --train` trains on them and checks what must come out of it (minutes). Exits
// with 1 when a rule is broken. When SEMBLANCE_DATA names a folder with real
// data (wiki/, nli/, sts/, transfer/), measures beside it and looks for copied sentences.
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { table } from '../../src/cli/output.ts';
import { root } from '../../src/cli/root.ts';
import { Failure } from '../../src/util/failure.ts';
import { copies, errorRates, vocabulary, type Shown } from './compare.ts';
import { readFiles, readTexts, type CorpusFile, type Texts } from './read.ts';
import { LIMITS, RULES, type Counts, type Finding } from './rules.ts';
import { checkTraining } from './trainingCheck.ts';

export interface Report {
  findings: Finding[];
  broken: Finding[];
  /** Measured, not enforced. */
  shown: Shown[];
}

export const BUNDLED = join(root, 'public', 'corpora');
/** The folder with real data; undefined when there is none. */
export const DATA = process.env.SEMBLANCE_DATA || undefined;

/** Violations printed of a broken rule. */
const PRINTED = 10;

export function checkCorpora(folder: string, data = DATA): Report {
  return checkTexts(readTexts(folder), data);
}

/** @param counts lines that a file of each kind must have */
export function checkTexts(texts: Texts, data?: string, counts: Counts = LIMITS.counts): Report {
  const files = readFiles(texts);
  const findings = RULES.flatMap((rule) => rule(files, counts));
  if (data !== undefined) findings.push(copied(files, data));
  return {
    findings,
    broken: findings.filter(({ violations }) => violations.length > 0),
    shown: [vocabulary(files, data), errorRates(files, data)],
  };
}

function copied(files: readonly CorpusFile[], data: string): Finding {
  const { violations, lines } = copies(
    files.flatMap(({ sentences }) => sentences),
    data,
  );
  const measured = `${violations.length} in ${lines} lines`;
  return { rule: 'copied sentences', where: 'real data', measured, limit: '0', violations };
}

/** The report in words. */
export function printed({ findings, broken, shown }: Report): string[] {
  const verdict = ({ limit, violations }: Finding) =>
    limit === '' ? 'shown' : violations.length ? 'BROKEN' : 'ok';
  return [
    ...table([
      ['rule', 'where', 'measured', 'limit', ''],
      ...findings.map((f) => [f.rule, f.where, f.measured, f.limit, verdict(f)]),
    ]).map((line) => line.trimEnd()),
    ...shown.flatMap(({ title, rows }) => ['', title, ...table(rows)]),
    ...broken.flatMap(({ rule, where, violations }) => [
      '',
      `${rule}, ${where}:`,
      ...violations.slice(0, PRINTED).map((violation) => `  ${violation}`),
      ...(violations.length > PRINTED ? [`  and ${violations.length - PRINTED} more`] : []),
    ]),
  ];
}

async function main(args: readonly string[]): Promise<void> {
  const folder = args.find((arg) => !arg.startsWith('--')) ?? BUNDLED;
  try {
    if (args.includes('--train')) {
      if (!(await checkTraining(folder, DATA))) process.exitCode = 1;
      return;
    }
    const report = checkCorpora(folder);
    console.log(printed(report).join('\n'));
    if (DATA === undefined) console.log('\nSEMBLANCE_DATA is not set: not compared with real data.');
    if (report.broken.length > 0) process.exitCode = 1;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

const program = process.argv[1];
if (program !== undefined && import.meta.url === pathToFileURL(realpathSync(program)).href)
  await main(process.argv.slice(2));
