// The recorded settings that come with the page (record/thirteen.ts): their summary, fetched when it is first needed, and
// the records of each overlaid setting. Overlays are selected among the visitor's runs, so that colours and their limit
// are shared.
import { RunRecord } from '../../record/runRecord.ts';
import { SUMMARY_FILE, thirteenSchema, type Thirteen } from '../../record/thirteen.ts';
import { parseRecord } from '../../run/record.ts';
import { messageOf } from '../../util/failure.ts';
import { t } from '../messages/t.ts';
import type { SeedBand } from '../plots/overlay.ts';
import { settingWords } from './runNames.ts';
import { recordedId, recordedSettingOf } from './runOverlays.ts';
import type { RunsState } from './runs.svelte.ts';

const FOLDER = './runs/thirteen/';

export type OverlaySelector = Pick<RunsState, 'selected' | 'canSelectMore' | 'colorOf' | 'select'>;

export class RecordedSettings {
  summary = $state.raw<Thirteen | null>(null);
  /** Why there is no summary, in one sentence; null while there is none yet, too. */
  failure = $state<string | null>(null);
  /** Why the last setting could not be overlaid. */
  overlayFailure = $state<string | null>(null);
  /** Of each setting that has been overlaid, one per seed. */
  private records = $state.raw<Readonly<Partial<Record<string, readonly RunRecord[]>>>>({});
  private loading: Promise<void> | null = null;

  constructor(
    private readonly runs: OverlaySelector,
    private readonly fetcher: (url: string) => Promise<Response> = (url) => fetch(url),
  ) {}

  /** The overlaid settings. */
  readonly overlaid: readonly string[] = $derived.by(() =>
    this.runs.selected.flatMap((id) => recordedSettingOf(id) ?? []),
  );
  /** The overlays whose records are here: one band per setting, from the lowest to the highest seed. */
  readonly bands: readonly SeedBand[] = $derived.by(() =>
    this.overlaid.flatMap((setting): SeedBand[] => {
      const [id, records] = [recordedId(setting), this.records[setting]];
      if (records === undefined) return [];
      return [
        {
          id,
          name: t('runs.recorded.name', { count: records.length, setting: settingWords(setting) }),
          color: this.colorOf(setting) ?? '',
          members: records.map(({ series }) => series),
          ids: records.map((_, seed) => `${id}/${seed}`),
        },
      ];
    }),
  );

  colorOf(setting: string): string | null {
    return this.runs.colorOf(recordedId(setting));
  }

  /** Fetches the summary, once; after a failure again, the next time. */
  load(): Promise<void> {
    this.loading ??= this.fetchSummary();
    return this.loading;
  }

  /** Fetches the records of the overlays of an earlier visit. */
  async restore(): Promise<void> {
    if (this.overlaid.length === 0) return;
    await this.load();
    await Promise.all(this.overlaid.map((setting) => this.read(setting)));
  }

  /** Overlays the records of a setting on the plots, all seeds as one band, or removes them. */
  async toggle(setting: string): Promise<void> {
    const id = recordedId(setting);
    this.overlayFailure = null;
    if (this.overlaid.includes(setting)) this.runs.select(id, false);
    else if (this.runs.select(id, true)) await this.read(setting);
    else this.overlayFailure = t('runs.selectFull');
  }

  private async fetchSummary(): Promise<void> {
    try {
      const parsed = thirteenSchema.safeParse(JSON.parse(await this.text(SUMMARY_FILE)));
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        throw new Error(`${issue?.path.join('.') || 'summary'}: ${issue?.message ?? ''}`);
      }
      this.summary = parsed.data;
      this.failure = null;
    } catch (error) {
      this.loading = null;
      this.failure = t('runs.recorded.missing', { file: SUMMARY_FILE, why: messageOf(error) });
    }
  }

  /** A setting whose records cannot be read is no longer overlaid. */
  private async read(setting: string): Promise<void> {
    if (this.records[setting] !== undefined) return;
    try {
      const runs = this.summary?.runs.filter((run) => run.setting === setting) ?? [];
      if (runs.length === 0) throw new Error(this.failure ?? t('runs.recorded.unknown'));
      const records = await Promise.all(runs.map(({ file }) => this.record(file)));
      this.records = { ...this.records, [setting]: records };
    } catch (error) {
      this.runs.select(recordedId(setting), false);
      const why = messageOf(error);
      this.overlayFailure = t('runs.recorded.noRecord', { setting: settingWords(setting), why });
    }
  }

  private async record(file: string): Promise<RunRecord> {
    const { events, errors } = parseRecord(await this.text(file));
    const record = new RunRecord(events);
    if (record.header !== null) return record;
    throw new Error(`${file}: ${errors[0]?.reason ?? t('runs.recorded.noHeader')}`);
  }

  private async text(file: string): Promise<string> {
    const response = await this.fetcher(FOLDER + file);
    // A server that answers every unknown path with index.html does not have the file either.
    const isPage = response.headers.get('content-type')?.includes('text/html') ?? false;
    if (response.status === 404 || isPage) throw new Error(t('runs.recorded.notThere', { file }));
    if (!response.ok) throw new Error(t('runs.recorded.refused', { file, status: response.status }));
    return response.text();
  }
}
