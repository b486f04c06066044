// An encoder folder at a web address: missing files are recognised, and errors are reported in a clear sentence.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { webFolder } from '../../src/worker/modelFolder.ts';

type Answer = () => Response | Promise<Response>;

/** Responds by the end of the URL; everything else is a 404. */
function serve(answers: Record<string, Answer>): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    const found = Object.keys(answers).find((end) => url.endsWith(end));
    return found === undefined ? new Response('', { status: 404 }) : answers[found]!();
  });
  return asked;
}

const bytes = (text: string, headers: Record<string, string> = {}) => new Response(text, { headers });
const folder = (progress = vi.fn()) => webFolder('http://host/models/pocket/', progress);

afterEach(() => vi.unstubAllGlobals());

describe('a folder with a list of its files', () => {
  it('is asked only for files in the list, which is fetched once', async () => {
    const asked = serve({ 'files.json': () => bytes('["config.json"]'), 'config.json': () => bytes('{}') });
    const reader = folder();
    expect(await reader.read('vocab.txt')).toBeUndefined();
    expect(new TextDecoder().decode(await reader.read('config.json'))).toBe('{}');
    expect(asked.filter((url) => url.endsWith('files.json'))).toHaveLength(1);
    expect(asked).not.toContain('http://host/models/pocket/vocab.txt');
  });
});

describe('a folder without a list', () => {
  it('has each file tried: a 404 means missing, and so does the page itself, which some servers send instead', async () => {
    serve({ 'vocab.txt': () => bytes('<html>', { 'content-type': 'text/html' }) });
    expect(await folder().read('modules.json')).toBeUndefined();
    expect(await folder().read('vocab.txt')).toBeUndefined();
  });

  it('reports bytes as they arrive, with the total if the server says it', async () => {
    serve({ 'model.safetensors': () => bytes('12345', { 'content-length': '5' }) });
    const progress = vi.fn();
    await folder(progress).read('model.safetensors');
    expect(progress).toHaveBeenLastCalledWith('pocket/model.safetensors', 5, 5);
  });

  it.each([
    ['a server that fails', () => new Response('', { status: 500 }), /answered 500/],
    ['an incomplete file', () => bytes('123', { 'content-length': '5' }), /was cut off after 3 of 5 bytes/],
    [
      'no connection',
      () => {
        throw new TypeError('Failed to fetch');
      },
      /could not be fetched.*connection/,
    ],
  ] as const)('%s is said in one sentence', async (_, answer, says) => {
    serve({ 'model.safetensors': answer });
    await expect(folder().read('model.safetensors')).rejects.toThrow(says);
  });
});
