// What the page does with saved runs: show one, continue one, train a complete one for a batch job.
import { parseSettingName, type Setting } from '../../run/settings.ts';
import type { Config } from '../../run/config.ts';
import type { RunEvent } from '../../run/events.ts';
import { messageOf } from '../../util/failure.ts';
import type { CorpusState } from './corpus.svelte.ts';
import { t } from '../messages/t.ts';
import type { NoticesState } from './notices.svelte.ts';
import type { QueuedRun } from './paperQueue.svelte.ts';
import type { RecipeState } from './recipe.svelte.ts';
import { modelWords } from './runNames.ts';
import type { RunsState, StoredRun } from './runs.svelte.ts';
import { ShownRun } from './shown.svelte.ts';
import type { LiveTraining } from '../live/liveTraining.svelte.ts';

export interface ComparedOptions {
  runs: RunsState;
  training: LiveTraining;
  recipe: RecipeState;
  corpus: CorpusState;
  notices: NoticesState;
  /** The encoders that the page offers. */
  encoders: readonly string[];
}

export class ComparedState {
  /** A saved run that the page shows in place of the live one. */
  visited = $state.raw<{ id: string; name: string; run: ShownRun } | null>(null);

  constructor(private readonly options: ComparedOptions) {}

  /** Shows a run in the plots and on the map; the live run continues. */
  async show(id: string): Promise<void> {
    const { runs, training, notices } = this.options;
    if (id === training.runId) {
      this.visited = null;
      return;
    }
    try {
      const run = new ShownRun(await runs.read(id));
      run.goTo(run.head);
      this.visited = { id, run, name: runs.list.find((stored) => stored.id === id)?.name ?? '' };
    } catch (error) {
      notices.show({ id: 'visited', kind: 'bad', text: messageOf(error) });
    }
  }

  /** Adds a run that was read from a file, and shows it. */
  async open({ events, name }: { events: readonly RunEvent[]; name: string }): Promise<void> {
    const { runs, notices } = this.options;
    try {
      await this.show(runs.open(events, name));
    } catch (error) {
      notices.show({ id: 'open', kind: 'bad', text: messageOf(error) });
    }
  }

  /** Returns to the live run. */
  leave(): void {
    this.visited = null;
  }

  /** Whether training can continue where a run stopped: it was trained here, is unfinished, and is not the live run. */
  canContinue({ id, source, status, header }: StoredRun): boolean {
    return (
      source === 'trained' &&
      status === 'interrupted' &&
      header !== null &&
      id !== this.options.training.runId
    );
  }

  /** Continues a run from its newest checkpoint, with the recipe it had. */
  async continueRun({ id }: StoredRun): Promise<void> {
    const { runs, training, corpus, notices, encoders } = this.options;
    try {
      const record = await runs.read(id);
      const [{ header }, config] = [record, record.configAt()];
      if (header === null || config === null) return;
      const encoder = modelWords(header);
      if (!encoders.includes(encoder)) throw new Error(t('runs.noEncoder', { encoder }));
      if ((await runs.resume(id)) === null) return;
      this.visited = null;
      await this.prepare(parseSettingName(header.setting), config, encoder);
      await corpus.user.restored;
      training.resume({ id, record, playing: true });
    } catch (error) {
      notices.show({ id: 'continue', kind: 'bad', text: messageOf(error) });
    }
  }

  /** Trains a run from its first to its last step. Rejects with an AbortError after the signal. */
  async trainToEnd({ setting, config, encoder }: QueuedRun, signal: AbortSignal): Promise<{ run: string }> {
    this.visited = null;
    await this.prepare(setting, config, encoder);
    signal.throwIfAborted();
    return { run: await this.options.training.trainToEnd(signal) };
  }

  private async prepare(setting: Setting, config: Config, encoder: string | undefined): Promise<void> {
    const { recipe, corpus } = this.options;
    recipe.take(setting, config, encoder);
    await corpus.load(setting.domain, setting.pattern);
  }
}
