// Packs a trained encoder as a zip: the folder that the command line writes, plus a model card. Weights are stored
// uncompressed, since they hardly shrink.
import { zipSync, type Zippable } from 'fflate';

/**
 * @param files a model folder, from the worker
 * @param card README.md
 * @param folder name of the top-level folder
 * @throws Error if there are no weights among the files
 */
export function zipModel(
  files: ReadonlyMap<string, Uint8Array>,
  card: string,
  folder: string,
): Uint8Array<ArrayBuffer> {
  if (![...files.keys()].some((name) => name.endsWith('.safetensors')))
    throw new Error('the encoder came without weights');
  const zipped: Zippable = { [`${folder}/README.md`]: new TextEncoder().encode(card) };
  for (const [name, bytes] of files)
    zipped[`${folder}/${name}`] = name.endsWith('.safetensors') ? [bytes, { level: 0 }] : bytes;
  return zipSync(zipped, { level: 6 });
}
