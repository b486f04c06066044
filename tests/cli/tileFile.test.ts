// What was measured of GPUs lies in one file of the user's cache folder; whatever else lies there is no failure.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tileFile } from '../../src/cli/node/tileFile.ts';

describe('the file of measured tiles', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'semblance-tiles-'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lies in the cache folder, by adapter, and is whole at any time', async () => {
    vi.stubEnv('XDG_CACHE_HOME', folder);
    await tileFile().write('one', { code: 'a' });
    await tileFile().write('two', { code: 'b' });
    await tileFile().write('one', { code: 'c' });
    expect(await tileFile().read('one')).toEqual({ code: 'c' });
    expect(await tileFile().read('two')).toEqual({ code: 'b' });
    expect(await tileFile().read('three')).toBe(undefined);
    expect(readdirSync(join(folder, 'semblance'))).toEqual(['tiles.json']);
  });

  it.each(['', '{"one": ', '[1, 2]', '"text"'])(
    'holds nothing when it says %j, and is written again',
    async (text) => {
      const path = join(folder, 'tiles.json');
      writeFileSync(path, text);
      expect(await tileFile(path).read('one')).toBe(undefined);
      await tileFile(path).write('one', 1);
      expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ one: 1 });
    },
  );

  it('refuses to be written where there is no folder to be had, and reads as nothing', async () => {
    const blocked = join(folder, 'file', 'tiles.json');
    writeFileSync(join(folder, 'file'), '');
    await expect(tileFile(blocked).write('one', 1)).rejects.toThrow();
    expect(await tileFile(blocked).read('one')).toBe(undefined);
  });
});
