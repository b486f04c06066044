// Saved runs in memory, behaving like the browser's file system: bytes are copied, a run has one holder, and a write
// fails when it exceeds the quota.
import type { RunStorage } from '../../src/worker/savedRun.ts';

export class MemoryStorage implements RunStorage {
  readonly runs = new Map<string, Map<string, Uint8Array>>();
  /** Bytes that a file may have. */
  quota = Infinity;
  private readonly held = new Set<string>();
  private listeners: (() => void)[] = [];

  async open(run: string) {
    if (this.held.has(run)) return undefined;
    this.held.add(run);
    const files = this.runs.get(run) ?? new Map<string, Uint8Array>();
    this.runs.set(run, files);
    return {
      release: () => void this.held.delete(run),
      list: async () => [...files.keys()],
      read: async (name: string) => files.get(name)!.slice(),
      write: async (name: string, bytes: Uint8Array) => {
        if (bytes.length > this.quota) throw new Error('no storage space is left');
        files.set(name, bytes.slice());
        for (const listener of this.listeners.splice(0)) listener();
      },
      remove: async (name: string) => void files.delete(name),
    };
  }

  async delete(run: string): Promise<void> {
    this.runs.delete(run);
  }

  /** Fulfilled when the next file has been written. */
  written(): Promise<void> {
    return new Promise((resolve) => this.listeners.push(resolve));
  }
}
