// The page's end of the worker, with a fake worker: each request gets its own response, typed by the request.
import { afterEach, beforeEach, expect, expectTypeOf, it, vi } from 'vitest';
import { TrainerClient } from '../../src/worker/client.ts';
import type { Command, Report } from '../../src/worker/protocol.ts';

class FakeWorker {
  static last: FakeWorker;
  readonly sent: Command[] = [];
  terminated = false;
  onmessage: ((event: { data: unknown }) => void) | undefined;

  constructor() {
    FakeWorker.last = this;
  }

  postMessage(command: Command): void {
    this.sent.push(command);
  }

  terminate(): void {
    this.terminated = true;
  }

  report(report: Report): void {
    this.onmessage?.({ data: report });
  }
}

const died = vi.fn();
const report = vi.fn();
let client: TrainerClient;
let worker: FakeWorker;

beforeEach(() => {
  vi.stubGlobal('Worker', FakeWorker);
  client = new TrainerClient({ report, died });
  worker = FakeWorker.last;
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.clearAllMocks();
});

const matrix = { data: new Float64Array(2), rows: 1, dimension: 2 };

it('hands each response to the request with its id, whatever their order', async () => {
  const encoded = client.request({ type: 'encode', sentences: ['a dog'] });
  const exported = client.request({ type: 'export' });
  expect(worker.sent).toEqual([
    { type: 'request', id: 1, request: { type: 'encode', sentences: ['a dog'] } },
    { type: 'request', id: 2, request: { type: 'export' } },
  ]);
  const files = new Map([['config.json', new Uint8Array(1)]]);
  worker.report({ type: 'response', id: 2, response: files });
  worker.report({ type: 'response', id: 1, response: { before: matrix, now: matrix } });
  expect(await exported).toEqual(files);
  expect(await encoded).toEqual({ before: matrix, now: matrix });
  expectTypeOf(await exported).toEqualTypeOf<Map<string, Uint8Array>>();
  expectTypeOf((await encoded).before.rows).toEqualTypeOf<number>();
  expect(report).not.toHaveBeenCalled();
});

it('rejects a request that failed with the reason, and only that one', async () => {
  const first = client.request({ type: 'trace' });
  const second = client.request({ type: 'export' });
  worker.report({ type: 'requestFailed', id: 1, message: 'This run is over.' });
  await expect(first).rejects.toThrow('This run is over.');
  worker.report({ type: 'response', id: 2, response: new Map() });
  expect(await second).toEqual(new Map());
});

it('stops a worker whose response does not belong to the request, and rejects all that wait', async () => {
  const waiting = client.request({ type: 'export' });
  const wrong = client.request({ type: 'encode', sentences: [] });
  worker.report({ type: 'response', id: 2, response: new Map() });
  await expect(wrong).rejects.toThrow('The trainer stopped working.');
  await expect(waiting).rejects.toThrow('The trainer stopped working.');
  expect(worker.terminated).toBe(true);
  expect(died).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('response to "encode" is not valid'));
});

it('stops a worker that sends an unknown message', () => {
  worker.onmessage?.({ data: { type: 'hello' } });
  expect(worker.terminated).toBe(true);
  expect(died).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^it sent an unknown message/));
});
