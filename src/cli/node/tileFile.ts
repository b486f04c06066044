// Cache of the kernel tiles measured on GPUs, by adapter: one small file in the user's cache folder.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { TileStore } from '../../kernels/matMul/tileCache.webgpu.ts';

const fileSchema = z.record(z.string(), z.unknown());

export function tileFile(path = join(cacheFolder(), 'semblance', 'tiles.json')): TileStore {
  return {
    read: async (adapter) => (await readAll(path))[adapter],
    async write(adapter, kept) {
      const all = { ...(await readAll(path)), [adapter]: kept };
      await mkdir(dirname(path), { recursive: true });
      // Written atomically, because another process may be reading the file.
      const whole = `${path}.${process.pid}`;
      await writeFile(whole, `${JSON.stringify(all, null, 1)}\n`);
      await rename(whole, path);
    },
  };
}

function cacheFolder(): string {
  return process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
}

/** A missing or malformed file counts as empty. */
async function readAll(path: string): Promise<Record<string, unknown>> {
  try {
    return fileSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return {};
  }
}
