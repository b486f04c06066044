// Types of thread.mjs.
export const SLOT: Record<
  | 'remaining'
  | 'finished'
  | 'chunks'
  | 'kernel'
  | 'args'
  | 'workspaces'
  | 'workspaceStride'
  | 'job'
  | 'failed',
  number
>;
export const SLOTS: number;

/** The one message that a helper thread receives. */
export interface ThreadMessage {
  memory: WebAssembly.Memory;
  module: WebAssembly.Module;
  /** Address of the control block. */
  control: number;
  /** 1, 2, ...; 0 is the calling thread. */
  thread: number;
}

export function runNextChunk(slots: Int32Array, instance: WebAssembly.Instance, thread: number): boolean;
export function runHelperThread(message: ThreadMessage): never;
