// A trained encoder as a zip: the folder as the command line writes it, with a card. Weights are stored as they are,
// since they hardly shrink.
import { zipSync, type Zippable } from 'fflate';

/**
 * @param files a model folder, from the worker
 * @param card README.md
 * @param folder the one folder that everything lies in
 * @throws Error when there are no weights among the files
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
