// A disk in memory that several tabs share: it copies what it is given, can be made to fail, and counts what is written.
import type { PreferenceStore } from '../../../src/app/storage/preferenceStore.ts';
import type { Claim } from '../../../src/app/storage/runLock.ts';
import { STORED_VERSION, type RunStore } from '../../../src/app/storage/runStore.ts';

export interface MemoryDisk {
  runs: Map<string, unknown>;
  pieces: Map<string, unknown[]>;
  preferences: Map<string, unknown>;
  /** Thrown by everything until it is set back. */
  failing: Error | null;
  /** Events written so far. */
  written: number;
  /** A tab's view of the disk. */
  tab: () => { store: RunStore; preferences: PreferenceStore; claim: (id: string) => Promise<Claim | null> };
}

export function memoryDisk(): MemoryDisk {
  const stores: RunStore[] = [];
  const locks = new Set<string>();
  const disk: MemoryDisk = {
    runs: new Map(),
    pieces: new Map(),
    preferences: new Map(),
    failing: null,
    written: 0,
    tab: () => {
      const store: RunStore = {
        onchanged: null,
        announce: () => {
          for (const other of stores) if (other !== store) other.onchanged?.();
        },
        list: async () => {
          if (disk.failing) throw disk.failing;
          return [...disk.runs].map(([key, value]) => ({ key, value: structuredClone(value) }));
        },
        read: async (id) => structuredClone(disk.pieces.get(id) ?? []),
        put: async (run) => {
          if (disk.failing) throw disk.failing;
          disk.runs.set(run.id, structuredClone({ version: STORED_VERSION, ...run }));
        },
        write: async (run, from, pieces) => {
          if (disk.failing) throw disk.failing;
          const before = disk.pieces.get(run.id) ?? [];
          if (before.length < from) return false;
          disk.runs.set(run.id, structuredClone({ version: STORED_VERSION, ...run }));
          disk.pieces.set(run.id, [...before.slice(0, from), ...structuredClone(pieces)]);
          disk.written += pieces.reduce((sum, piece) => sum + piece.length, 0);
          return true;
        },
        remove: async (id) => {
          disk.runs.delete(id);
          disk.pieces.delete(id);
        },
      };
      stores.push(store);
      return {
        store,
        preferences: {
          get: async (name) => structuredClone(disk.preferences.get(name)),
          set: async (name, value) => {
            disk.preferences.set(name, structuredClone(value));
            return true;
          },
        },
        claim: async (id) => {
          if (locks.has(id)) return null;
          locks.add(id);
          return { release: () => void locks.delete(id) };
        },
      };
    },
  };
  return disk;
}
