// The page's side of an import: uses a worker for large texts, collects results that arrive in parts, and drops the
// reply to a request that has been replaced by a newer one.
import type { ScoredPair } from '../../data/group.ts';
import { Failure } from '../../util/failure.ts';
import { t } from '../messages/t.ts';
import type { GroupDraft } from '../state/corpusText.ts';
import type { ReadSummary, Reply, Request, Source } from './importJob.ts';
import type { Choice, Format, Inspection } from './importSniff.ts';
import { sizeProblem } from './importText.ts';

/** Larger texts (bytes or characters) are read in the worker; reading this much takes a few milliseconds. */
const SMALL = 64_000;

export interface Imported extends ReadSummary {
  groups: GroupDraft[];
  pairs: ScoredPair[];
}

interface Host {
  send: (request: Request) => void;
  end: () => void;
}

export class ImportClient {
  private readonly host: Host;
  private waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | undefined;
  private groups: GroupDraft[] = [];
  private pairs: ScoredPair[] = [];
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly source: Source) {
    const size = 'text' in source ? source.text.length : source.file.size;
    const problem = sizeProblem(source.name, size);
    if (problem !== null) throw new Failure(problem);
    this.host = size > SMALL ? this.workerHost() : this.pageHost();
  }

  /** @throws Failure if the source is not text */
  async open(): Promise<Inspection> {
    return inspectionOf(await this.ask({ type: 'open', source: this.source }));
  }

  async inspect(as: Format): Promise<Inspection> {
    return inspectionOf(await this.ask({ type: 'inspect', as }));
  }

  /** @throws Failure if nothing in the text can be used */
  async read(choice: Choice): Promise<Imported> {
    const reply = await this.ask({ type: 'read', choice });
    if (reply.type !== 'read') throw unexpected();
    return { ...reply.summary, groups: this.groups, pairs: this.pairs };
  }

  end(): void {
    this.host.end();
  }

  /** Sends one request at a time, in order. */
  private ask(request: Request): Promise<Reply> {
    const answer = this.last.then(
      () =>
        new Promise<Reply>((resolve, reject) => {
          this.groups = [];
          this.pairs = [];
          this.waiting = { resolve, reject };
          this.host.send(request);
        }),
    );
    this.last = answer.catch(() => undefined);
    return answer;
  }

  private receive(reply: Reply): void {
    if (reply.type === 'groups') this.groups.push(...reply.groups);
    else if (reply.type === 'pairs') this.pairs.push(...reply.pairs);
    else if (reply.type === 'failed') this.waiting?.reject(new Failure(reply.message));
    else this.waiting?.resolve(reply);
  }

  private workerHost(): Host {
    const worker = new Worker(new URL('./import.worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<Reply>) => this.receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.waiting?.reject(new Failure(t('corpus.import.workerDied', { name: this.source.name })));
    };
    return { send: (request) => worker.postMessage(request), end: () => worker.terminate() };
  }

  private pageHost(): Host {
    const job = import('./importJob.ts').then(
      ({ ImportJob }) => new ImportJob((reply) => this.receive(reply)),
      () => {
        throw new Failure(t('corpus.import.workerDied', { name: this.source.name }));
      },
    );
    const send = (request: Request) => {
      job
        .then((each) => each.handle(request))
        .catch((error: unknown) => this.waiting?.reject(error instanceof Error ? error : unexpected()));
    };
    return { send, end: () => undefined };
  }
}

const unexpected = () => new Failure(t('corpus.import.workerDied', { name: '' }));

function inspectionOf(reply: Reply): Inspection {
  if (reply.type !== 'inspected') throw unexpected();
  return reply.inspection;
}
