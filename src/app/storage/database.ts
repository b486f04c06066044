// The page's IndexedDB: its schema, opening it, and classifying its failures.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { Failure, messageOf } from '../../util/failure.ts';

const NAME = 'semblance';
/** Increase with every change of the schema, and add a step to `upgrade`. */
const VERSION = 2;

/** Values are `unknown`: readers must parse them, as they may have been written by another version. */
export interface SemblanceSchema extends DBSchema {
  /** The visitor's own groups and scored pairs; keys are unique across tabs (see userDataSaver.ts). */
  ownGroups: { key: string; value: unknown };
  ownPairs: { key: string; value: unknown };
  /** Small values by name. */
  preferences: { key: string; value: unknown };
  /** The metadata of each run, by run id. */
  runs: { key: string; value: unknown };
  /** The records of runs in pieces of a few hundred events, by run id and number (since version 2). */
  runEvents: { key: [string, number]; value: unknown };
  /** Checkpoints of runs, by run id and step. */
  snapshots: { key: [string, number]; value: unknown };
}

const STORES = ['ownGroups', 'ownPairs', 'preferences', 'runs', 'runEvents', 'snapshots'] as const;

export type StorageProblem =
  /** No room left. */
  | 'quota'
  /** IndexedDB is not available: a private window, or site data is blocked. */
  | 'unavailable'
  /** An older tab holds the database open, so that it cannot be upgraded. */
  | 'blocked'
  /** A newer version of the page has upgraded the database. */
  | 'newer'
  /** Anything else; the browser's message is included. */
  | 'other';

export class StorageFailure extends Failure {
  override name = 'StorageFailure';
  constructor(
    readonly problem: StorageProblem,
    message: string = problem,
  ) {
    super(message);
  }
}

const BY_NAME: Record<string, StorageProblem> = {
  QuotaExceededError: 'quota',
  VersionError: 'newer',
  InvalidStateError: 'unavailable',
  SecurityError: 'unavailable',
  NotSupportedError: 'unavailable',
};

/** Classifies an error thrown by IndexedDB. */
export function storageFailureOf(error: unknown): StorageFailure {
  if (error instanceof StorageFailure) return error;
  const name = error instanceof Error ? error.name : '';
  return new StorageFailure(BY_NAME[name] ?? 'other', messageOf(error));
}

export type Connection = IDBPDatabase<SemblanceSchema>;

/** One connection, opened on first use and reopened after it was lost. */
export class Database {
  private connection: Promise<Connection> | undefined;
  /** Called when a newer page has taken over the database; this tab must be reloaded before it can save again. */
  onreplaced: (() => void) | null = null;
  private replaced = false;

  constructor(private readonly name: string = NAME) {}

  /** @throws StorageFailure */
  async open(): Promise<Connection> {
    if (this.replaced) throw new StorageFailure('newer');
    this.connection ??= this.connect();
    try {
      return await this.connection;
    } catch (error) {
      this.connection = undefined;
      throw storageFailureOf(error);
    }
  }

  private connect(): Promise<Connection> {
    if (typeof indexedDB === 'undefined') return Promise.reject(new StorageFailure('unavailable'));
    return new Promise((resolve, reject) => {
      openDB<SemblanceSchema>(this.name, VERSION, {
        // Every version so far has only added stores.
        upgrade(database) {
          for (const store of STORES)
            if (!database.objectStoreNames.contains(store)) database.createObjectStore(store);
        },
        // The request keeps waiting; the next call requests again and succeeds once the other tab is closed.
        blocked: () => reject(new StorageFailure('blocked')),
        blocking: () => this.closeForUpgrade(),
        terminated: () => (this.connection = undefined),
      }).then(resolve, reject);
    });
  }

  /** A newer tab waits for this one to close its connection. */
  private closeForUpgrade(): void {
    this.replaced = true;
    void this.connection?.then((connection) => connection.close());
    this.onreplaced?.();
  }
}

/** The database of this page; everything that stores data shares its one connection. */
export const database = new Database();
