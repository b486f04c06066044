// Shows a run on the terminal: one line per measurement, a progress bar in between, and the speed at the end.
import type { HeaderEvent, MetricEvent, RunEvent, StepEvent } from '../run/events.ts';
import { measuredCounts, type MeasuredCount } from '../record/measuredCounts.ts';
import { appendMetric, emptyMetrics } from '../record/series.ts';
import { summarize } from '../record/summary.ts';
import { median, sum } from '../util/statistics.ts';
import { warn, Progress, log, formatNumber } from './output.ts';

/** Columns of the measurements table: name and width. */
const COLUMNS: [name: string, width: number][] = [
  ['step', 7],
  ['loss', 8],
  ['align train', 12],
  ['align eval', 11],
  ['unif train', 11],
  ['unif eval', 10],
  ['RFD_a', 9],
  ['RFD_u', 9],
  ['STS', 8],
];

/** Number of recent steps that the speed is computed from. */
const RECENT = 200;

export class RunView {
  private progress: Progress | undefined;
  private step = 0;
  private steps: StepEvent[] = [];
  private pending: MetricEvent[] = [];
  private isDescribed = false;

  /** @param measured readings of a resumed run so far; grows in place */
  constructor(private readonly measured = emptyMetrics()) {}

  show(event: RunEvent): void {
    if (event.type !== 'metric') this.flushMetrics();
    switch (event.type) {
      case 'header':
        this.describe(event);
        break;
      case 'note':
        warn(event.text);
        break;
      case 'step':
        this.step = event.step;
        this.steps.push(event);
        if (this.steps.length > RECENT) this.steps.shift();
        this.progress?.update(
          event.step,
          `loss ${formatNumber(event.loss)}  ${formatNumber(this.speed().tokensPerSecond, 0)} tokens/s`,
        );
        break;
      case 'metric':
        appendMetric(this.measured, event);
        this.pending.push(event);
        this.step = event.step;
        break;
      case 'checkpoint':
        break;
      case 'edit':
        this.line(`step ${event.step}: ${event.knob} ${String(event.from)} -> ${String(event.to)}`);
        break;
      case 'end':
        this.progress?.stop();
        if (event.reason !== 'failed') log(event.message);
        break;
    }
  }

  /** Prints the table header and starts the progress bar. @param step updates already made, by a resumed run */
  begin(step: number, totalSteps: number): void {
    log(COLUMNS.map(([name, width]) => name.padStart(width)).join(''));
    this.progress = new Progress(totalSteps, step, 'steps');
  }

  private describe({ steps, model, corpus }: HeaderEvent): void {
    this.line(
      `${model.type}, ${model.layers} layers of ${model.hidden}, ${model.parameters} parameters of which ${model.trained} are trained (with the head); ` +
        `${corpus.plain} plain sentences, ${corpus.groups} groups, ${corpus.heldOut} held out, ${corpus.sts} scored pairs; ${steps} steps`,
    );
  }

  /** Prints the line of a measurement, once all its numbers are known. */
  private flushMetrics(): void {
    if (this.pending.length === 0) return;
    const value = (split: string, name: string) =>
      formatNumber(this.pending.find((e) => e.split === split && e.name === name)?.value);
    const { rfd } = summarize(this.measured, this.step, null);
    const cells = [
      String(this.step),
      formatNumber(this.steps.at(-1)?.loss),
      value('train', 'alignment'),
      value('eval', 'alignment'),
      value('train', 'uniformity'),
      value('eval', 'uniformity'),
      formatNumber(rfd.alignment),
      formatNumber(rfd.uniformity),
      value('eval', 'sts'),
    ];
    this.describeMeasurement();
    this.pending = [];
    this.line(COLUMNS.map(([, width], i) => (cells[i] ?? '').padStart(width)).join(''));
  }

  /** Says once what the figures of the table are measured on. */
  private describeMeasurement(): void {
    const counts = this.isDescribed ? null : measuredCounts(this.pending);
    if (counts === null) return;
    this.isDescribed = true;
    const of = (side: string, { pairs, sentences }: MeasuredCount) =>
      `${pairs} ${side} pairs and ${sentences} sentences`;
    const sides = [of('held-out', counts.train), ...(counts.eval ? [of('evaluation', counts.eval)] : [])];
    this.line(`alignment and uniformity are measured on ${sides.join(', ')}`);
  }

  private line(text: string): void {
    if (this.progress) this.progress.line(text);
    else log(text);
  }

  private speed(): { msPerStep: number | null; tokensPerSecond: number | null } {
    // The first steps compile kernels, so they are not included in the speed.
    const warm = this.steps.length > 6 ? this.steps.slice(3) : this.steps;
    if (warm.length === 0) return { msPerStep: null, tokensPerSecond: null };
    const milliseconds = warm.map((event) => event.milliseconds);
    return {
      msPerStep: median(milliseconds),
      tokensPerSecond: (1000 * sum(warm.map((event) => event.tokens))) / sum(milliseconds),
    };
  }

  finish(): { msPerStep: number | null; tokensPerSecond: number | null } {
    this.flushMetrics();
    this.progress?.stop();
    return this.speed();
  }
}
