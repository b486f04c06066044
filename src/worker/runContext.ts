// What the parts of one training in the worker share: each part does one thing with these, and reports by itself.
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

/** What the worker supplies to a training. */
export interface TrainingHost {
  post: Post;
  model: LoadedModel;
  device: DeviceInfo;
  /** Starts a device again after the last one was lost. */
  restartDevice: () => Promise<DeviceInfo>;
  /** Bytes for the past of the run; left out: the default of timeline.ts. */
  timelineBudget?: number | undefined;
}

/** Where a run starts that does not start at step 0, and where it is saved. */
export interface StartPoint {
  branch?: Branch | undefined;
  resume?: Checkpoint | undefined;
  /** Changes that are still to come, or that a replay of the past needs. */
  editLog?: EditLog | undefined;
  /** The run that is resumed started as a branch. */
  branched?: boolean | undefined;
  /** Its checkpoints are saved here. */
  saved?: SavedRun | undefined;
  /** A sentence for the record. */
  notice?: string | undefined;
}

/** A `start` command with all that it refers to. */
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
  /** Aborted when the run is stopped: no further step is made. */
  readonly signal: AbortSignal;
}
