// Types shared by the parts of one training in the worker: its host, its starting point, and its context.
import type { Group } from '../data/group.ts';
import type { LoadedModel } from '../encoder/folder.ts';
import type { Branch, Checkpoint } from '../trainer/checkpoint.ts';
import type { DeviceInfo } from '../util/devices.ts';
import type { EditLog } from './editLog.ts';
import type { Gate } from './gate.ts';
import type { IdleTimer } from './idleTimer.ts';
import type { PendingRequests } from './pendingRequests.ts';
import type { StartCommand } from './protocol.ts';
import type { Post, RunReporter } from './runReporter.ts';
import type { SavedRun } from './savedRun.ts';
import type { Timeline } from './timeline.ts';

/** What the worker provides to a training. */
export interface TrainingHost {
  post: Post;
  model: LoadedModel;
  device: DeviceInfo;
  /** Starts a new device after the previous one was lost. */
  restartDevice: () => Promise<DeviceInfo>;
  /** Memory budget for the run's past, in bytes; default: see timeline.ts. */
  timelineBudget?: number | undefined;
}

/** Where a run starts (if not at step 0) and where it is saved. */
export interface StartPoint {
  branch?: Branch | undefined;
  resume?: Checkpoint | undefined;
  /** Changes that apply at later steps, or that are needed to replay past steps. */
  editLog?: EditLog | undefined;
  /** Whether the resumed run was originally started as a branch. */
  branched?: boolean | undefined;
  /** Where the run's checkpoints are saved. */
  saved?: SavedRun | undefined;
  /** A sentence for the run's record. */
  notice?: string | undefined;
}

/** A `start` command with everything it refers to. */
export interface ResolvedStart {
  command: StartCommand;
  startPoint: StartPoint;
  /** The visitor's groups for the first batch. */
  newGroups: Group[];
}

export interface RunContext {
  readonly command: StartCommand;
  readonly host: TrainingHost;
  readonly reports: RunReporter;
  readonly timeline: Timeline;
  readonly editLog: EditLog;
  readonly gate: Gate;
  readonly idle: IdleTimer;
  readonly requests: PendingRequests;
  /** Aborted when the run is stopped: no further steps are run. */
  readonly signal: AbortSignal;
}
