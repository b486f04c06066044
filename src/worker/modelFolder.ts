// Reads an encoder folder from a URL: fetches its files, reports progress, and throws an error with one clear sentence
// if a file is missing, incomplete or unreachable.
import { z } from 'zod';
import type { FolderReader } from '../encoder/folderReader.ts';
import { Failure, messageOf } from '../util/failure.ts';

/** Bytes of a file received so far; total is null if the server does not send it. */
export type OnProgress = (file: string, loaded: number, total: number | null) => void;

/**
 * If the folder has a list of its files (files.json, written by the page's build), only listed files are requested.
 * Otherwise every file is tried: a 404 means that it does not exist, any other error is a failure.
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
    return undefined; // no list: every file is tried
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

/** Whether the response is an HTML page: servers of single-page apps return the page itself for a missing file. */
function isPage(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('text/html') ?? false;
}

async function readBody(response: Response, name: string, onProgress: OnProgress): Promise<Uint8Array> {
  // The Content-Length of a compressed response is not the size of the file.
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
