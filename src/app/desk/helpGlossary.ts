// The glossary of technical terms, in the order in which a newcomer meets them on the page.
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

export interface GlossaryEntry {
  id: Word;
  termKey: MessageKey;
  textKey: MessageKey;
  /** Colour of the role, for terms that name a role. */
  color: string | undefined;
}

const colors: Partial<Record<Word, { color: string }>> = ROLE_STYLES;

export const GLOSSARY: readonly GlossaryEntry[] = WORDS.map((id) => ({
  id,
  termKey: `desk.glossary.${id}.term`,
  textKey: `desk.glossary.${id}.text`,
  color: colors[id]?.color,
}));
