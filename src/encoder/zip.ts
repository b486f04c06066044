// A model folder packed as one .zip, read as a folder. Zips come from anywhere: their sizes are checked before
// anything is unpacked.
import { unzipSync } from 'fflate';
import { Failure } from '../util/failure.ts';
import type { FolderReader } from './folder.ts';

/** Bytes of one unpacked file; a zip may claim any size. */
const MAX_FILE = 2 ** 31;

/** Is it a zip by its first bytes? */
export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);

/**
 * The folder in a zip: its root, or the one folder that everything lies in.
 * @throws Failure when it is not a zip, or is damaged.
 */
export function zipFolder(name: string, bytes: Uint8Array): FolderReader {
  if (!isZip(bytes)) throw new Failure(`${name} is not a zip file.`);
  let tooLarge: string | undefined;
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter: (file) => {
        if (file.originalSize > MAX_FILE) tooLarge = file.name;
        return file.originalSize <= MAX_FILE && !file.name.endsWith('/');
      },
    });
  } catch {
    throw new Failure(`${name} is a damaged zip file, as after a download that broke off: get it again.`);
  }
  if (tooLarge !== undefined) throw new Failure(`${name}: ${tooLarge} is larger than 2 GiB.`);
  const root = rootOf(Object.keys(files));
  return { name, read: (file) => Promise.resolve(files[root + file]) };
}

/** "" when config.json or modules.json lies at the top, else the folder that holds it. */
function rootOf(names: readonly string[]): string {
  const marks = names.filter((name) => /(^|\/)(modules|config)\.json$/.test(name));
  const shortest = marks.toSorted((a, b) => a.length - b.length)[0] ?? '';
  return shortest.slice(0, shortest.lastIndexOf('/') + 1);
}
