// Reports on their way to the page: events are gathered, so that the page hears from a run at most once a frame.
import type { RunEvent } from '../run/events.ts';
import { FRAME } from '../trainer/stepLog.ts';
import type { Report } from './protocol.ts';

export class Outbox {
  private events: RunEvent[] = [];
  private sent = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly run: number,
    private readonly post: (report: Report, transfer?: Transferable[]) => void,
  ) {}

  add(event: RunEvent): void {
    this.events.push(event);
    const wait = this.sent + FRAME - performance.now();
    if (wait <= 0) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), wait);
  }

  /** Sends what has been gathered now. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.sent = performance.now();
    if (this.events.length === 0) return;
    this.post({ type: 'events', run: this.run, events: this.events });
    this.events = [];
  }

  /** A report that must not overtake the events before it. */
  send(report: Report, transfer: Transferable[] = []): void {
    this.flush();
    this.post(report, transfer);
  }
}
