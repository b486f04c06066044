// Output of the command line: results on stdout, progress on stderr, and with --json one JSON object as the last line
// of stdout.
import { SingleBar } from 'cli-progress';
import colors from 'picocolors';

/** Options that every command has. */
export interface CommonOptions {
  json?: boolean;
}

/** Prints the result: as JSON, or as lines of text. */
export function printResult(options: CommonOptions, result: object, lines: string[]): void {
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else for (const line of lines) process.stdout.write(`${line}\n`);
}

/** Logs a line to stderr, so that stdout can be parsed. */
export function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Logs a warning or a remark. */
export function warn(line: string): void {
  log(colors.yellow(`note: ${line}`));
}

/** A number with four decimals, or "-" when it is not defined. */
export function formatNumber(value: number | null | undefined, digits = 4): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '-' : value.toFixed(digits);
}

/** Formats rows as a table with aligned columns. */
export function table(rows: string[][]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  '),
  );
}

/** Without a terminal, a line of progress is logged at most this often. */
const LINE_MS = 10_000;

/** A progress bar on a terminal; elsewhere, with `lines`, a line now and then, else nothing. */
export class Progress {
  private readonly bar: SingleBar | undefined;
  private readonly started = performance.now();
  private logged = this.started;

  constructor(
    private readonly total: number,
    private readonly start: number,
    private readonly unit: string,
    private readonly options: { lines?: boolean } = {},
  ) {
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
    if (!this.bar && this.options.lines && performance.now() - this.logged > LINE_MS) this.logLine(value);
  }

  private logLine(value: number): void {
    this.logged = performance.now();
    const left = ((this.logged - this.started) * (this.total - value)) / Math.max(1, value - this.start);
    log(`${value}/${this.total} ${this.unit}, about ${Math.ceil(left / 1000)} s left`);
  }

  /** Prints a line above the bar. */
  line(text: string): void {
    if (this.bar) process.stderr.write('\r\x1b[K');
    log(text);
  }

  stop(): void {
    this.bar?.stop();
  }
}
