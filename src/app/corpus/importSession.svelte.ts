// State of the import panel, step by step: nothing, reading, a text and how it is read, what was found in it, the
// result of adding it. A new source or choice replaces the previous one.
import { messageOf } from '../../util/failure.ts';
import { t } from '../messages/t.ts';
import type { CorpusState } from '../state/corpus.svelte.ts';
import type { Added } from '../state/corpusIntake.ts';
import { ImportClient, type Imported } from './importClient.ts';
import type { Source } from './importJob.ts';
import { choiceProblem } from './importRead.ts';
import type { Choice, Format, Inspection } from './importSniff.ts';

export class ImportSession {
  busy = $state(false);
  /** Name of the source, during reading and afterwards. */
  name = $state('');
  failure = $state<string | null>(null);
  /** Message shown next to the result. */
  note = $state<string | null>(null);
  inspection = $state.raw<Inspection | null>(null);
  choice = $state.raw<Choice | null>(null);
  found = $state.raw<Imported | null>(null);
  outcome = $state.raw<Added | null>(null);
  private client: ImportClient | undefined;
  private turn = 0;

  constructor(private readonly corpus: CorpusState) {}

  /** Opens a file or pasted text and reads it in the most likely format. */
  async open(source: Source, cameWithOthers = false): Promise<void> {
    this.forget();
    this.note = cameWithOthers ? t('corpus.import.several', { name: source.name }) : null;
    this.name = source.name;
    await this.step(async () => {
      const client = (this.client = new ImportClient(source));
      return client.open();
    });
  }

  async readAs(format: Format): Promise<void> {
    const { client } = this;
    if (client) await this.step(() => client.inspect(format));
  }

  async choose(choice: Choice): Promise<void> {
    const turn = ++this.turn;
    this.choice = choice;
    this.found = null;
    this.outcome = null;
    this.failure = choiceProblem(choice, this.name);
    this.busy = this.failure === null;
    if (this.failure !== null || !this.client) return;
    try {
      const found = await this.client.read(choice);
      if (turn === this.turn) this.found = found;
    } catch (error) {
      if (turn === this.turn) this.failure = messageOf(error);
    } finally {
      if (turn === this.turn) this.busy = false;
    }
  }

  /** Adds what was found to the visitor's own groups and pairs. */
  async apply(): Promise<void> {
    if (!this.found || this.busy) return;
    const { groups, pairs } = this.found;
    this.busy = true;
    const outcome = await this.corpus.own.addMany(
      groups,
      pairs.map((pair) => ({ ...pair, source: 'file' as const })),
    );
    this.forget();
    this.outcome = outcome;
  }

  forget(): void {
    this.turn++;
    this.client?.end();
    this.client = undefined;
    this.busy = false;
    this.failure = null;
    this.note = null;
    this.inspection = null;
    this.choice = null;
    this.found = null;
    this.outcome = null;
  }

  private async step(look: () => Promise<Inspection>): Promise<void> {
    const turn = ++this.turn;
    this.busy = true;
    this.failure = null;
    try {
      const inspection = await look();
      if (turn !== this.turn) return;
      this.inspection = inspection;
      await this.choose(inspection.choice);
    } catch (error) {
      if (turn !== this.turn) return;
      this.failure = messageOf(error);
      this.busy = false;
    }
  }
}

/** "412 added. 3 were already there." */
export function saidOf({ added, copies, refused, surplus }: Added, most: number): string {
  const parts = [t('corpus.import.done', { count: added })];
  if (copies > 0) parts.push(t('corpus.import.copies', { count: copies }));
  if (refused > 0) parts.push(t('corpus.import.refused', { count: refused }));
  if (surplus > 0) parts.push(t('corpus.import.surplus', { count: surplus, most }));
  return parts.join(' ');
}
