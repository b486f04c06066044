// Table rows that compare the configurations of two or more runs: those that differ, and those that are the same.
import { KNOB_NAMES } from '../../run/knobs.ts';
import type { RunEvent } from '../../run/events.ts';
import { t } from '../messages/t.ts';
import { knobValueWords, knobWords, modelWords, settingWords } from '../state/runNames.ts';
import type { StoredRun } from '../state/runs.svelte.ts';

export interface ConfigRow {
  id: string;
  label: string;
  /** One value per run; empty if unknown. */
  values: string[];
}

/** Hot knobs that were changed during training: "temperature 0.1 at step 40". */
function editsText(events: readonly RunEvent[]): string {
  return events
    .flatMap((event) =>
      event.type === 'edit'
        ? [
            t('runs.side.turnedAt', {
              knob: knobWords(event.knob),
              value: knobValueWords(event.to),
              step: event.step,
            }),
          ]
        : [],
    )
    .join('; ');
}

/** @param eventsOf the events of a run's record, as far as they have been read */
export function configRows(
  runs: readonly StoredRun[],
  eventsOf: (id: string) => readonly RunEvent[],
): { differing: ConfigRow[]; same: ConfigRow[] } {
  const row = (id: string, label: string, value: (run: StoredRun) => string): ConfigRow => ({
    id,
    label,
    values: runs.map(value),
  });
  const rows = [
    row('setting', t('runs.side.setting'), ({ header }) => (header ? settingWords(header.setting) : '')),
    row('model', t('runs.side.model'), ({ header }) => (header ? modelWords(header) : '')),
    ...KNOB_NAMES.map((knob) =>
      row(knob, knobWords(knob), ({ header }) => (header ? knobValueWords(header.config[knob]) : '')),
    ),
    row('turned', t('runs.side.turned'), ({ id }) => editsText(eventsOf(id))),
    row('data', t('runs.side.data'), ({ header }) =>
      header ? t('runs.side.dataWords', { plain: header.corpus.plain, groups: header.corpus.groups }) : '',
    ),
    row('device', t('runs.side.device'), ({ header }) => header?.device.name ?? ''),
  ];
  const differs = ({ values }: ConfigRow) => values.some((value) => value !== values[0]);
  return {
    differing: rows.filter(differs),
    same: rows.filter((one) => !differs(one) && one.values[0] !== ''),
  };
}

/** Index of the highest value; undefined if there are fewer than two values, or all are equal. */
export function bestOf(values: readonly (number | null)[]): number | undefined {
  const known = values.filter((value) => value !== null);
  if (known.length < 2 || known.every((value) => value === known[0])) return undefined;
  return values.indexOf(known.reduce((a, b) => Math.max(a, b)));
}
