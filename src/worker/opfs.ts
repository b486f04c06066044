// Saved runs in the browser: a folder each in the origin private file system, and a Web Lock each, so that two tabs
// never train the same run.
/// <reference lib="webworker" />
import type { RunFolder, RunStorage } from './savedRun.ts';

const FOLDER = 'runs';
/** Milliseconds to wait for a lock: a tab that is being closed or reloaded may hold it for a moment. */
const LOCK_TIMEOUT = 1000;
/** Bytes of the length at the start of a safetensors file, which is written last: an incomplete file starts with zeros. */
const LENGTH_BYTES = 8;

// TypeScript takes the global scope for that of a page.
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
  // Missing in private windows and on insecure origins, whatever the types say.
  if (!('storage' in scope.navigator) || !('getDirectory' in scope.navigator.storage))
    throw new Error('this browser gives pages no private file system');
  const root = await scope.navigator.storage.getDirectory();
  return root.getDirectoryHandle(FOLDER, { create: true });
}

/** Returns what releases the lock, or undefined when another tab has it. */
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

function runFolder(open: () => Promise<FileSystemDirectoryHandle>, release: () => void): RunFolder {
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

/** On a full disk only a part may be written, without an error. */
function writeAt(access: FileSystemSyncAccessHandle, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;) {
    const written = access.write(bytes.subarray(done), { at: at + done });
    if (written === 0) throw new Error('there is no room left');
    done += written;
  }
}
