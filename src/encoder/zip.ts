// Reads a .zip of a model folder as if it were a folder. Zips are untrusted: sizes are checked before unpacking.
import { unzipSync } from 'fflate';
import { Failure } from '../util/failure.ts';
import type { FolderReader } from './folderReader.ts';

/** Maximum size of one unpacked file in bytes; a zip may claim any size. */
const MAX_FILE = 2 ** 31;

/** Do the first bytes identify a zip file? */
export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);

/**
 * The model folder in a zip: its root, or the folder that contains the model.
 * @throws Failure when it is not a zip file, or is damaged
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
    throw new Failure(`${name} is a damaged zip file, perhaps an incomplete download: download it again.`);
  }
  if (tooLarge !== undefined) throw new Failure(`${name}: ${tooLarge} is larger than 2 GiB.`);
  const root = rootOf(Object.keys(files));
  return { name, read: (file) => Promise.resolve(files[root + file]) };
}

/** "" if config.json or modules.json is at the top level, otherwise the path of its folder. */
function rootOf(names: readonly string[]): string {
  const marks = names.filter((name) => /(^|\/)(modules|config)\.json$/.test(name));
  const shortest = marks.toSorted((a, b) => a.length - b.length)[0] ?? '';
  return shortest.slice(0, shortest.lastIndexOf('/') + 1);
}
