// The worker's end: the real storage, and bytes that can be told from one another.
/// <reference lib="webworker" />
import type { KeptPlace } from '../../../src/worker/keptRuns.ts';
import { opfsStorage } from '../../../src/worker/opfs.ts';
import { tileStore } from '../../../src/worker/tileStore.ts';

export type Asked =
  | { do: 'claim'; run: string }
  | { do: 'release' }
  | { do: 'list' }
  | { do: 'write'; name: string; size: number; seed: number }
  | { do: 'read'; name: string }
  | { do: 'forget'; run: string }
  | { do: 'writeTiles'; adapter: string; kept: unknown }
  | { do: 'readTiles'; adapter: string };

export interface Answer {
  value?: unknown;
  error?: string;
}

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
const storage = opfsStorage();
let place: KeptPlace | undefined;

function made(size: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed) % 251);
}

async function obey(asked: Asked): Promise<unknown> {
  switch (asked.do) {
    case 'claim': {
      const claimed = await storage.claim(asked.run);
      place = claimed ?? place;
      return claimed !== undefined;
    }
    case 'release': {
      place!.release();
      return;
    }
    case 'list':
      return (await place!.list()).sort();
    case 'write':
      return place!.write(asked.name, made(asked.size, asked.seed));
    case 'read': {
      const bytes = await place!.read(asked.name);
      const seed = bytes[0]!;
      return {
        size: bytes.length,
        seed,
        whole: made(bytes.length, seed).every((byte, i) => byte === bytes[i]),
      };
    }
    case 'forget':
      return storage.forget(asked.run);
    case 'writeTiles':
      return tileStore.write(asked.adapter, asked.kept);
    case 'readTiles':
      return tileStore.read(asked.adapter);
  }
}

scope.onmessage = ({ data }: MessageEvent<Asked>) => {
  obey(data).then(
    (value) => scope.postMessage({ value } satisfies Answer),
    (error: unknown) => scope.postMessage({ error: String(error) } satisfies Answer),
  );
};
