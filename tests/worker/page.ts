// A training without its worker, on a tiny encoder, and the page's end of it: what was heard, and waiting for more.
import { expect } from 'vitest';
import type { DeviceInfo } from '../../src/util/devices.ts';
import { startDevice } from '../../src/kernels/backend.ts';
import type { Group } from '../../src/data/group.ts';
import { defaultConfig, type Config } from '../../src/run/config.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { reportSchema, type StartCommand, type Report } from '../../src/worker/protocol.ts';
import type { StartPoint, TrainingHost } from '../../src/worker/runContext.ts';
import { Training } from '../../src/worker/training.ts';
import { tinyGroups, tinyModel, tinyPairs, tinyPlain } from '../support/tiny.ts';

type ReportOf<T extends Report['type']> = Extract<Report, { type: T }>;

export function command(config: Partial<Config> = {}, rest: Partial<StartCommand> = {}): StartCommand {
  return {
    type: 'start',
    run: 3,
    setting: { domain: 'tiny', pattern: 'sts_ht' },
    config: {
      ...defaultConfig(),
      batch: 8,
      generatedBatch: 4,
      steps: 6,
      evaluateEvery: 3,
      freezeEmbeddings: false,
      learningRate: 1e-3,
      ...config,
    },
    groups: [...tinyPlain(30), ...tinyGroups(24)].map((group) => ({ ...group })),
    own: [],
    sts: tinyPairs(12),
    files: ['tiny'],
    follow: ['a dog', 'a red car'],
    ...rest,
  };
}

export class Page {
  readonly reports: Report[] = [];
  private listeners: (() => void)[] = [];

  readonly post = (report: Report): void => {
    expect(reportSchema.safeParse(report).error).toBeUndefined();
    this.reports.push(report);
    for (const listener of this.listeners.splice(0)) listener();
  };

  /** @param from index of the first report that counts */
  async until(found: (report: Report) => boolean, from = 0): Promise<Report> {
    for (;;) {
      const report = this.reports.slice(from).find(found);
      if (report) return report;
      await new Promise<void>((resolve) => this.listeners.push(resolve));
    }
  }

  /** Waits for the next report of a kind that fits. */
  async next<T extends Report['type']>(
    type: T,
    fits: (report: ReportOf<T>) => boolean = () => true,
    from = this.reports.length,
  ): Promise<ReportOf<T>> {
    return (await this.until(
      (report) => report.type === type && fits(report as ReportOf<T>),
      from,
    )) as ReportOf<T>;
  }

  all<T extends Report['type']>(type: T): ReportOf<T>[] {
    return this.reports.filter((report): report is ReportOf<T> => report.type === type);
  }

  events<T extends RunEvent['type']>(type: T): Extract<RunEvent, { type: T }>[] {
    return this.record().filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);
  }

  /** Events in their order, without what the clock says. @param from index of the first report that counts */
  record(from = 0): RunEvent[] {
    return this.reports
      .slice(from)
      .flatMap((report) => (report.type === 'events' ? report.events : []))
      .map((event) => (event.type === 'step' ? { ...event, milliseconds: 0 } : event));
  }

  /** Waits until the embeddings of a step have come. */
  async shown(step: number, from = 0): Promise<void> {
    await this.next('embeddings', (report) => report.step === step && report.initial === (step === 0), from);
  }

  /** The newest embeddings of a step. */
  watched(step: number): number[] {
    const report = this.all('embeddings').findLast(
      (shown) => shown.step === step && shown.initial === (step === 0),
    );
    if (!report) throw new Error(`step ${step} was never shown`);
    return [...report.embeddings.data];
  }
}

export interface Started {
  page: Page;
  training: Training;
  host: TrainingHost;
}

interface StartOptions {
  host?: Partial<TrainingHost>;
  startPoint?: StartPoint;
  newGroups?: readonly Group[];
  device?: DeviceInfo;
}

/** A training that waits for its next step, or has ended. */
export async function started(given: StartCommand, options: StartOptions = {}): Promise<Started> {
  const device = options.device ?? (await startDevice('wasm', { gpu: async () => 'none' }));
  const page = new Page();
  const host = {
    post: page.post,
    model: tinyModel(),
    device,
    restartDevice: async () => device,
    ...options.host,
  };
  const training = new Training(given, host, options.startPoint);
  training.addGroups(options.newGroups ?? []);
  training.start();
  await page.until(
    ({ type, ...rest }) => type === 'status' && 'status' in rest && rest.status !== 'starting',
  );
  return { page, training, host };
}

export async function playToEnd({ page, training }: Pick<Started, 'page' | 'training'>): Promise<void> {
  const from = page.reports.length;
  training.gate.play(null);
  const { step } = await page.next('status', ({ status }) => status === 'ended', from);
  await page.shown(step, from);
}

/** Goes to a step and waits until it is shown. */
export async function goTo(
  { page, training }: Pick<Started, 'page' | 'training'>,
  step: number,
): Promise<void> {
  const from = page.reports.length;
  training.seek(step);
  await page.shown(step, from);
}

/** One step by hand; waits until it is shown. */
export async function stepOnce(
  { page, training }: Pick<Started, 'page' | 'training'>,
  to: number,
): Promise<void> {
  const from = page.reports.length;
  training.gate.stepOnce();
  await page.shown(to, from);
}
