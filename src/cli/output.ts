// How the command line speaks: results on stdout, progress on stderr, and with --json one JSON object as the last
// line of stdout.
import { SingleBar } from 'cli-progress';
import colors from 'picocolors';

/** Options that every command has. */
export interface CommonOptions {
  json?: boolean;
}

/** Prints the result: as JSON, or in words. */
export function printResult(options: CommonOptions, result: object, words: string[]): void {
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else for (const line of words) process.stdout.write(`${line}\n`);
}

/** A line about what is going on; on stderr, so that stdout stays parseable. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function note(line: string): void {
  say(colors.yellow(`note: ${line}`));
}

/** Number for people: four digits, or "-" when it is not defined. */
export function shown(value: number | null | undefined, digits = 4): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '-' : value.toFixed(digits);
}

/** Columns of equal width. */
export function table(rows: string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  );
}

/** A progress bar on a terminal; on anything else nothing, since the lines of the run tell enough. */
export class Progress {
  private readonly bar: SingleBar | undefined;

  constructor(total: number, start: number, unit: string) {
    if (!process.stderr.isTTY) return;
    this.bar = new SingleBar({
      format: `{bar} {value}/{total} ${unit}  {rate}  {eta_formatted} left`,
      stream: process.stderr,
      hideCursor: true,
      barsize: 30,
      etaBuffer: 50,
      clearOnComplete: true,
    });
    this.bar.start(total, start, { rate: '' });
  }

  update(value: number, rate = ''): void {
    this.bar?.update(value, { rate });
  }

  /** Prints a line above the bar. */
  line(text: string): void {
    if (this.bar) process.stderr.write('\r\x1b[K');
    say(text);
  }

  stop(): void {
    this.bar?.stop();
  }
}
