// Kept runs in the browser: a folder each in the origin's private file system, and a lock each, so that two tabs
// never train one run.
/// <reference lib="webworker" />
import type { KeptPlace, KeptStorage } from './keptRuns.ts';

const FOLDER = 'runs';
/** A tab that is being closed or reloaded may hold its lock for a moment. */
const PATIENCE = 1000; // milliseconds
/** The length at the head of a safetensors file is written last: a file that was cut off begins with zeros. */
const HEAD = 8;

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

export function opfsStorage(): KeptStorage {
  return {
    async claim(run) {
      const runs = await allRuns();
      const release = await lock(run);
      return release && place(() => runs.getDirectoryHandle(run, { create: true }), release);
    },
    async forget(run) {
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
  // Private windows and pages without a secure origin have none, whatever the types say.
  if (!('storage' in scope.navigator) || !('getDirectory' in scope.navigator.storage))
    throw new Error('this browser gives pages no files of their own');
  const root = await scope.navigator.storage.getDirectory();
  return root.getDirectoryHandle(FOLDER, { create: true });
}

/** Returns what releases the lock, or undefined when another tab has it. */
function lock(run: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const held = () => new Promise<void>((release) => resolve(release));
    scope.navigator.locks
      .request(`semblance-run-${run}`, { signal: AbortSignal.timeout(PATIENCE) }, held)
      .catch((error: unknown) => {
        const isLate = error instanceof DOMException && ['TimeoutError', 'AbortError'].includes(error.name);
        if (isLate) resolve(undefined);
        else reject(error instanceof Error ? error : new Error(String(error)));
      });
  });
}

function place(open: () => Promise<FileSystemDirectoryHandle>, release: () => void): KeptPlace {
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
    writeAt(access, bytes.subarray(HEAD), HEAD);
    access.flush();
    writeAt(access, bytes.subarray(0, HEAD), 0);
    access.flush();
  } finally {
    access.close();
  }
}

/** A full disk may take part of a write without an error. */
function writeAt(access: FileSystemSyncAccessHandle, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;) {
    const taken = access.write(bytes.subarray(done), { at: at + done });
    if (taken === 0) throw new Error('there is no room left');
    done += taken;
  }
}
