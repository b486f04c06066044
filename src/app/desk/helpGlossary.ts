// The words of the field as the page uses them, in the order in which they meet a newcomer.
import type { MessageKey } from '../messages/t.ts';
import { ROLE_STYLES } from '../style/roles.ts';

const WORDS = [
  'anchor',
  'positive',
  'intermediate',
  'negative',
  'temperature',
  'alignment',
  'uniformity',
  'rfd',
  'sts',
  'step',
  'mer',
] as const;
type Word = (typeof WORDS)[number];

export interface Entry {
  id: Word;
  termKey: MessageKey;
  textKey: MessageKey;
  /** Words for roles wear the colour of their role. */
  color: string | undefined;
}

const colors: Partial<Record<Word, { color: string }>> = ROLE_STYLES;

export const GLOSSARY: readonly Entry[] = WORDS.map((id) => ({
  id,
  termKey: `desk.glossary.${id}.term`,
  textKey: `desk.glossary.${id}.text`,
  color: colors[id]?.color,
}));
