// The page's IndexedDB: its schema, opening it, and the few ways in which that fails, told apart.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { Failure, messageOf } from '../../util/failure.ts';

const NAME = 'semblance';
/** Raise with every change of the schema, and add a step to `upgrade`. */
const VERSION = 2;

/** Values are `unknown`: whoever reads them parses them, as they may have been written by another version. */
export interface SemblanceSchema extends DBSchema {
  /** The visitor's own groups and scored pairs; the key is unique over tabs (see saver.ts). */
  ownGroups: { key: string; value: unknown };
  ownPairs: { key: string; value: unknown };
  /** Small things by name. */
  preferences: { key: string; value: unknown };
  /** What is known of each run, by run id. */
  runs: { key: string; value: unknown };
  /** The records of runs in pieces of some hundred events, by run id and number (since version 2). */
  runEvents: { key: [string, number]; value: unknown };
  /** Checkpoints of runs, by run id and step. */
  snapshots: { key: [string, number]; value: unknown };
}

const STORES = ['ownGroups', 'ownPairs', 'preferences', 'runs', 'runEvents', 'snapshots'] as const;

export type StorageProblem =
  /** No room left. */
  | 'quota'
  /** No IndexedDB here: a private window, or site data switched off. */
  | 'unavailable'
  /** An older tab holds the database, so that it cannot be brought up to date. */
  | 'blocked'
  /** A newer version of the page has changed the database. */
  | 'newer'
  /** Anything else; the browser's own words are in the message. */
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

/** Sorts what IndexedDB threw. */
export function storageFailureOf(error: unknown): StorageFailure {
  if (error instanceof StorageFailure) return error;
  const name = error instanceof Error ? error.name : '';
  return new StorageFailure(BY_NAME[name] ?? 'other', messageOf(error));
}

export type Connection = IDBPDatabase<SemblanceSchema>;

/** One connection, opened when first needed and again after it was lost. */
export class Database {
  private connection: Promise<Connection> | undefined;
  /** Told when a newer page took the database over; this tab must be reloaded to go on saving. */
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
        // The request goes on waiting; the next call asks anew and gets through once the other tab is closed.
        blocked: () => reject(new StorageFailure('blocked')),
        blocking: () => this.giveWay(),
        terminated: () => (this.connection = undefined),
      }).then(resolve, reject);
    });
  }

  /** A newer tab waits for this one to let go: hold nothing up. */
  private giveWay(): void {
    this.replaced = true;
    void this.connection?.then((connection) => connection.close());
    this.onreplaced?.();
  }
}

/** The database of this page; whatever stores something shares its one connection. */
export const database = new Database();
