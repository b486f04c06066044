// Which runs are overlaid on the shown one: at most five, each with its own colour that it keeps while it is
// selected. The shown run has the page's accent colour, which is the first of the six.
import type { RunRecord } from '../../record/runRecord.ts';
import { t } from '../messages/t.ts';
import type { OtherRun, SeedBand } from '../plots/overlay.ts';
import type { StoredRun } from '../storage/runStore.ts';
import { settingWords } from './runNames.ts';
import { seedReplicates } from './seedReplicates.ts';

/** The colour number of each selected run, in the order of selection. */
export type OverlaySelection = ReadonlyMap<string, number>;

export const NONE_SELECTED: OverlaySelection = new Map();

/** The numbers of the colours --run-2 to --run-6. */
const COLORS = [2, 3, 4, 5, 6] as const;
export const MAX_SELECTED = COLORS.length;

export const runColor = (number: number): string => `var(--run-${number})`;

export const isFull = (selection: OverlaySelection): boolean => selection.size >= MAX_SELECTED;

/** Selects a run; when all colours are taken, it replaces the run that was selected first. */
export function withSelected(selection: OverlaySelection, id: string): OverlaySelection {
  if (selection.has(id)) return selection;
  const kept = new Map(isFull(selection) ? [...selection].slice(1) : selection);
  const taken = new Set(kept.values());
  return kept.set(id, COLORS.find((number) => !taken.has(number)) ?? COLORS[0]);
}

export function withoutSelected(selection: OverlaySelection, id: string): OverlaySelection {
  return new Map([...selection].filter(([other]) => other !== id));
}

/** Without runs that are no longer stored; recorded settings come with the page. */
export function onlyKnown(selection: OverlaySelection, runs: readonly StoredRun[]): OverlaySelection {
  const isKnown = (id: string) => recordedSettingOf(id) !== null || runs.some((run) => run.id === id);
  return new Map([...selection].filter(([id]) => isKnown(id)));
}

const RECORDED = 'recorded/';
/** The id under which a recorded setting is selected; ids of runs are UUIDs. */
export const recordedId = (setting: string): string => RECORDED + setting;
export const recordedSettingOf = (id: string): string | null =>
  id.startsWith(RECORDED) ? id.slice(RECORDED.length) : null;

/** Parses a stored selection (ids and colour numbers); invalid entries are skipped. */
export function readSelection(stored: unknown): OverlaySelection {
  const selection = new Map<string, number>();
  if (!Array.isArray(stored)) return selection;
  for (const entry of stored as unknown[]) {
    const [id, number] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (typeof id !== 'string' || !COLORS.some((known) => known === number)) continue;
    if (![...selection.values()].includes(number as number)) selection.set(id, number as number);
  }
  return selection;
}

/** The runs that the plots overlay on the shown one; selected runs whose events are not loaded yet are left out. */
export function overlaysOf(
  runs: readonly StoredRun[],
  loaded: ReadonlyMap<string, RunRecord>,
  selection: OverlaySelection,
  current: string | null,
): { others: OtherRun[]; bands: SeedBand[] } {
  const here = new Map(
    runs.flatMap((run) => {
      const record = loaded.get(run.id);
      const wanted = selection.has(run.id) || run.id === current;
      return wanted && record !== undefined ? [[run.id, { ...run, events: record.events, record }]] : [];
    }),
  );
  // A run that is still training would end the band at its own last step.
  const complete = [...here.values()].filter(({ status }) => status !== 'running');
  const bands = seedReplicates(complete).flatMap((ids): SeedBand[] => {
    const number = ids.filter((id) => id !== current).flatMap((id) => selection.get(id) ?? [])[0];
    const members = ids.flatMap((id) => here.get(id) ?? []);
    const header = members[0]?.header;
    if (number === undefined || !header) return [];
    return [
      {
        id: `seeds-${ids.join('-')}`,
        name: t('runs.band', { count: ids.length, setting: settingWords(header.setting) }),
        color: runColor(number),
        members: members.map(({ record }) => record.series),
        ids,
      },
    ];
  });
  const banded = new Set(bands.flatMap(({ ids }) => ids));
  const others = [...selection].flatMap(([id, number]): OtherRun[] => {
    const run = here.get(id);
    if (run === undefined || id === current || banded.has(id)) return [];
    return [{ id, name: run.name, color: runColor(number), series: run.record.series }];
  });
  return { others, bands };
}
