// For the tests of this room: a training on a tiny encoder without its worker, and a fake page that collects its reports.
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

export function startCommand(config: Partial<Config> = {}, rest: Partial<StartCommand> = {}): StartCommand {
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
    userGroups: [],
    sharedAnchors: [],
    sts: tinyPairs(12),
    files: ['tiny'],
    follow: ['a dog', 'a red car'],
    ...rest,
  };
}

export class FakePage {
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

  /** Waits for the next matching report of a type. */
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

  /** Events in order, without their measured times. @param from index of the first report that counts */
  record(from = 0): RunEvent[] {
    return this.reports
      .slice(from)
      .flatMap((report) => (report.type === 'events' ? report.events : []))
      .map((event) => (event.type === 'step' ? { ...event, milliseconds: 0 } : event));
  }

  /** Waits until the embeddings of a step have arrived. */
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

export interface StartedTraining {
  page: FakePage;
  training: Training;
  host: TrainingHost;
}

interface StartOptions {
  host?: Partial<TrainingHost>;
  startPoint?: StartPoint;
  newGroups?: readonly Group[];
  device?: DeviceInfo;
}

/** Starts a training and waits until it waits for its next step, or has ended. */
export async function startTraining(
  given: StartCommand,
  options: StartOptions = {},
): Promise<StartedTraining> {
  const device = options.device ?? (await startDevice('wasm', { gpu: async () => 'none' }));
  const page = new FakePage();
  const host = {
    post: page.post,
    model: tinyModel(),
    device,
    restartDevice: async () => device,
    ...options.host,
  };
  const training = new Training(given, host, options.startPoint);
  training.changes.addGroups(options.newGroups ?? []);
  training.start();
  await page.until(
    ({ type, ...rest }) => type === 'status' && 'status' in rest && rest.status !== 'starting',
  );
  return { page, training, host };
}

export async function playToEnd({
  page,
  training,
}: Pick<StartedTraining, 'page' | 'training'>): Promise<void> {
  const from = page.reports.length;
  training.gate.play(null);
  const { step } = await page.next('status', ({ status }) => status === 'ended', from);
  await page.shown(step, from);
}

/** Seeks a step and waits until it is shown. */
export async function seekTo(
  { page, training }: Pick<StartedTraining, 'page' | 'training'>,
  step: number,
): Promise<void> {
  const from = page.reports.length;
  training.seek(step);
  await page.shown(step, from);
}

/** Makes one step and waits until it is shown. */
export async function stepOnce(
  { page, training }: Pick<StartedTraining, 'page' | 'training'>,
  to: number,
): Promise<void> {
  const from = page.reports.length;
  training.gate.stepOnce();
  await page.shown(to, from);
}
