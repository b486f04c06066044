// The state of the desk: the visitor's choices, the corpus, the training, and how they affect one another. App.svelte
// creates one and passes its parts to the views.
import { untrack } from 'svelte';
import { AUTOMATIC, DEFAULT_ENCODER, type EncoderName } from '../../run/encoders.ts';
import { settingName } from '../../run/settings.ts';
import { matchErrorRate } from '../../metrics/matchErrorRate.ts';
import { messageOf } from '../../util/failure.ts';
import { t } from '../messages/t.ts';
import type { OtherRun } from '../plots/overlay.ts';
import { AutomaticEncoder } from './automaticEncoder.svelte.ts';
import { ComparedState } from './compared.svelte.ts';
import { CorpusState } from './corpus.svelte.ts';
import { BUNDLED } from './corpusFiles.ts';
import { cosineSets, groupCosines } from './groupCosines.ts';
import { measuredNote } from './measuredNote.ts';
import { NoticesState } from './notices.svelte.ts';
import { RecipeState, replaceHash, type RecipeOptions } from './recipe.svelte.ts';
import { addressOf, fetchRecord, RECORDED_RUN } from './recorded.ts';
import { RecordedSettings } from './recordedSettings.svelte.ts';
import { modelWords } from './runNames.ts';
import { RunsState } from './runs.svelte.ts';
import { ShownRun } from './shown.svelte.ts';
import { TracingState } from './tracing.svelte.ts';
import { LiveTraining } from '../live/liveTraining.svelte.ts';
import { wantsPlay } from '../live/phase.ts';
import type { UnfinishedRun } from '../live/options.ts';
import { continues, notePlaying, wasPlaying } from '../live/unfinished.ts';

/** The number of groups whose match error rates are plotted; the plot shows it. */
const MER_GROUPS = 500;

export class DeskState {
  readonly notices = new NoticesState();
  readonly corpus = new CorpusState();
  readonly recipe: RecipeState;
  readonly training: LiveTraining;
  readonly runs: RunsState;
  /** The trace of the next step. */
  readonly tracing: TracingState;
  readonly compared: ComparedState;
  /** What the recipe's automatic encoder stands for. */
  readonly automatic: AutomaticEncoder;
  /** The paper's settings, recorded for the page. */
  readonly recordedSettings: RecordedSettings;
  /** The recorded run that is bundled with the page. */
  readonly recorded = new ShownRun();

  /** @param encoders those that the page offers */
  constructor(
    defaults: RecipeOptions['defaults'],
    private readonly encoders: readonly EncoderName[],
  ) {
    const linkChoices = { domains: Object.keys(BUNDLED), models: [AUTOMATIC, ...encoders] };
    this.recipe = new RecipeState({ defaults, linkChoices, hash: location.hash, writeHash: replaceHash });
    this.runs = new RunsState({
      defaults: { ...defaults, model: DEFAULT_ENCODER },
      oncleared: (id) => this.training.worker.deleteSaved(id),
    });
    this.recordedSettings = new RecordedSettings(this.runs);
    this.training = new LiveTraining({
      recorder: this.runs,
      newId: () => crypto.randomUUID(),
      unfinished: () => this.unfinished(),
      recipe: this.recipe,
      notices: this.notices,
      modelAddress: (model) => addressOf(`./models/${model}`),
      data: () => ({
        ...this.corpus.forTraining,
        sts: this.corpus.evaluationPairs,
        bundled: this.corpus.usesBundled,
        loading: this.corpus.loading,
        shortfall: this.corpus.shortfallFor(this.recipe.config),
      }),
    });
    this.tracing = new TracingState(() =>
      this.training.worker.request((client) => client.request({ type: 'trace' })),
    );
    const { runs, training, recipe, corpus, notices } = this;
    this.compared = new ComparedState({ runs, training, recipe, corpus, notices, encoders });
    this.automatic = new AutomaticEncoder({
      offered: encoders,
      recipe,
      training,
      measure: () => training.worker.request((client) => client.request({ type: 'forwardTime' })),
    });
    this.corpus.user.onadded = (groups) => {
      this.automatic.begin();
      this.training.addGroups(groups);
    };
  }

  /** Loads what the page needs, the recorded run first, because it is what the visitor sees. */
  async open(): Promise<void> {
    this.training.load();
    try {
      this.recorded.append(await fetchRecord(RECORDED_RUN));
    } catch (error) {
      this.notices.show({
        id: 'record',
        kind: 'info',
        text: t('failures.record', { why: messageOf(error) }),
      });
    }
  }

  /** Registers the effects that keep the states in sync. Call during component initialisation. */
  follow(): void {
    const { corpus, recipe, training, tracing, notices, runs, automatic } = this;
    $effect(() => {
      const { device } = recipe;
      untrack(() => automatic.useDevice(device));
    });
    $effect(() => {
      if (recipe.model !== AUTOMATIC) untrack(() => automatic.suspend());
    });
    $effect(() => {
      if (this.hasBegun) untrack(() => automatic.begin());
    });
    $effect(() => {
      if (automatic.isDue) untrack(() => void automatic.decide());
    });
    $effect(() => {
      if (automatic.isReady) untrack(() => automatic.adopt());
    });
    // The corpus follows the setting; until something has been trained, a fresh run follows both.
    $effect(() => {
      const { domain, pattern } = recipe.setting;
      untrack(() => void corpus.load(domain, pattern));
    });
    $effect(() => {
      if (this.staleStart) untrack(() => training.start(null));
    });
    $effect(() => {
      if (training.runId !== '') untrack(() => tracing.clear());
    });
    $effect(() => {
      if (training.status !== 'loading') notePlaying(training.playing ? training.runId : null);
    });
    $effect(() => {
      const failures = {
        storage: corpus.user.storageFailure,
        corpus: corpus.failure,
        runs: runs.storageFailure,
      };
      untrack(() => {
        for (const [id, text] of Object.entries(failures)) {
          if (text === null) notices.dismiss(id);
          else notices.show({ id, kind: 'bad', text });
        }
      });
    });
  }

  /** The newest run, if a closed page left it unfinished and it still matches the recipe. */
  private async unfinished(): Promise<UnfinishedRun | null> {
    await this.runs.load();
    void this.recordedSettings.restore();
    const { newest } = this.runs;
    if (newest?.status !== 'interrupted' || newest.header === null) return null;
    try {
      const record = await this.runs.read(newest.id);
      if (!continues(this.recipe.values, record, this.encoders)) return null;
      const { domain, pattern } = this.recipe.setting;
      await Promise.all([this.corpus.load(domain, pattern), this.corpus.user.restored]);
      const playing = wasPlaying() === newest.id;
      if ((await this.runs.resume(newest.id)) === null) return null;
      if (this.recipe.model === AUTOMATIC) this.automatic.continueWith(modelWords(newest.header));
      return { id: newest.id, record, playing };
    } catch {
      return null; // the list of runs shows what is wrong with it; a fresh run starts
    }
  }

  /** Whether the visitor has trained, opened or looked into something. Groups that are typed begin it too. */
  private get hasBegun(): boolean {
    const { training, compared, tracing } = this;
    const isTraining = training.status === 'running' || wantsPlay(training.phase) || training.run.step > 0;
    return isTraining || compared.visited !== null || tracing.busy || tracing.trace !== null;
  }

  /** Whether the curves show the recorded run: until something has been trained here. */
  readonly showsRecord = $derived.by(() => {
    const { training } = this;
    return training.run.step === 0 && training.status !== 'running' && this.recorded.revision > 0;
  });
  /** What to say of the recorded run while the curves show it; otherwise null. */
  readonly recordedNote = $derived.by(() => {
    const { header } = this.recorded;
    if (!this.showsRecord || this.compared.visited !== null || header === null) return null;
    return t('plots.recorded', { encoder: modelWords(header) });
  });
  /** The run in the plots: a saved one that is being viewed, the recorded one, or the live one. */
  readonly curves = $derived.by(
    () => this.compared.visited?.run ?? (this.showsRecord ? this.recorded : this.training.run),
  );
  /** The run on the map: the visitor's own encoder as soon as it is loaded. */
  readonly mapped = $derived.by(() => {
    const visited = this.compared.visited?.run;
    if (visited?.current) return visited;
    return this.training.run.current ? this.training.run : this.recorded;
  });

  /** The shown run, as it is shared. */
  readonly shared = $derived.by(() => {
    const run = this.curves;
    const id = this.compared.visited?.id ?? this.training.runId;
    if (run.revision === 0 || run.header === null) return null;
    const { record, points, initial, current, step } = run;
    const name = this.runs.list.find((stored) => stored.id === id)?.name ?? run.header.setting;
    return { name, record, points, initial, current, step };
  });

  /** Curves behind those of the shown run: selected runs, and its own future while an earlier step is shown. */
  readonly behind = $derived.by((): readonly OtherRun[] => {
    const { isShowingPast, record } = this.training.run;
    const { others } = this.runs.overlays;
    if (!isShowingPast || this.showsRecord) return others;
    const { series } = record;
    const later = { id: 'later', name: t('timeline.later'), color: 'var(--accent)', series };
    return [later, ...others];
  });

  readonly cosinesNow = $derived.by(() => groupCosines(this.curves.points, this.curves.current));
  readonly cosinesBefore = $derived.by(() => groupCosines(this.curves.points, this.curves.initial));
  readonly liveCosines = $derived.by(() => groupCosines(this.training.run.points, this.training.run.current));
  readonly cosines = $derived.by(() => ({
    before: cosineSets(this.cosinesBefore),
    now: cosineSets(this.cosinesNow),
  }));

  /**
   * Match error rates: the share of words in positives and negatives that their anchors contain too (Li et al. 2024,
   * MER).
   */
  readonly mer = $derived.by(() => {
    const groups = this.corpus.groups.filter(({ positive }) => positive !== undefined);
    if (groups.length === 0) return null;
    const every = Math.max(1, Math.ceil(groups.length / MER_GROUPS));
    const taken = groups.filter((_, i) => i % every === 0);
    const rates = (role: 'positive' | 'negative') =>
      taken.flatMap((group) => {
        const other = group[role];
        const mer = other === undefined ? null : matchErrorRate(group.anchor, other).mer;
        return mer === null ? [] : [mer];
      });
    return { positive: rates('positive'), negative: rates('negative') };
  });

  /** What the figures were measured on. */
  readonly measuredNote = $derived.by(() => measuredNote(this.curves));

  /** Why the chosen corpus cannot be used with a pattern. */
  readonly unavailable = (pattern: Parameters<CorpusState['missingFor']>[1]): string | null =>
    this.corpus.missingFor(this.recipe.setting.domain, pattern);

  /**
   * Whether a run should start now: one that waited for its corpus, or a fresh one because of a change before the
   * first step.
   */
  get staleStart(): boolean {
    const { training, recipe, corpus } = this;
    const { kind } = training.phase;
    if (kind === 'awaitingData') return !corpus.loading;
    // Another encoder is chosen after one could not be loaded.
    if (kind === 'encoderFailed') return training.hasOtherEncoder;
    if ((kind !== 'starting' && kind !== 'waiting') || training.run.step > 0) return false;
    const { loaded } = corpus;
    const isLoaded = loaded !== null && settingName(loaded) === settingName(recipe.setting);
    return isLoaded && (training.restartNeeded || recipe.unsentHotKnobs.length > 0);
  }
}
