// An encoder folder behind an address: its files fetched with their progress told, and one clear sentence when a file
// is missing, cut short or cannot be reached.
import { z } from 'zod';
import type { FolderReader } from '../encoder/folder.ts';
import { Failure, messageOf } from '../util/failure.ts';

export type Progress = (file: string, loaded: number, total: number | null) => void;

/**
 * A folder with a list of its files (files.json, which the build of the page writes) is asked for nothing else; in one
 * without, files are looked for: a 404 means "not there", anything else is a failure.
 */
export function webFolder(address: string, progress: Progress): FolderReader {
  const base = address.replace(/\/+$/, '');
  const name = base.replace(/^.*\/models\//, '');
  let listed: Promise<ReadonlySet<string> | undefined> | undefined;
  return {
    name,
    async read(file) {
      const files = await (listed ??= fetchList(`${base}/files.json`));
      if (files && !files.has(file)) return undefined;
      return fetchFile(`${base}/${file}`, `${name}/${file}`, progress);
    },
  };
}

async function fetchList(url: string): Promise<ReadonlySet<string> | undefined> {
  try {
    const response = await fetch(url);
    if (!response.ok || isPage(response)) return undefined;
    return new Set(z.array(z.string()).parse(await response.json()));
  } catch {
    return undefined; // no list: the files are looked for
  }
}

async function fetchFile(url: string, name: string, progress: Progress): Promise<Uint8Array | undefined> {
  const response = await fetch(url).catch((error: unknown) => {
    throw new Failure(
      `${name} could not be fetched (${messageOf(error)}); check the connection and press Retry.`,
    );
  });
  if (response.status === 404 || isPage(response)) return undefined;
  if (!response.ok)
    throw new Failure(`${name} could not be fetched: the server answered ${response.status}.`);
  return readBody(response, name, progress);
}

/** Servers of single-page sites answer a missing file with the page itself. */
function isPage(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('text/html') ?? false;
}

async function readBody(response: Response, name: string, progress: Progress): Promise<Uint8Array> {
  // A compressed answer's length is not the file's.
  const stated = response.headers.get('content-encoding') ? null : response.headers.get('content-length');
  const total = stated === null ? null : Number(stated);
  const parts: Uint8Array[] = [];
  let loaded = 0;
  try {
    const reader = response.body!.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
      loaded += part.value.length;
      progress(name, loaded, total);
    }
  } catch (error) {
    throw new Failure(`${name} broke off after ${loaded} bytes (${messageOf(error)}); press Retry.`);
  }
  if (total !== null && loaded < total)
    throw new Failure(`${name} broke off after ${loaded} of ${total} bytes; press Retry.`);
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
