// Small things remembered by name, in IndexedDB. Nothing depends on them: what cannot be stored or read is as if it had
// never been said.
import { database, type Database } from './database.ts';

export interface PreferenceStore {
  /** undefined when there is none, or none can be read. */
  get(name: string): Promise<unknown>;
  /** @returns whether it is stored */
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
