export const SLOT: Record<
  'left' | 'done' | 'chunks' | 'kernel' | 'args' | 'work' | 'workStep' | 'turn' | 'failed',
  number
>;
export const SLOTS: number;

/** What a helper thread is told, once. */
export interface ThreadMessage {
  memory: WebAssembly.Memory;
  module: WebAssembly.Module;
  /** Address of the control block. */
  control: number;
  /** 1, 2, ...; 0 is the thread that gives the work. */
  thread: number;
}

export function takeChunk(slots: Int32Array, instance: WebAssembly.Instance, thread: number): boolean;
export function help(message: ThreadMessage): never;
