// The worker's end: the real storage, and bytes that can be told from one another.
/// <reference lib="webworker" />
import type { SavedRunFolder } from '../../../src/worker/savedRun.ts';
import { opfsStorage } from '../../../src/worker/opfs.ts';
import { tileStore } from '../../../src/worker/tileStore.ts';

export type Question =
  | { do: 'open'; run: string }
  | { do: 'release' }
  | { do: 'list' }
  | { do: 'write'; name: string; size: number; seed: number }
  | { do: 'read'; name: string }
  | { do: 'delete'; run: string }
  | { do: 'writeTiles'; adapter: string; kept: unknown }
  | { do: 'readTiles'; adapter: string };

export interface Answer {
  value?: unknown;
  error?: string;
}

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const storage = opfsStorage();
let folder: SavedRunFolder | undefined;

function bytesOf(size: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed) % 251);
}

async function handle(question: Question): Promise<unknown> {
  switch (question.do) {
    case 'open': {
      const opened = await storage.open(question.run);
      folder = opened ?? folder;
      return opened !== undefined;
    }
    case 'release': {
      folder!.release();
      return;
    }
    case 'list':
      return (await folder!.list()).sort();
    case 'write':
      return folder!.write(question.name, bytesOf(question.size, question.seed));
    case 'read': {
      const bytes = await folder!.read(question.name);
      const seed = bytes[0]!;
      return {
        size: bytes.length,
        seed,
        whole: bytesOf(bytes.length, seed).every((byte, i) => byte === bytes[i]),
      };
    }
    case 'delete':
      return storage.delete(question.run);
    case 'writeTiles':
      return tileStore.write(question.adapter, question.kept);
    case 'readTiles':
      return tileStore.read(question.adapter);
  }
}

scope.onmessage = ({ data }: MessageEvent<Question>) => {
  handle(data).then(
    (value) => scope.postMessage({ value } satisfies Answer),
    (error: unknown) => scope.postMessage({ error: String(error) } satisfies Answer),
  );
};
