// The configuration of a run: its type, its zod schema (both derived from the knob table) and parsing of knob values.
import { z } from 'zod';
import { nearestName, UsageFailure } from '../util/failure.ts';
import { KNOBS, KNOB_NAMES, type Knob, type KnobName } from './knobs.ts';

type ValueOf<K extends Knob> = K extends { kind: 'choice'; choices: readonly (infer C)[] }
  ? C
  : K extends { kind: 'boolean' }
    ? boolean
    : K extends { kind: 'numbers' }
      ? number[]
      : number;

/** A value for every knob. */
export type Config = { -readonly [N in KnobName]: ValueOf<(typeof KNOBS)[N]> };

/** The schema of one knob's value; its error messages name the knob, its range and the given value. */
export function knobValueSchema<N extends KnobName>(name: N): z.ZodType<Config[N]> {
  return VALUE_SCHEMAS[name] as z.ZodType<Config[N]>; // built from KNOBS[name], as Config[N] is
}

function buildValueSchema(name: KnobName): z.ZodType {
  const knob: Knob = KNOBS[name];
  const error = ({ input }: { input?: unknown }) => badValue(name, String(input));
  const range = (schema: z.ZodNumber, { min, max }: { min: number; max: number }) =>
    schema.min(min, { error }).max(max, { error });
  switch (knob.kind) {
    case 'number':
      return range(z.number({ error }), knob);
    case 'integer':
      return range(z.int({ error }), knob);
    case 'boolean':
      return z.boolean({ error });
    case 'choice':
      return z.enum(knob.choices, { error });
    case 'numbers':
      return z
        .array(range(z.number({ error }), knob), { error })
        .min(1, { error })
        .max(16, { error });
  }
}

/** The error sentence for an invalid value. */
function badValue(name: KnobName, given: string): string {
  const knob = KNOBS[name];
  return `Knob "${name}" (${knob.label}) takes ${describeRange(knob)}, not "${given}".`;
}

const VALUE_SCHEMAS = Object.fromEntries(KNOB_NAMES.map((name) => [name, buildValueSchema(name)])) as Record<
  KnobName,
  z.ZodType
>;

/** Parses a whole configuration; missing knobs take their defaults, unknown knobs are errors. */
export const configSchema: z.ZodType<Config> = z.strictObject(
  Object.fromEntries(KNOB_NAMES.map((name) => [name, VALUE_SCHEMAS[name].default(KNOBS[name].default)])),
) as unknown as z.ZodType<Config>; // the shape is built from KNOBS, as Config is

export function defaultConfig(): Config {
  return configSchema.parse({});
}

/** The texts accepted as values of a boolean knob. */
const BOOLEANS: Record<string, boolean> = {
  true: true,
  on: true,
  yes: true,
  '1': true,
  false: false,
  off: false,
  no: false,
  '0': false,
};

function valueFromText(knob: Knob, text: string): unknown {
  switch (knob.kind) {
    case 'number':
    case 'integer':
      return text.trim() === '' ? text : Number(text);
    case 'boolean':
      return BOOLEANS[text.trim().toLowerCase()] ?? text;
    case 'choice':
      return text.trim();
    case 'numbers':
      return text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  }
}

/** A knob's range in words: "a number from 0 to 1". */
export function describeRange(knob: Knob): string {
  switch (knob.kind) {
    case 'number':
      return `a number from ${knob.min} to ${knob.max}`;
    case 'integer':
      return `a whole number from ${knob.min} to ${knob.max}`;
    case 'boolean':
      return 'true or false';
    case 'choice':
      return knob.choices.join(' | ');
    case 'numbers':
      return `numbers from ${knob.min} to ${knob.max}, separated by commas`;
  }
}

/** Parses one `knob=value` of `--set`. @throws UsageFailure naming the knob and its range */
export function parseKnobAssignment(text: string): Partial<Config> {
  const [, given, value] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  if (given === undefined || value === undefined) {
    throw new UsageFailure(`--set takes knob=value, not "${text}".`);
  }
  const name = given.trim();
  if (!isKnobName(name)) throw new UsageFailure(unknownKnob(name));
  return { [name]: parseKnobText(name, value) };
}

export function isKnobName(name: string): name is KnobName {
  return Object.hasOwn(KNOBS, name);
}

/** The error sentence for an unknown knob name. */
export function unknownKnob(name: string): string {
  const near = nearestName(name, KNOB_NAMES);
  const hint = near ? `did you mean "${near}"?` : `known knobs: ${KNOB_NAMES.join(', ')}.`;
  return `There is no knob "${name}"; ${hint}`;
}

/** Parses a knob's value from text. @throws UsageFailure naming the knob, its range and the given value */
export function parseKnobText<N extends KnobName>(name: N, text: string): Config[N] {
  const parsed = knobValueSchema(name).safeParse(valueFromText(KNOBS[name], text));
  if (!parsed.success) throw new UsageFailure(badValue(name, text));
  return parsed.data;
}

/** Checks a knob's value. @throws UsageFailure naming the knob, its range and the given value */
export function parseKnobValue<N extends KnobName>(name: N, value: unknown): Config[N] {
  const parsed = knobValueSchema(name).safeParse(value);
  if (!parsed.success) throw new UsageFailure(badValue(name, String(value)));
  return parsed.data;
}

/** The configuration with one knob set. */
export function withKnob<N extends KnobName>(config: Config, name: N, value: Config[N]): Config {
  return { ...config, [name]: value };
}

/** The knobs whose values differ, in the order of the table. */
export function configDifference(a: Config, b: Config): KnobName[] {
  return KNOB_NAMES.filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]));
}

/** Describes a configuration by its differences from the defaults: "temperature=0.1 seed=7", or "defaults". */
export function describeDifference(config: Config, base: Config = defaultConfig()): string {
  const parts = configDifference(config, base).map((name) => `${name}=${String(config[name])}`);
  return parts.length ? parts.join(' ') : 'defaults';
}
