// Small preferences by name, in IndexedDB. Nothing depends on them: one that cannot be stored or read counts as
// unset.
import { database, type Database } from './database.ts';

export interface PreferenceStore {
  /** undefined when it is not set or cannot be read. */
  get(name: string): Promise<unknown>;
  /** @returns whether it was stored */
  set(name: string, value: unknown): Promise<boolean>;
}

export function indexedDbPreferences(target: Database = database): PreferenceStore {
  return {
    async get(name) {
      try {
        return await (await target.open()).get('preferences', name);
      } catch {
        return undefined;
      }
    },
    async set(name, value) {
      try {
        await (await target.open()).put('preferences', value, name);
        return true;
      } catch {
        return false;
      }
    },
  };
}
