// The page's end of the worker: starts it, sends commands, parses what comes back, and says when it has died.
import type { StepTrace } from '../run/trace.ts';
import { reportSchema, type Command, type Report } from './protocol.ts';

export interface Encoded {
  before: Extract<Report, { type: 'encoded' }>['before'];
  now: Extract<Report, { type: 'encoded' }>['now'];
}

/** Reports that answer one request. */
type AnswerType = 'encoded' | 'traced' | 'exported';
type Answer = Extract<Report, { type: AnswerType }>;

export interface ClientListeners {
  report: (report: Exclude<Report, { type: AnswerType | 'refused' }>) => void;
  /** The worker crashed or could not be started; the client is of no more use. */
  died: (message: string) => void;
}

interface Waiting {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

export class TrainerClient {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private requests = 0;

  constructor(private readonly listeners: ClientListeners) {
    this.worker = new Worker(new URL('./train.worker.ts', import.meta.url), { type: 'module' });
    this.worker.onmessage = ({ data }: MessageEvent<unknown>) => this.receive(data);
    this.worker.onerror = (event) => this.die(event.message || 'it could not be started');
    this.worker.onmessageerror = () => this.die('it sent something unreadable');
  }

  send(command: Command): void {
    this.worker.postMessage(command);
  }

  /** Embeddings of sentences before training and now. @throws Error with one clear sentence */
  async encode(sentences: readonly string[]): Promise<Encoded> {
    const answer = await this.ask((request) => ({ type: 'encode', request, sentences: [...sentences] }));
    return answer as Extract<Answer, { type: 'encoded' }>;
  }

  /** The next step taken apart; it is not made. @throws Error with one clear sentence */
  async trace(): Promise<StepTrace> {
    const answer = await this.ask((request) => ({ type: 'trace', request }));
    return (answer as Extract<Answer, { type: 'traced' }>).trace;
  }

  /** The encoder as it stands, as a folder's files. @throws Error with one clear sentence */
  async exportModel(): Promise<Map<string, Uint8Array>> {
    const answer = await this.ask((request) => ({ type: 'export', request }));
    return (answer as Extract<Answer, { type: 'exported' }>).files;
  }

  private ask(command: (request: number) => Command): Promise<Answer> {
    const request = ++this.requests;
    return new Promise((resolve, reject) => {
      this.waiting.set(request, { resolve, reject });
      this.send(command(request));
    });
  }

  dispose(): void {
    this.worker.terminate();
    this.rejectAll('The trainer was stopped.');
  }

  private receive(data: unknown): void {
    const parsed = reportSchema.safeParse(data);
    if (!parsed.success) {
      this.die(`it said something unknown (${parsed.error.issues[0]?.message})`);
      return;
    }
    const report = parsed.data;
    if (report.type === 'encoded' || report.type === 'traced' || report.type === 'exported')
      this.settle(report.request, ({ resolve }) => resolve(report));
    else if (report.type === 'refused')
      this.settle(report.request, ({ reject }) => reject(new Error(report.message)));
    else this.listeners.report(report);
  }

  private settle(request: number, with_: (waiting: Waiting) => void): void {
    const waiting = this.waiting.get(request);
    this.waiting.delete(request);
    if (waiting) with_(waiting);
  }

  private die(why: string): void {
    this.worker.terminate();
    this.rejectAll('The trainer stopped working.');
    this.listeners.died(why);
  }

  private rejectAll(message: string): void {
    for (const { reject } of this.waiting.values()) reject(new Error(message));
    this.waiting.clear();
  }
}
