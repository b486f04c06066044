// State of the import panel, step by step: nothing, reading, a text and how it is read, what was found in it, the
// result of adding it. A new source or choice replaces the previous one.
import { messageOf } from '../../util/failure.ts';
import { t } from '../messages/t.ts';
import type { CorpusState } from '../state/corpus.svelte.ts';
import type { AddResult } from '../state/draftFilter.ts';
import { ImportClient, type Imported } from './importClient.ts';
import type { ImportSource } from './importJob.ts';
import { choiceProblem } from './importRead.ts';
import type { ImportChoice, ImportFormat, Inspection } from './importSniff.ts';

export class ImportSession {
  busy = $state(false);
  /** Name of the source, during reading and afterwards. */
  name = $state('');
  failure = $state<string | null>(null);
  /** Message shown next to the result. */
  note = $state<string | null>(null);
  inspection = $state.raw<Inspection | null>(null);
  choice = $state.raw<ImportChoice | null>(null);
  found = $state.raw<Imported | null>(null);
  outcome = $state.raw<AddResult | null>(null);
  private client: ImportClient | undefined;
  private requestId = 0;

  constructor(private readonly corpus: CorpusState) {}

  /** Opens a file or pasted text and reads it in the most likely format. */
  async open(source: ImportSource, isOneOfSeveral = false): Promise<void> {
    this.reset();
    this.note = isOneOfSeveral ? t('corpus.import.several', { name: source.name }) : null;
    this.name = source.name;
    await this.step(async () => {
      const client = (this.client = new ImportClient(source));
      return client.open();
    });
  }

  async readAs(format: ImportFormat): Promise<void> {
    const { client } = this;
    if (client) await this.step(() => client.inspect(format));
  }

  async choose(choice: ImportChoice): Promise<void> {
    const requestId = ++this.requestId;
    this.choice = choice;
    this.found = null;
    this.outcome = null;
    this.failure = choiceProblem(choice, this.name);
    this.busy = this.failure === null;
    if (this.failure !== null || !this.client) return;
    try {
      const found = await this.client.read(choice);
      if (requestId === this.requestId) this.found = found;
    } catch (error) {
      if (requestId === this.requestId) this.failure = messageOf(error);
    } finally {
      if (requestId === this.requestId) this.busy = false;
    }
  }

  /** Adds what was found to the visitor's own groups and pairs. */
  async apply(): Promise<void> {
    if (!this.found || this.busy) return;
    const { groups, pairs } = this.found;
    this.busy = true;
    const outcome = await this.corpus.user.addMany(
      groups,
      pairs.map((pair) => ({ ...pair, source: 'file' as const })),
    );
    this.reset();
    this.outcome = outcome;
  }

  reset(): void {
    this.requestId++;
    this.client?.close();
    this.client = undefined;
    this.busy = false;
    this.failure = null;
    this.note = null;
    this.inspection = null;
    this.choice = null;
    this.found = null;
    this.outcome = null;
  }

  private async step(inspect: () => Promise<Inspection>): Promise<void> {
    const requestId = ++this.requestId;
    this.busy = true;
    this.failure = null;
    try {
      const inspection = await inspect();
      if (requestId !== this.requestId) return;
      this.inspection = inspection;
      await this.choose(inspection.choice);
    } catch (error) {
      if (requestId !== this.requestId) return;
      this.failure = messageOf(error);
      this.busy = false;
    }
  }
}

/** "412 added. 3 were already there." */
export function addResultText({ added, duplicates, invalid, overLimit }: AddResult, most: number): string {
  const parts = [t('corpus.import.done', { count: added })];
  if (duplicates > 0) parts.push(t('corpus.import.copies', { count: duplicates }));
  if (invalid > 0) parts.push(t('corpus.import.refused', { count: invalid }));
  if (overLimit > 0) parts.push(t('corpus.import.surplus', { count: overLimit, most }));
  return parts.join(' ');
}
