// Recovery of a run after training has thrown an error: after a lost device it continues from its newest snapshot; any
// other failure ends the run, but its past steps can still be shown.
import { deviceError } from '../kernels/deviceHealth.ts';
import type { Snapshot } from '../trainer/snapshot.ts';
import { messageOf } from '../util/failure.ts';
import type { FollowedSentences } from './followedSentences.ts';
import type { InitialEmbedder } from './initialEmbedder.ts';
import type { RunContext } from './runContext.ts';
import type { Seeker } from './seeker.ts';

/** Maximum number of device losses that a run recovers from. */
const MAX_LOSSES = 3;

/** Where a run continues after it has lost its device. */
export type Continuation =
  /** A past step was shown: it is shown again, and the steps after it are kept. */
  | { kind: 'seek'; step: number }
  /** The steps after the newest snapshot are lost and will be trained again. */
  | { kind: 'rewind'; step: number };

/**
 * @param newest step of the newest snapshot; undefined if there is none
 * @param shown the step that was shown
 * @param head the furthest step reached
 */
export function continuationAfterLoss(newest: number | undefined, shown: number, head: number): Continuation {
  const wasInPast = newest !== undefined && shown < head;
  return wasInPast ? { kind: 'seek', step: shown } : { kind: 'rewind', step: newest ?? 0 };
}

/** Where training restarts: from a snapshot, or (undefined) from the start of the run. */
export interface Restart {
  from: Snapshot | undefined;
}

interface RecoveryParts {
  seeker: Pick<Seeker, 'seek' | 'isRequested'>;
  followed: Pick<FollowedSentences, 'hasShown' | 'invalidate'>;
  initial: Pick<InitialEmbedder, 'deviceLost'>;
}

export class Recovery {
  private losses = 0;

  constructor(
    private readonly context: RunContext,
    private readonly parts: RecoveryParts,
  ) {}

  /**
   * @param error the error thrown by training
   * @param shown the step that was shown
   * @returns undefined if the run is over
   */
  async after(error: unknown, shown: number): Promise<Restart | undefined> {
    const lost = await deviceError();
    if (lost !== undefined && this.losses++ < MAX_LOSSES) return this.replaceDevice(lost, shown);
    this.fail(error, shown);
    return this.waitForSeek();
  }

  private async replaceDevice(lost: string, shown: number): Promise<Restart | undefined> {
    const { host, reports, timeline } = this.context;
    const { seeker, followed, initial } = this.parts;
    reports.status('recovering', shown);
    initial.deviceLost();
    try {
      host.device = await host.restartDevice();
    } catch (error) {
      this.fail(error, shown);
      return undefined;
    }
    followed.invalidate();
    const from = timeline.newest;
    const { kind, step } = continuationAfterLoss(from?.step, shown, timeline.head);
    if (kind === 'seek') {
      if (!seeker.isRequested) seeker.seek(step);
    } else {
      timeline.cut(step);
      reports.rewound(step, lost);
    }
    return { from };
  }

  private fail(error: unknown, shown: number): void {
    const { reports, signal } = this.context;
    if (signal.aborted) return;
    reports.failed(this.parts.followed.hasShown ? 'training' : 'start', messageOf(error));
    reports.status('ended', shown);
  }

  /** Waits until the visitor seeks to a past step of the failed run, or the run is stopped. */
  private async waitForSeek(): Promise<Restart | undefined> {
    const { gate, requests, signal, timeline } = this.context;
    while (!signal.aborted && timeline.newest !== undefined) {
      if (this.parts.seeker.isRequested) return { from: timeline.newest };
      requests.rejectAll();
      gate.pause();
      await gate.wait();
    }
    return undefined;
  }
}
