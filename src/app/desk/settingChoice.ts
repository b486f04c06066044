// The choices that the recipe offers in addition to knobs: corpora and encoders.
import { t } from '../messages/t.ts';

/** An option to choose: a corpus or an encoder. */
export interface SettingOption {
  id: string;
  label: string;
  /** One sentence. */
  help: string;
}

/** Corpora or encoders with their labels and help texts. */
export const choicesOf = (ids: readonly string[], area: 'domains' | 'models'): SettingOption[] =>
  ids.map((id) => ({
    id,
    label: t(`shell.${area}.${id}.label` as 'shell.models.pocket.label'),
    help: t(`shell.${area}.${id}.help` as 'shell.models.pocket.help'),
  }));
