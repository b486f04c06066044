// The page's side of an import: uses a worker for large texts, collects results that arrive in parts, and drops the
// reply to a request that has been replaced by a newer one.
import type { ScoredPair } from '../../data/group.ts';
import { Failure } from '../../util/failure.ts';
import { t } from '../messages/t.ts';
import type { GroupDraft } from '../state/corpusText.ts';
import type { ReadSummary, ImportReply, ImportRequest, ImportSource } from './importJob.ts';
import type { ImportChoice, ImportFormat, Inspection } from './importSniff.ts';
import { sizeProblem } from './importText.ts';

/** Larger texts (bytes or characters) are read in the worker; reading this much takes a few milliseconds. */
const SMALL = 64_000;

export interface Imported extends ReadSummary {
  groups: GroupDraft[];
  pairs: ScoredPair[];
}

interface Host {
  send: (request: ImportRequest) => void;
  close: () => void;
}

export class ImportClient {
  private readonly host: Host;
  private pending: { resolve: (reply: ImportReply) => void; reject: (error: Error) => void } | undefined;
  private groups: GroupDraft[] = [];
  private pairs: ScoredPair[] = [];
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly source: ImportSource) {
    const size = 'text' in source ? source.text.length : source.file.size;
    const problem = sizeProblem(source.name, size);
    if (problem !== null) throw new Failure(problem);
    this.host = size > SMALL ? this.workerHost() : this.pageHost();
  }

  /** @throws Failure if the source is not text */
  async open(): Promise<Inspection> {
    return inspectionOf(await this.request({ type: 'open', source: this.source }));
  }

  async inspect(as: ImportFormat): Promise<Inspection> {
    return inspectionOf(await this.request({ type: 'inspect', as }));
  }

  /** @throws Failure if nothing in the text can be used */
  async read(choice: ImportChoice): Promise<Imported> {
    const reply = await this.request({ type: 'read', choice });
    if (reply.type !== 'read') throw unexpected();
    return { ...reply.summary, groups: this.groups, pairs: this.pairs };
  }

  close(): void {
    this.host.close();
  }

  /** Sends one request at a time, in order. */
  private request(request: ImportRequest): Promise<ImportReply> {
    const answer = this.last.then(
      () =>
        new Promise<ImportReply>((resolve, reject) => {
          this.groups = [];
          this.pairs = [];
          this.pending = { resolve, reject };
          this.host.send(request);
        }),
    );
    this.last = answer.catch(() => undefined);
    return answer;
  }

  private receive(reply: ImportReply): void {
    if (reply.type === 'groups') this.groups.push(...reply.groups);
    else if (reply.type === 'pairs') this.pairs.push(...reply.pairs);
    else if (reply.type === 'failed') this.pending?.reject(new Failure(reply.message));
    else this.pending?.resolve(reply);
  }

  private workerHost(): Host {
    const worker = new Worker(new URL('./import.worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<ImportReply>) => this.receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.pending?.reject(new Failure(t('corpus.import.workerDied', { name: this.source.name })));
    };
    return { send: (request) => worker.postMessage(request), close: () => worker.terminate() };
  }

  private pageHost(): Host {
    const job = import('./importJob.ts').then(
      ({ ImportJob }) => new ImportJob((reply) => this.receive(reply)),
      () => {
        throw new Failure(t('corpus.import.workerDied', { name: this.source.name }));
      },
    );
    const send = (request: ImportRequest) => {
      job
        .then((each) => each.handle(request))
        .catch((error: unknown) => this.pending?.reject(error instanceof Error ? error : unexpected()));
    };
    return { send, close: () => undefined };
  }
}

const unexpected = () => new Failure(t('corpus.import.workerDied', { name: '' }));

function inspectionOf(reply: ImportReply): Inspection {
  if (reply.type !== 'inspected') throw unexpected();
  return reply.inspection;
}
