// Sends the reports of one run to the page. Events are collected and sent at most once per frame; all other reports are
// sent immediately, after the events that preceded them.
import type { Matrix } from '../metrics/vectors.ts';
import type { RunEvent } from '../run/events.ts';
import { FRAME_MS } from '../trainer/stepLog.ts';
import type { Report } from './protocol.ts';

export type Post = (report: Report, transfer?: Transferable[]) => void;
export type RunStatus = Extract<Report, { type: 'status' }>['status'];

export class RunReporter {
  private events: RunEvent[] = [];
  /** When events were last sent, in milliseconds (performance.now()). */
  private sentAt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastStatus = '';

  /** @param run number that identifies the run in every report */
  constructor(
    private readonly run: number,
    private readonly post: Post,
  ) {}

  event(event: RunEvent): void {
    this.events.push(event);
    const wait = this.sentAt + FRAME_MS - performance.now();
    if (wait <= 0) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), wait);
  }

  /** Adds a sentence to the run's record. */
  note(step: number, text: string): void {
    this.event({ type: 'note', step, text });
  }

  /** Sends the events collected so far. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.sentAt = performance.now();
    if (this.events.length === 0) return;
    this.post({ type: 'events', run: this.run, events: this.events });
    this.events = [];
  }

  /** Reports the status if it has changed. While a run is training, its step is in the events. */
  status(status: RunStatus, step: number): void {
    const now = status === 'running' ? status : `${status} ${step}`;
    if (now !== this.lastStatus) this.send({ type: 'status', run: this.run, status, step });
    this.lastStatus = now;
  }

  /** Reports a finished seek, followed by the status even if it is unchanged. */
  seeked(step: number, milliseconds: number, status: RunStatus): void {
    this.send({ type: 'seeked', run: this.run, step, milliseconds });
    this.lastStatus = '';
    this.status(status, step);
  }

  /** @param deviceError what happened to the device; null after a change at a step of the past */
  rewound(step: number, deviceError: string | null): void {
    this.send({ type: 'rewound', run: this.run, step, deviceError });
  }

  timeline({ steps, bytes, budget }: { steps: number[]; bytes: number; budget: number }): void {
    this.send({ type: 'timeline', run: this.run, snapshots: steps, bytes, budget });
  }

  /** Reports embeddings of the followed sentences; their buffer is transferred to the page. */
  embeddings(embeddings: Matrix, step: number, initial: boolean): void {
    this.send({ type: 'embeddings', run: this.run, step, initial, embeddings }, [
      embeddings.data.buffer as ArrayBuffer, // never a SharedArrayBuffer
    ]);
  }

  failed(during: 'start' | 'training', message: string): void {
    this.send({ type: 'failed', during, message });
  }

  private send(report: Report, transfer: Transferable[] = []): void {
    this.flush();
    this.post(report, transfer);
  }
}
