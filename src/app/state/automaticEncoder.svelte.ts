// The encoder that the page chooses by itself: it starts with the default one, measures the device once that is ready
// to train, and loads a larger encoder behind it where the device is fast enough. As soon as the visitor has begun
// something, the encoder stays.
import { AUTOMATIC, DEFAULT_ENCODER, type EncoderName } from '../../run/encoders.ts';
import type { DeviceChoice } from '../../util/devices.ts';
import { messageOf } from '../../util/failure.ts';
import type { LiveTraining } from '../live/liveTraining.svelte.ts';
import type { WorkerLoad } from '../live/liveWorker.svelte.ts';
import { t } from '../messages/t.ts';
import { decideEncoder, needsMeasuring, type EncoderDecision } from './encoderChoice.ts';
import type { RecipeState } from './recipe.svelte.ts';

export interface AutomaticEncoderOptions {
  offered: readonly EncoderName[];
  recipe: Pick<RecipeState, 'model' | 'automatic' | 'encoder' | 'device'>;
  training: Pick<LiveTraining, 'status' | 'hasOtherEncoder' | 'adopt'> & {
    worker: Pick<LiveTraining['worker'], 'device' | 'prepare' | 'dropSpare'>;
  };
  /** Milliseconds of a forward pass of the default encoder on this device. */
  measure: () => Promise<number>;
}

const UNKNOWN: EncoderDecision = { kind: 'unknown' };

export class AutomaticEncoder {
  decision = $state.raw<EncoderDecision>(UNKNOWN);
  /** Whether the larger encoder has loaded and waits for its turn. */
  private isLoaded = $state(false);
  private isDeciding = $state(false);
  /** Whether the visitor has begun something. */
  private begun = $state(false);
  private device: DeviceChoice;
  private readonly larger: readonly EncoderName[];
  /** Incremented when what was decided no longer holds. */
  private attempt = 0;

  constructor(private readonly options: AutomaticEncoderOptions) {
    this.device = options.recipe.device;
    this.larger = options.offered.filter((name) => name !== DEFAULT_ENCODER);
  }

  /** Whether it is time to decide: the run stands at step 0 and nothing is decided yet. */
  get isDue(): boolean {
    const { recipe, training } = this.options;
    if (this.larger.length === 0 || recipe.model !== AUTOMATIC || this.isDeciding) return false;
    if (this.decision.kind !== 'unknown' || recipe.encoder !== DEFAULT_ENCODER) return false;
    return training.status === 'ready' && !training.hasOtherEncoder;
  }

  /** Whether the larger encoder can take its place now. */
  get isReady(): boolean {
    return this.isLoaded && this.options.training.status === 'ready';
  }

  /** Measures the device and loads the encoder that suits it. Never throws. */
  async decide(): Promise<void> {
    const attempt = ++this.attempt;
    this.isDeciding = true;
    try {
      await this.decideFor(this.options.training.worker.device, () => attempt === this.attempt);
    } finally {
      if (attempt === this.attempt) this.isDeciding = false;
    }
  }

  /** The larger encoder takes the place of the default one. */
  adopt(): void {
    const { recipe, training } = this.options;
    const { decision } = this;
    if (decision.kind !== 'coming' || !training.adopt()) return;
    this.isLoaded = false;
    recipe.automatic = decision.larger;
    this.decision = { ...decision, kind: 'fast' };
  }

  /** The visitor has begun something: from now on the encoder stays. */
  begin(): void {
    this.begun = true;
    if (this.decision.kind === 'unknown' || this.decision.kind === 'coming') this.keep();
  }

  /** The visitor has chosen an encoder: what is on its way is no longer needed. */
  suspend(): void {
    if (!this.isDeciding && this.decision.kind !== 'coming') return;
    this.abandon();
    this.decision = UNKNOWN;
  }

  /** The recipe's device: what was decided for another one does not hold. */
  useDevice(device: DeviceChoice): void {
    if (device === this.device) return;
    this.device = device;
    this.abandon();
    this.options.recipe.automatic = DEFAULT_ENCODER;
    this.decision = UNKNOWN;
  }

  /** A run goes on that was trained with this encoder. */
  continueWith(encoder: string): void {
    this.abandon();
    this.options.recipe.automatic = encoder;
    this.decision = { kind: 'continued' };
  }

  private async decideFor(device: WorkerDevice, isCurrent: () => boolean): Promise<void> {
    const { measure, recipe, training } = this.options;
    if (device === null || this.begun) {
      this.keep();
      return;
    }
    let decision: EncoderDecision;
    try {
      decision = decideEncoder(needsMeasuring(device.name) ? await measure() : 0, device.name, this.larger);
    } catch (error) {
      decision = { kind: 'unmeasured', why: messageOf(error) };
    }
    if (!isCurrent()) return;
    this.decision = decision;
    if (decision.kind !== 'coming') return;
    const { larger } = decision;
    const load: WorkerLoad = { model: larger, device: recipe.device };
    try {
      const spare = await training.worker.prepare(load);
      if (spare.name !== device.name) throw new Error(t('recipe.encoder.otherDevice'));
      if (isCurrent()) this.isLoaded = true;
    } catch (error) {
      if (!isCurrent()) return;
      training.worker.dropSpare();
      // The trainer was started anew meanwhile: decided again when it is ready.
      const isStopped = error instanceof DOMException && error.name === 'AbortError';
      this.decision = isStopped ? UNKNOWN : { kind: 'failed', larger, why: messageOf(error) };
    }
  }

  private keep(): void {
    const [larger = DEFAULT_ENCODER] = this.larger;
    this.abandon();
    this.decision = { kind: 'begun', larger };
  }

  private abandon(): void {
    this.attempt++;
    this.isLoaded = false;
    this.isDeciding = false;
    this.options.training.worker.dropSpare();
  }
}

type WorkerDevice = LiveTraining['worker']['device'];
