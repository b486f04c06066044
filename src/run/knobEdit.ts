// Edits of hot knobs during training: a type per knob, their schema, and how they change a configuration. Edits are
// parsed once at each boundary (page, worker, file) and are typed from then on.
import { z } from 'zod';
import { isKnobName, knobValueSchema, unknownKnob, withKnob, type Config } from './config.ts';
import { KNOBS, KNOB_NAMES, type KnobName } from './knobs.ts';

/** The knobs that can be changed during training and take effect at once. */
export type HotKnobName = { [N in KnobName]: (typeof KNOBS)[N]['hot'] extends true ? N : never }[KnobName];

/** A hot knob and its new value: `{ knob: 'temperature'; value: number } | ...`. */
export type KnobEdit<N extends HotKnobName = HotKnobName> = { [K in N]: { knob: K; value: Config[K] } }[N];

/** The change that an edit made. */
export type KnobChange<N extends HotKnobName = HotKnobName> = {
  [K in N]: { knob: K; from: Config[K]; to: Config[K] };
}[N];

export const isHotKnob = (name: KnobName): name is HotKnobName => KNOBS[name].hot;

export const HOT_KNOB_NAMES: readonly HotKnobName[] = KNOB_NAMES.filter(isHotKnob);

type EditSchema = {
  [K in HotKnobName]: z.ZodObject<{ knob: z.ZodLiteral<K>; value: z.ZodType<Config[K]> }>;
}[HotKnobName];

/** Parses an edit: a hot knob with a value in its range. Anything else is an error that names the knob. */
export const knobEditSchema = z.discriminatedUnion(
  'knob',
  HOT_KNOB_NAMES.map((knob) =>
    z.object({ knob: z.literal(knob), value: knobValueSchema(knob) }),
  ) as unknown as [EditSchema, ...EditSchema[]], // map loses which value belongs to which knob
  { error: ({ input }) => notHot(input) },
);

/** The reason why something is not an edit of a hot knob. */
export function notHot(edit: unknown): string | undefined {
  const { knob } = (edit ?? {}) as { knob?: unknown };
  if (typeof knob !== 'string') return undefined;
  if (!isKnobName(knob)) return unknownKnob(knob);
  return `Knob "${knob}" (${KNOBS[knob].label}) cannot change in a running training; restart to apply it.`;
}

/** The edit that sets a knob to its value in a configuration. */
export function editTo<N extends HotKnobName>(config: Config, knob: N): KnobEdit<N> {
  return { knob, value: config[knob] };
}

/** The configuration after an edit, and what changed. */
export function applyEdit<N extends HotKnobName>(
  config: Config,
  { knob, value }: KnobEdit<N>,
): { config: Config; change: KnobChange<N> } {
  return {
    config: withKnob(config, knob, value),
    change: { knob, from: config[knob], to: value },
  };
}

export function withEdits(config: Config, edits: readonly KnobEdit[]): Config {
  return edits.reduce((edited, edit) => applyEdit(edited, edit).config, config);
}
