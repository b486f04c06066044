// Where the page keeps what it measured of GPUs: a small database of the worker's own, by adapter.
import { openDB } from 'idb';
import type { TileStore } from '../kernels/matMul/keptTiles.webgpu.ts';

const NAME = 'semblance-kernels';
const TILES = 'tiles';

export const tileStore: TileStore = {
  read: (adapter) => within((database) => database.get(TILES, adapter)),
  async write(adapter, kept) {
    await within((database) => database.put(TILES, kept, adapter));
  },
};

type Database = Awaited<ReturnType<typeof openDB>>;

async function within<T>(use: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDB(NAME, 1, { upgrade: (made) => void made.createObjectStore(TILES) });
  try {
    return await use(database);
  } finally {
    database.close();
  }
}
