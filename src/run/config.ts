// The configuration of a run: its type and its zod schema, both derived from the knob table.
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

function schemaOf(knob: Knob): z.ZodType {
  const range = (schema: z.ZodNumber, { min, max }: { min: number; max: number }) => schema.min(min).max(max);
  switch (knob.kind) {
    case 'number':
      return range(z.number(), knob);
    case 'integer':
      return range(z.int(), knob);
    case 'boolean':
      return z.boolean();
    case 'choice':
      return z.enum(knob.choices as [string, ...string[]]);
    case 'numbers':
      return z.array(range(z.number(), knob)).min(1).max(16);
  }
}

/** Parses a whole configuration; missing knobs take their defaults, unknown ones are refused. */
export const configSchema: z.ZodType<Config> = z.strictObject(
  Object.fromEntries(KNOB_NAMES.map((name) => [name, schemaOf(KNOBS[name]).default(KNOBS[name].default)])),
) as unknown as z.ZodType<Config>; // the shape is built from KNOBS, as Config is

export function defaultConfig(): Config {
  return configSchema.parse({});
}

/** The words after which a boolean knob is on or off. */
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

/** What a knob takes, in words: "a number from 0 to 1". */
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

/** Reads one `name=value`, as `--set` takes it. @throws UsageFailure naming the knob and what it takes. */
export function parseKnobAssignment(text: string): Partial<Config> {
  const [, name, value] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new UsageFailure(`--set takes knob=value, not "${text}".`);
  }
  return { [knobNamed(name.trim())]: checkedValue(knobNamed(name.trim()), value) };
}

function knobNamed(name: string): KnobName {
  if (Object.hasOwn(KNOBS, name)) return name as KnobName;
  const near = nearestName(name, KNOB_NAMES);
  const hint = near ? `did you mean "${near}"?` : `known knobs: ${KNOB_NAMES.join(', ')}.`;
  throw new UsageFailure(`There is no knob "${name}"; ${hint}`);
}

/** Checks one value given as text. @throws UsageFailure naming the knob, what it takes and what was given. */
export function checkedValue(name: KnobName, text: string): unknown {
  const knob: Knob = KNOBS[name];
  const parsed = schemaOf(knob).safeParse(valueFromText(knob, text));
  if (!parsed.success) {
    throw new UsageFailure(`Knob "${name}" (${knob.label}) takes ${describeRange(knob)}, not "${text}".`);
  }
  return parsed.data;
}

/** Knobs whose values differ, in table order. */
export function configDifference(a: Config, b: Config): KnobName[] {
  return KNOB_NAMES.filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]));
}

/** Names a configuration by what differs from the defaults: "temperature=0.1 seed=7", or "defaults". */
export function describeDifference(config: Config, base: Config = defaultConfig()): string {
  const parts = configDifference(config, base).map((name) => `${name}=${String(config[name])}`);
  return parts.length ? parts.join(' ') : 'defaults';
}
