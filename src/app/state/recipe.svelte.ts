// What the visitor has chosen to train with: setting, knobs, encoder and device, which of them the running training
// already uses, and the link that encodes them.
import {
  configDifference,
  describeRange,
  parseKnobText,
  parseKnobValue,
  withKnob,
  type Config,
} from '../../run/config.ts';
import type { RunEvent } from '../../run/events.ts';
import { isHotKnob, withEdits, type HotKnobName, type KnobEdit } from '../../run/knobEdit.ts';
import { AUTOMATIC, DEFAULT_ENCODER } from '../../run/encoders.ts';
import { KNOBS, type KnobName } from '../../run/knobs.ts';
import { settingName, type Setting } from '../../run/settings.ts';
import { t, tOptional } from '../messages/t.ts';
import { readLink, knobValueText, writeLink, type LinkChoices, type RecipeValues } from './link.ts';
import type { DeviceChoice } from '../../util/devices.ts';

/** Delay before the link is updated: browsers limit how often the history may be changed. */
const LINK_DELAY = 200; // milliseconds

export interface RecipeOptions {
  /** The page's own defaults: a link holds only what differs from them. */
  defaults: RecipeValues;
  linkChoices: LinkChoices;
  /** location.hash at the start. */
  hash?: string;
  /** Writes a new hash (without #, possibly empty) to the address when something changed. */
  writeHash?: (hash: string) => void;
}

type EditEvent = Extract<RunEvent, { type: 'edit' }>;

/** What a run was started with, updated with the hot knobs that have been applied since. */
export interface Applied {
  setting: Setting;
  config: Config;
  device: DeviceChoice;
  /** The encoder's name, never AUTOMATIC. */
  model: string;
}

export class RecipeState {
  setting = $state.raw<Setting>({ domain: '', pattern: 'dropout' });
  config = $state.raw<Config>({} as Config);
  device = $state<DeviceChoice>('auto');
  /** An encoder's name, or AUTOMATIC. */
  model = $state('');
  /** The encoder that AUTOMATIC stands for (automaticEncoder.svelte.ts). */
  automatic = $state<string>(DEFAULT_ENCODER);
  /** What the current run uses; null before the first one. */
  applied = $state.raw<Applied | null>(null);
  /** Edits that were sent to the worker but have not been applied yet. */
  sent = $state.raw<readonly KnobEdit[]>([]);
  /** The step before which each hot knob last changed. */
  appliedAtStep = $state.raw<Partial<Record<HotKnobName, number>>>({});
  /** The entries of the link that could not be used, one sentence each. */
  linkErrors = $state.raw<string[]>([]);

  /** Incremented when everything is set at once (preset, link, defaults): earlier refusals no longer apply. */
  revision = $state(0);

  readonly defaults: RecipeValues;
  private readonly linkChoices: LinkChoices;
  private readonly writeHash: ((hash: string) => void) | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ defaults, linkChoices, hash = '', writeHash }: RecipeOptions) {
    this.defaults = defaults;
    this.linkChoices = linkChoices;
    this.writeHash = writeHash;
    this.load(hash);
  }

  /** Loads a link, at startup or when another one is entered in the address bar. */
  load(hash: string): void {
    const { values, errors } = readLink(hash, this.defaults, this.linkChoices);
    this.assign(values);
    this.linkErrors = errors;
  }

  /** The encoder to train. */
  get encoder(): string {
    return this.model === AUTOMATIC ? this.automatic : this.model;
  }

  /** The hash of this recipe. */
  get link(): string {
    return writeLink(this.values, this.defaults);
  }

  get values(): RecipeValues {
    return { setting: this.setting, config: this.config, device: this.device, model: this.model };
  }

  /**
   * Sets a knob to a value, or to the text that was typed. The last valid value stays when it is out of range.
   * @returns what is wrong, or null
   */
  set(name: KnobName, value: string | number | boolean | readonly number[]): string | null {
    try {
      const parsed = typeof value === 'string' ? parseKnobText(name, value) : parseKnobValue(name, value);
      this.config = withKnob(this.config, name, parsed);
    } catch {
      return t('recipe.outOfRange', {
        label: tOptional(`recipe.knob.${name}.label`) ?? KNOBS[name].label,
        range: describeRange(KNOBS[name]),
        kept: knobValueText(this.config[name]),
      });
    }
    this.changed();
    return null;
  }

  setSetting(setting: Setting): void {
    this.setting = setting;
    this.changed();
  }

  setDevice(device: DeviceChoice): void {
    this.device = device;
    this.changed();
  }

  setModel(model: string): void {
    this.model = model;
    this.changed();
  }

  /** Resets a knob to the page's default. */
  reset(name: KnobName): void {
    this.config = { ...this.config, [name]: this.defaults.config[name] };
    this.changed();
  }

  /** Applies a preset: all knobs not given go to the page's defaults. Domain, encoder and device stay. */
  preset(pattern: Setting['pattern'], knobs: Partial<Config>): void {
    this.setting = { domain: this.setting.domain, pattern };
    this.config = { ...this.defaults.config, ...knobs };
    this.revision++;
    this.changed();
  }

  /** Sets the setting, all knobs and the encoder at once: those of a saved run. */
  take(setting: Setting, config: Config, encoder = this.encoder): void {
    const model = encoder === this.encoder ? this.model : encoder;
    this.assign({ ...this.values, setting, config, model });
    this.changed();
  }

  /** Resets to the state of a page opened without a link. */
  resetAll(): void {
    this.assign(this.defaults);
    this.changed();
  }

  /** Whether the knob differs from the page's default. */
  differs(name: KnobName): boolean {
    return knobValueText(this.config[name]) !== knobValueText(this.defaults.config[name]);
  }

  /** A run starts, with the recipe's values unless others are given. */
  start({
    setting = this.setting,
    config = this.config,
    device = this.device,
    model = this.encoder,
  }: Partial<Applied> = {}): void {
    this.applied = { setting, config, device, model };
    this.sent = [];
    this.appliedAtStep = {};
  }

  /** A hot knob's new value was sent to the worker; it takes effect in the next step. */
  markSent(edit: KnobEdit): void {
    this.sent = [...this.sent.filter(({ knob }) => knob !== edit.knob), edit];
  }

  /** A step has used a changed knob. Changes replayed from the past of the run are not reported as new. */
  markApplied({ knob, to, step }: Pick<EditEvent, 'knob' | 'to' | 'step'>): void {
    const edit = this.sent.find((sent) => sent.knob === knob);
    if (this.applied === null || edit === undefined || knobValueText(edit.value) !== knobValueText(to))
      return;
    this.applied = { ...this.applied, config: withEdits(this.applied.config, [edit]) };
    this.sent = this.sent.filter((sent) => sent !== edit);
    this.appliedAtStep = { ...this.appliedAtStep, [knob]: step };
  }

  /** The run's configuration with all sent edits applied; null before the first run. */
  get configWithSentEdits(): Config | null {
    return this.applied && withEdits(this.applied.config, this.sent);
  }

  /** The knobs that wait for a restart: those that differ from the run's and are not hot. */
  get pending(): KnobName[] {
    if (this.applied === null) return [];
    return configDifference(this.config, this.applied.config).filter((name) => !KNOBS[name].hot);
  }

  /** The hot knobs whose changes have not been sent to the worker. */
  get unsentHotKnobs(): HotKnobName[] {
    const { configWithSentEdits: sent } = this;
    return sent === null ? [] : configDifference(this.config, sent).filter(isHotKnob);
  }

  /** Whether any change waits for a restart, of a knob or otherwise. */
  get restartNeeded(): boolean {
    const { applied } = this;
    if (applied === null) return false;
    return (
      this.pending.length > 0 ||
      settingName(applied.setting) !== settingName(this.setting) ||
      applied.device !== this.device ||
      applied.model !== this.encoder
    );
  }

  private assign(values: RecipeValues): void {
    this.setting = values.setting;
    this.config = values.config;
    this.device = values.device;
    this.model = values.model;
    this.revision++;
  }

  private changed(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.writeHash?.(this.link), LINK_DELAY);
  }
}

/** Replaces the hash of the address without a new history entry. For RecipeOptions.writeHash. */
export function replaceHash(hash: string): void {
  const { pathname, search } = window.location;
  window.history.replaceState(
    window.history.state,
    '',
    `${pathname}${search}${hash === '' ? '' : `#${hash}`}`,
  );
}
