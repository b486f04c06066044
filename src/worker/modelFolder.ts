// An encoder folder at a web address: fetches its files, reports progress, and says in one clear sentence when a file
// is missing, incomplete or cannot be reached.
import { z } from 'zod';
import type { FolderReader } from '../encoder/folder.ts';
import { Failure, messageOf } from '../util/failure.ts';

/** Bytes of a file that have arrived; total is null when the server does not say. */
export type OnProgress = (file: string, loaded: number, total: number | null) => void;

/**
 * If the folder lists its files (files.json, written by the build of the page), no other file is asked for. Otherwise
 * each file is tried: a 404 means that it does not exist, any other error is a failure.
 */
export function webFolder(address: string, onProgress: OnProgress): FolderReader {
  const base = address.replace(/\/+$/, '');
  const name = base.replace(/^.*\/models\//, '');
  let listed: Promise<ReadonlySet<string> | undefined> | undefined;
  return {
    name,
    async read(file) {
      const files = await (listed ??= fetchList(`${base}/files.json`));
      if (files && !files.has(file)) return undefined;
      return fetchFile(`${base}/${file}`, `${name}/${file}`, onProgress);
    },
  };
}

async function fetchList(url: string): Promise<ReadonlySet<string> | undefined> {
  try {
    const response = await fetch(url);
    if (!response.ok || isPage(response)) return undefined;
    return new Set(z.array(z.string()).parse(await response.json()));
  } catch {
    return undefined; // no list: each file is tried
  }
}

async function fetchFile(url: string, name: string, onProgress: OnProgress): Promise<Uint8Array | undefined> {
  const response = await fetch(url).catch((error: unknown) => {
    throw new Failure(
      `${name} could not be fetched (${messageOf(error)}); check the connection and press Retry.`,
    );
  });
  if (response.status === 404 || isPage(response)) return undefined;
  if (!response.ok)
    throw new Failure(`${name} could not be fetched: the server answered ${response.status}.`);
  return readBody(response, name, onProgress);
}

/** Servers of single-page applications answer a missing file with the page itself. */
function isPage(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('text/html') ?? false;
}

async function readBody(response: Response, name: string, onProgress: OnProgress): Promise<Uint8Array> {
  // The length of a compressed response is not that of the file.
  const stated = response.headers.get('content-encoding') ? null : response.headers.get('content-length');
  const total = stated === null ? null : Number(stated);
  const parts: Uint8Array[] = [];
  let loaded = 0;
  try {
    if (!response.body) throw new Error('the response has no body');
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
      loaded += part.value.length;
      onProgress(name, loaded, total);
    }
  } catch (error) {
    throw new Failure(`${name} was cut off after ${loaded} bytes (${messageOf(error)}); press Retry.`);
  }
  if (total !== null && loaded < total)
    throw new Failure(`${name} was cut off after ${loaded} of ${total} bytes; press Retry.`);
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
