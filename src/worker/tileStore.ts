// Stores the fastest kernel tiles measured on each GPU adapter in the worker's own IndexedDB database.
import { openDB } from 'idb';
import type { TileStore } from '../kernels/matMul/tileCache.webgpu.ts';

const NAME = 'semblance-kernels';
const TILES = 'tiles';

export const tileStore: TileStore = {
  read: (adapter) => withDatabase((database) => database.get(TILES, adapter)),
  async write(adapter, kept) {
    await withDatabase((database) => database.put(TILES, kept, adapter));
  },
};

type TileDatabase = Awaited<ReturnType<typeof openDB>>;

async function withDatabase<T>(use: (database: TileDatabase) => Promise<T>): Promise<T> {
  const database = await openDB(NAME, 1, { upgrade: (created) => void created.createObjectStore(TILES) });
  try {
    return await use(database);
  } finally {
    database.close();
  }
}
