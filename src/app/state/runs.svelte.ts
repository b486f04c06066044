// The runs of this browser, trained here or opened from files and kept between visits, and which of them are overlaid
// on the shown one. A run is listed from its first step on.
import { RunRecord, UNCHANGED } from '../../record/runRecord.ts';
import type { RunEvent } from '../../run/events.ts';
import { settingName, type Setting } from '../../run/settings.ts';
import { Failure } from '../../util/failure.ts';
import { t } from '../messages/t.ts';
import { indexedDbPreferences, type PreferenceStore } from '../storage/preferenceStore.ts';
import { claimRun, type Claim } from '../storage/runLock.ts';
import { indexedDbRunStore, type RunStore, type StoredRun } from '../storage/runStore.ts';
import { automaticName, branchName, cleanName, uniqueName, type RunBase } from './runNames.ts';
import {
  isFull,
  NONE_SELECTED,
  onlyKnown,
  overlaysOf,
  readSelection,
  recordedSettingOf,
  runColor,
  withoutSelected,
  withSelected,
  type OverlaySelection,
} from './runOverlays.ts';
import { newOpenedRun, newTrainedRun } from './newRun.ts';
import { hasSteps, StoredRuns } from './storedRuns.svelte.ts';

export type { StoredRun, UnreadableRun } from '../storage/runStore.ts';

export interface RunsOptions {
  /** The page's default recipe; a run's name leaves out what equals it. */
  defaults: Omit<RunBase, 'setting'> & { setting: Setting | string };
  /** null: nothing is stored. */
  store?: RunStore | null;
  preferences?: PreferenceStore | null;
  claim?: (id: string) => Promise<Claim | null>;
  /** Milliseconds since 1970. */
  now?: () => number;
  /** Called when a run has been deleted for good, so that its checkpoints can be deleted too. */
  oncleared?: (id: string) => void;
}

const LONGEST_NOTE = 2000;
/** How often the figures of a growing run are recomputed. */
const SUMMARY_EVERY = 1000; // milliseconds
const SELECTION = 'runs.selected';

export class RunsState {
  /** The run that the page shows. */
  current = $state<string | null>(null);
  private selection = $state.raw<OverlaySelection>(NONE_SELECTED);

  private readonly stored: StoredRuns;
  private readonly defaults: RunBase;
  private readonly preferences: PreferenceStore | null;
  private readonly now: () => number;
  private summed = 0;

  constructor({ defaults, store, preferences, claim = claimRun, now = Date.now, oncleared }: RunsOptions) {
    const { setting } = defaults;
    this.defaults = { ...defaults, setting: typeof setting === 'string' ? setting : settingName(setting) };
    this.now = now;
    this.preferences = preferences === undefined ? indexedDbPreferences() : preferences;
    const kept = store === undefined ? indexedDbRunStore() : store;
    this.stored = new StoredRuns({ store: kept, claim, now, oncleared });
    if (kept !== null) kept.onchanged = () => void this.load();
  }

  /** The newest first. */
  readonly list: readonly StoredRun[] = $derived.by(() =>
    this.stored.all
      .filter((run) => run.removed === null && hasSteps(run))
      .toReversed()
      .toSorted((a, b) => b.created - a.created),
  );
  /** The run to continue after a reload: the newest one trained here. */
  readonly newest: StoredRun | null = $derived.by(
    () => this.list.find(({ source, header }) => source === 'trained' && header !== null) ?? null,
  );
  /** Curves of the selected runs, and bands of those that differ only in their seed. */
  readonly overlays = $derived.by(() =>
    overlaysOf(this.list, this.stored.loaded, this.selection, this.current),
  );
  readonly selected: readonly string[] = $derived.by(() => [...this.selection.keys()]);

  /** Stored runs that cannot be read; they are left as they are. */
  get unreadable() {
    return this.stored.unreadable;
  }
  /** Why runs are not stored, and what to do; null while storage works. Nothing is lost in memory. */
  get storageFailure(): string | null {
    return this.stored.failure;
  }
  get canSelectMore(): boolean {
    return !isFull(this.selection);
  }
  /** The run that undo restores. */
  get lastRemoved(): StoredRun | null {
    return this.stored.find(this.stored.removed.at(-1) ?? '') ?? null;
  }
  /** The run's colour in the plots; null when it is not plotted. */
  colorOf(id: string): string | null {
    const number = id === this.current ? 1 : this.selection.get(id);
    return number === undefined ? null : runColor(number);
  }

  /** Reads the stored runs. */
  async load(): Promise<void> {
    await this.stored.load();
    const wanted =
      this.selection.size > 0 ? this.selection : readSelection(await this.preferences?.get(SELECTION));
    this.selection = onlyKnown(wanted, this.list);
    await Promise.all(this.selected.map((id) => this.readForPlots(id)));
  }

  // --- the run that is being trained ---------------------------------------------------------------------------------

  /**
   * Starts a run. It is stored from its first step on; the run that it branches off stays visible. A previous run
   * that has not ended is marked as interrupted.
   */
  begin(id: string, record: RunRecord, parent: StoredRun['parent'] = null): void {
    this.interruptCurrent();
    this.stored.sweep();
    this.stored.add(newTrainedRun(id, this.now(), parent), record);
    void this.stored.take(id);
    this.current = id;
    if (parent !== null && this.stored.find(parent.id) !== undefined) this.addOverlay(parent.id);
  }

  /**
   * Continues a stored run; otherwise as begin().
   * @returns its record; null when another tab is writing it
   * @throws StorageFailure
   */
  async resume(id: string): Promise<RunRecord | null> {
    if (!(await this.stored.take(id))) return null;
    const record = await this.read(id);
    this.interruptCurrent();
    this.stored.change(id, { status: 'running' });
    this.current = id;
    return record;
  }

  /**
   * The record of a run has changed.
   * @param from the first event that differs from before, or UNCHANGED
   */
  changed(id: string, from: number): void {
    const record = this.stored.loaded.get(id);
    if (record === undefined || from === UNCHANGED) return;
    if (from === 0 && record.header !== null) {
      this.stored.change(id, { header: record.header });
      if (this.stored.find(id)?.named === false) this.stored.change(id, { name: this.automatic(id) });
    }
    this.stored.grown(id, from);
    const known = this.stored.find(id)?.summary.steps ?? 0;
    const isDue = this.now() - this.summed >= SUMMARY_EVERY;
    if (isDue || record.head < known || (known === 0 && record.head > 0)) this.summarize(id, record);
    const end = record.events.slice(from).findLast((event) => event.type === 'end');
    if (end) this.finish(id, record, end.reason);
  }

  /** Marks the run that is being trained as interrupted, if it has not ended. */
  interruptCurrent(): void {
    const run = this.stored.find(this.current ?? '');
    const record = this.stored.loaded.get(this.current ?? '');
    if (run?.status === 'running' && record) this.finish(run.id, record, 'interrupted');
  }

  private finish(id: string, record: RunRecord, reason: StoredRun['status']): void {
    this.summarize(id, record);
    this.stored.change(id, { status: reason });
    this.stored.saveAndAnnounce();
    void this.flush().then(() => {
      // It may have been resumed in the meantime.
      if (this.stored.find(id)?.status !== 'running') this.stored.release(id);
    });
  }

  private summarize(id: string, record: RunRecord): void {
    // Before its own header, a branch holds only its parent's past.
    if (this.stored.find(id)?.header === null) return;
    this.summed = this.now();
    this.stored.change(id, { summary: record.summary() });
  }

  // --- stored runs ---------------------------------------------------------------------------------------------------

  /**
   * Adds a record from a file.
   * @returns its id
   * @throws Failure when it holds no run
   */
  open(events: readonly RunEvent[], name: string): string {
    const record = new RunRecord(events);
    const { header } = record;
    if (header === null) throw new Failure(t('runs.noHeader', { name: cleanName(name) }));
    const id = crypto.randomUUID();
    const given = cleanName(name) || automaticName(header, this.defaults);
    const run = newOpenedRun(id, this.now(), uniqueName(given, this.names(id)), header, record);
    this.stored.add(run, record);
    this.stored.saveAndAnnounce();
    return id;
  }

  /**
   * The record of a run, read on first use.
   * @throws StorageFailure
   */
  read(id: string): Promise<RunRecord> {
    return this.stored.read(id);
  }

  /** Renames a run; an empty name restores the automatic one. */
  rename(id: string, name: string): void {
    const given = cleanName(name);
    this.stored.change(id, { name: given || this.automatic(id), named: given !== '' });
    this.stored.saveAndAnnounce();
  }

  setNote(id: string, note: string): void {
    this.stored.change(id, { note: note.slice(0, LONGEST_NOTE) });
    this.stored.saveAndAnnounce();
  }

  remove(id: string): void {
    this.setSelection(withoutSelected(this.selection, id));
    this.stored.remove(id);
  }

  undo(): void {
    this.stored.undo();
  }

  /** Deletes a stored run that cannot be read. */
  async discard(id: string): Promise<void> {
    await this.stored.clear(id);
  }

  /**
   * Overlays a run, or a recorded setting, on the shown one, or removes the overlay.
   * @returns false when there are five already
   */
  select(id: string, on: boolean): boolean {
    if (on && !this.selection.has(id) && isFull(this.selection)) return false;
    if (on) this.addOverlay(id);
    else this.setSelection(withoutSelected(this.selection, id));
    return true;
  }

  /** Writes unsaved changes now. */
  flush(): Promise<void> {
    return this.stored.flush();
  }

  private addOverlay(id: string): void {
    this.setSelection(withSelected(this.selection, id));
    void this.readForPlots(id);
  }

  private setSelection(selection: OverlaySelection): void {
    this.selection = selection;
    void this.preferences?.set(SELECTION, [...selection]);
  }

  /** A record that cannot be read is left out of the plots; the list shows why. */
  private async readForPlots(id: string): Promise<void> {
    if (recordedSettingOf(id) !== null) return;
    try {
      await this.read(id);
    } catch {
      this.setSelection(withoutSelected(this.selection, id));
    }
  }

  private names(except: string): string[] {
    return this.list.filter(({ id }) => id !== except).map(({ name }) => name);
  }

  private automatic(id: string): string {
    const run = this.stored.find(id);
    if (!run?.header) return t('runs.name.new');
    const parent = run.parent && this.stored.find(run.parent.id)?.header;
    const name =
      run.parent && parent
        ? branchName(run.header, parent, run.parent.step)
        : automaticName(run.header, this.defaults);
    return uniqueName(name, this.names(id));
  }
}
