// The page's client of the training worker: starts it, sends commands, parses its reports, and detects when it dies.
import {
  reportSchema,
  responseSchemas,
  type Command,
  type ModelRequest,
  type Report,
  type RequestType,
  type Responses,
} from './protocol.ts';

export interface ClientListeners {
  report: (report: Exclude<Report, { type: 'response' | 'requestFailed' }>) => void;
  /** The worker crashed or could not be started; the client can no longer be used. */
  died: (message: string) => void;
}

interface PendingRequest {
  receive: (response: unknown) => void;
  reject: (error: Error) => void;
}

export class TrainerClient {
  private readonly worker: Worker;
  private readonly pending = new Map<number, PendingRequest>();
  private lastId = 0;

  constructor(private readonly listeners: ClientListeners) {
    this.worker = new Worker(new URL('./train.worker.ts', import.meta.url), { type: 'module' });
    this.worker.onmessage = ({ data }: MessageEvent<unknown>) => this.receive(data);
    this.worker.onerror = (event) => this.die(event.message || 'it could not be started');
    this.worker.onmessageerror = () => this.die('it sent a message that cannot be read');
  }

  send(command: Command): void {
    this.worker.postMessage(command);
  }

  /** Sends a request about the model, answered between two steps. Rejects with an Error (one clear sentence). */
  request<T extends RequestType>(request: ModelRequest<T> & ModelRequest): Promise<Responses[T]> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const receive = (response: unknown) => {
        const parsed = responseSchemas[request.type].safeParse(response);
        if (parsed.success) resolve(parsed.data);
        else {
          const why = `its response to "${request.type}" is not valid (${parsed.error.issues[0]?.message})`;
          reject(new Error(STOPPED_WORKING));
          this.die(why);
        }
      };
      this.pending.set(id, { receive, reject });
      this.send({ type: 'request', id, request });
    });
  }

  dispose(): void {
    this.worker.terminate();
    this.rejectAll('The trainer was stopped.');
  }

  private receive(data: unknown): void {
    const parsed = reportSchema.safeParse(data);
    if (!parsed.success) {
      this.die(`it sent an unknown message (${parsed.error.issues[0]?.message})`);
      return;
    }
    const report = parsed.data;
    if (report.type === 'response') this.take(report.id)?.receive(report.response);
    else if (report.type === 'requestFailed') this.take(report.id)?.reject(new Error(report.message));
    else this.listeners.report(report);
  }

  private take(id: number): PendingRequest | undefined {
    const request = this.pending.get(id);
    this.pending.delete(id);
    return request;
  }

  private die(why: string): void {
    this.worker.terminate();
    this.rejectAll(STOPPED_WORKING);
    this.listeners.died(why);
  }

  private rejectAll(message: string): void {
    for (const { reject } of this.pending.values()) reject(new Error(message));
    this.pending.clear();
  }
}

const STOPPED_WORKING = 'The trainer stopped working.';
