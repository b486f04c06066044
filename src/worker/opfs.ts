// Storage of saved runs in the browser: each run has a folder in the origin private file system (OPFS) and a Web Lock,
// so that two tabs never train the same run.
/// <reference lib="webworker" />
import type { SavedRunFolder, RunStorage } from './savedRun.ts';

const FOLDER = 'runs';
/** How long to wait for a lock, in milliseconds: a tab that is closing or reloading may still hold it briefly. */
const LOCK_TIMEOUT = 1000;
/**
 * Size in bytes of the length field at the start of a safetensors file. It is written last, so that an incomplete file
 * starts with zeros.
 */
const LENGTH_BYTES = 8;

// TypeScript assumes that the global scope is a window.
const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

export function opfsStorage(): RunStorage {
  return {
    async open(run) {
      const runs = await allRuns();
      const release = await lock(run);
      return release && runFolder(() => runs.getDirectoryHandle(run, { create: true }), release);
    },
    async delete(run) {
      const release = await lock(run);
      if (!release) throw new Error('This run is open in another tab; close it there first.');
      try {
        await (await allRuns()).removeEntry(run, { recursive: true });
      } catch (error) {
        if ((error as Error).name !== 'NotFoundError') throw error;
      } finally {
        release();
      }
    },
  };
}

async function allRuns(): Promise<FileSystemDirectoryHandle> {
  // Missing in private windows and on insecure origins, although the types claim otherwise.
  if (!('storage' in scope.navigator) || !('getDirectory' in scope.navigator.storage))
    throw new Error('this browser has no private file system for pages');
  const root = await scope.navigator.storage.getDirectory();
  return root.getDirectoryHandle(FOLDER, { create: true });
}

/** @returns a function that releases the lock, or undefined if another tab holds it */
function lock(run: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const held = () => new Promise<void>((release) => resolve(release));
    scope.navigator.locks
      .request(`semblance-run-${run}`, { signal: AbortSignal.timeout(LOCK_TIMEOUT) }, held)
      .catch((error: unknown) => {
        const isTimeout =
          error instanceof DOMException && ['TimeoutError', 'AbortError'].includes(error.name);
        if (isTimeout) resolve(undefined);
        else reject(error instanceof Error ? error : new Error(String(error)));
      });
  });
}

function runFolder(open: () => Promise<FileSystemDirectoryHandle>, release: () => void): SavedRunFolder {
  return {
    release,
    async list() {
      const names: string[] = [];
      const folder = await open();
      for await (const name of folder.keys()) names.push(name);
      return names;
    },
    async read(name) {
      const file = await (await (await open()).getFileHandle(name)).getFile();
      return new Uint8Array(await file.arrayBuffer());
    },
    async write(name, bytes) {
      const folder = await open();
      try {
        await writeWhole(await folder.getFileHandle(name, { create: true }), bytes);
      } catch (error) {
        await folder.removeEntry(name).catch(() => undefined);
        throw error;
      }
    },
    async remove(name) {
      await (await open()).removeEntry(name);
    },
  };
}

async function writeWhole(file: FileSystemFileHandle, bytes: Uint8Array): Promise<void> {
  const access = await file.createSyncAccessHandle();
  try {
    access.truncate(0);
    writeAt(access, bytes.subarray(LENGTH_BYTES), LENGTH_BYTES);
    access.flush();
    writeAt(access, bytes.subarray(0, LENGTH_BYTES), 0);
    access.flush();
  } finally {
    access.close();
  }
}

/** Writes all bytes: on a full disk, a single write() may write only a part of them without an error. */
function writeAt(access: FileSystemSyncAccessHandle, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;) {
    const written = access.write(bytes.subarray(done), { at: at + done });
    if (written === 0) throw new Error('no storage space is left');
    done += written;
  }
}
