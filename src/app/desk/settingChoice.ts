// What the recipe offers to choose from besides knobs.
import { t } from '../messages/t.ts';

/** One of a few things: a corpus, an encoder. */
export interface Choice {
  id: string;
  label: string;
  /** One sentence. */
  help: string;
}

/** Corpora or encoders with their labels and help. */
export const choicesOf = (ids: readonly string[], area: 'domains' | 'models'): Choice[] =>
  ids.map((id) => ({
    id,
    label: t(`shell.${area}.${id}.label` as 'shell.models.pocket.label'),
    help: t(`shell.${area}.${id}.help` as 'shell.models.pocket.help'),
  }));
