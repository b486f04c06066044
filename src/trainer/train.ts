// Trains a whole run: an async generator of its events. The host decides what to do with them.
import type { Group } from '../data/group.ts';
import type { RunSummary } from '../record/summary.ts';
import type { RunEvent, StepEvent } from '../run/events.ts';
import { yieldToEventLoop } from '../util/yieldToEventLoop.ts';
import { messageOf } from '../util/failure.ts';
import type { Branch, Checkpoint } from './checkpoint.ts';
import type { KnobEdit } from '../run/knobEdit.ts';
import type { TrainingControl, Files, CheckpointStore } from './host.ts';
import type { RunInputs } from './prepare.ts';
import { TrainingSession } from './session.ts';
import type { Snapshot } from './snapshot.ts';
import type { Config } from '../run/config.ts';
import type { StepTrace } from '../run/trace.ts';
import type { Matrix } from '../metrics/vectors.ts';

export interface TrainOptions {
  store?: CheckpointStore | undefined;
  control?: TrainingControl | undefined;
  /** Continues from this checkpoint. */
  resume?: Checkpoint | undefined;
  /** Starts from another run's weights, at its step. */
  branch?: Branch | undefined;
  /** Continues from a snapshot that this run made earlier. */
  snapshot?: Snapshot | undefined;
  /** Steps within this many milliseconds may be read back together (stepLog.ts); by default each is read separately. */
  readbackInterval?: number | undefined;
  /** Called when inputs and checkpoint are accepted, before the first event: the host may write files from then on. */
  onReady?: ((run: RunningTraining) => void) | undefined;
}

/** A training run in progress, as the host sees it. */
export interface RunningTraining {
  readonly step: number;
  readonly totalSteps: number;
  /** Waits for the numbers of all steps so far. Events taken here are not yielded by train() again. */
  flushEvents(): Promise<StepEvent[]>;
  /** Embeds sentences in the same way as evaluation, with the current weights; changes nothing. */
  embed(sentences: readonly string[]): Promise<Matrix>;
  readonly config: Config;
  /** The state before any step. */
  readonly initialState: Snapshot;
  /** The current model in Hugging Face layout. */
  modelFiles(): Promise<Files>;
  checkpoint(): Promise<Checkpoint>;
  snapshot(): Promise<Snapshot>;
  /** Like the methods below, this may only be called between two steps. */
  goTo(snapshot: Snapshot): void;
  replayStep(edits: readonly KnobEdit[], groups: readonly Group[]): Promise<void>;
  discardLaterReadings(): void;
  /** Traces the next step, with the pending edits and groups; changes nothing. */
  trace(pending: { edits?: readonly KnobEdit[]; groups?: readonly Group[] }): Promise<StepTrace>;
}

export function checkpointName(step: number): string {
  return `step-${String(step).padStart(6, '0')}`;
}

/**
 * Trains. The first event of a new run is its header; a resumed run continues with the events after the checkpoint.
 * The last event is `end`, even if the run is interrupted or fails (the error is thrown after it). Errors about inputs
 * or a checkpoint that do not fit are thrown before any event.
 */
export async function* train(
  inputs: RunInputs,
  options: TrainOptions = {},
): AsyncGenerator<RunEvent, RunSummary> {
  const session = start(inputs, options);
  try {
    options.onReady?.(session);
    await session.compileKernels({ onProgress: options.control?.onCompileProgress });
    if (!options.resume && !options.snapshot) yield* begin(session, options);
    for (;;) {
      const finished = yield* steps(session, options);
      const reason = finished ? 'finished' : 'interrupted';
      const message = finished
        ? `${session.step} steps`
        : `stopped after step ${session.step}; resume to go on`;
      yield { type: 'end', step: session.step, reason, message };
      if (!finished || !(await options.control?.afterLastStep?.())) return session.state.summary();
    }
  } catch (error) {
    yield* session.takeEvents();
    yield { type: 'end', step: session.step, reason: 'failed', message: messageOf(error) };
    throw error;
  } finally {
    session.dispose();
  }
}

function start(
  inputs: RunInputs,
  { resume, branch, snapshot, readbackInterval }: TrainOptions,
): TrainingSession {
  const session = new TrainingSession(inputs, readbackInterval);
  try {
    if (branch) session.state.branch(branch);
    if (resume) session.state.restore(resume);
    if (snapshot) session.state.goTo(snapshot);
    return session;
  } catch (error) {
    session.dispose();
    throw error;
  }
}

async function* begin(session: TrainingSession, { store, branch }: TrainOptions): AsyncGenerator<RunEvent> {
  const header = session.header();
  yield branch ? { ...header, from: { step: session.step } } : header;
  for (const text of session.prepared.notes) yield { type: 'note', step: session.step, text };
  // The starting point of a branch has already been measured by its parent run.
  if (!branch) yield* evaluation(session, store);
}

/** Runs the remaining steps. Returns true if all were run, false if the run was interrupted. */
async function* steps(
  session: TrainingSession,
  { store, control }: TrainOptions,
): AsyncGenerator<RunEvent, boolean> {
  while (session.step < session.totalSteps) {
    await control?.beforeStep?.();
    if (session.step >= session.totalSteps) break; // the host moved to the end of the run
    if (control?.signal?.aborted) {
      yield* await session.flushEvents();
      if (store) yield* checkpoint(session, store);
      return false;
    }
    if (control?.changes) yield* await session.applyChanges(control.changes);
    yield* await session.update();
    yield* session.state.log.saturation.take();
    await yieldToEventLoop();
    const last = session.step === session.totalSteps;
    const measured = last || session.step % session.config.evaluateEvery === 0;
    const kept = store && (last || session.step % session.config.checkpointEvery === 0);
    if (measured || kept) yield* await session.flushEvents();
    if (measured) yield* evaluation(session, store);
    if (kept) yield* checkpoint(session, store);
  }
  return true;
}

async function* evaluation(
  session: TrainingSession,
  store: CheckpointStore | undefined,
): AsyncGenerator<RunEvent> {
  const events = await session.evaluate();
  yield* session.state.log.saturation.take();
  for (const event of events) {
    yield event;
    if (event.name !== 'sts' || event.value === null || !session.state.updateBest(event.value) || !store)
      continue;
    const path = await store.writeBest(await session.state.modelFiles());
    yield { type: 'checkpoint', step: session.step, path, best: true };
  }
}

async function* checkpoint(session: TrainingSession, store: CheckpointStore): AsyncGenerator<RunEvent> {
  const path = await store.writeCheckpoint(
    checkpointName(session.step),
    await session.state.checkpointFiles(),
  );
  yield { type: 'checkpoint', step: session.step, path, best: false };
}
