// Where a run continues after its training has thrown: decided from three numbers, and carried out with fakes.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Snapshot } from '../../src/trainer/snapshot.ts';
import type { DeviceInfo } from '../../src/util/devices.ts';
import { EditLog } from '../../src/worker/editLog.ts';
import { Gate } from '../../src/worker/gate.ts';
import { IdleTimer } from '../../src/worker/idleTimer.ts';
import { PendingRequests } from '../../src/worker/pendingRequests.ts';
import type { Report } from '../../src/worker/protocol.ts';
import { continuationAfterLoss, Recovery } from '../../src/worker/recovery.ts';
import { RunReporter } from '../../src/worker/runReporter.ts';
import { Timeline } from '../../src/worker/timeline.ts';
import { startCommand } from './harness.ts';
import { tinyModel } from '../support/tiny.ts';

const device = vi.hoisted(() => ({ error: undefined as string | undefined }));
vi.mock('../../src/kernels/deviceHealth.ts', async (original) => ({
  ...(await original<typeof import('../../src/kernels/deviceHealth.ts')>()),
  deviceError: () => Promise.resolve(device.error),
}));

describe('after a lost device', () => {
  it.each([
    { newest: undefined, shown: 0, head: 0, expected: { kind: 'rewind', step: 0 } },
    { newest: undefined, shown: 2, head: 5, expected: { kind: 'rewind', step: 0 } },
    { newest: 8, shown: 9, head: 9, expected: { kind: 'rewind', step: 8 } },
    { newest: 9, shown: 9, head: 9, expected: { kind: 'rewind', step: 9 } },
    { newest: 8, shown: 3, head: 9, expected: { kind: 'seek', step: 3 } },
    { newest: 8, shown: 8, head: 9, expected: { kind: 'seek', step: 8 } },
  ])(
    'a run with a snapshot at $newest, showing step $shown of $head, continues with $expected',
    ({ newest, shown, head, expected }) => {
      expect(continuationAfterLoss(newest, shown, head)).toEqual(expected);
    },
  );
});

describe('recovery', () => {
  const reports: Report[] = [];
  const wasm: DeviceInfo = { name: 'wasm', detail: 'fake', reason: 'a test' };
  const restartDevice = vi.fn<() => Promise<DeviceInfo>>();
  const seeker = { seek: vi.fn(), isRequested: false };
  const followed = { hasShown: true, invalidate: vi.fn() };
  const initial = { deviceLost: vi.fn() };
  const snapshot = (step: number) => ({ step, bytes: 1 }) as Snapshot;

  beforeEach(() => {
    device.error = undefined;
    seeker.isRequested = false;
    followed.hasShown = true;
    restartDevice.mockResolvedValue(wasm);
  });
  afterEach(() => {
    reports.length = 0;
    vi.clearAllMocks();
  });

  function recovery() {
    const timeline = new Timeline();
    for (const step of [0, 5]) timeline.addSnapshot(snapshot(step), 0);
    timeline.reach(7);
    const post = (report: Report) => void reports.push(report);
    const abort = new AbortController();
    const gate = new Gate();
    const context = {
      command: startCommand(),
      host: { post, model: tinyModel(), device: { ...wasm, name: 'webgpu' as const }, restartDevice },
      reports: new RunReporter(1, post),
      timeline,
      editLog: new EditLog(),
      gate,
      idle: new IdleTimer(() => undefined),
      requests: new PendingRequests(),
      signal: abort.signal,
    };
    const stop = () => {
      abort.abort();
      gate.cancel();
    };
    return { recovery: new Recovery(context, { seeker, followed, initial }), context, stop };
  }

  it('rewinds to the newest snapshot on a new device, and says so', async () => {
    device.error = 'The device was lost';
    const { recovery: subject, context } = recovery();
    expect(await subject.after(new Error('whatever'), 7)).toEqual({ from: snapshot(5) });
    expect(reports).toEqual([
      { type: 'status', run: 1, status: 'recovering', step: 7 },
      { type: 'rewound', run: 1, step: 5, deviceError: 'The device was lost' },
    ]);
    expect([context.host.device, context.timeline.head]).toEqual([wasm, 5]);
    expect(initial.deviceLost).toHaveBeenCalledOnce();
    expect(followed.invalidate).toHaveBeenCalledOnce();
    expect(seeker.seek).not.toHaveBeenCalled();
  });

  it('returns to a step of the past that was shown, unless another one is asked for, and keeps the future', async () => {
    device.error = 'The device was lost';
    const { recovery: subject, context } = recovery();
    expect(await subject.after(new Error('whatever'), 3)).toEqual({ from: snapshot(5) });
    expect(seeker.seek).toHaveBeenCalledExactlyOnceWith(3);
    seeker.isRequested = true;
    await subject.after(new Error('whatever'), 3);
    expect(seeker.seek).toHaveBeenCalledOnce();
    expect(reports.filter(({ type }) => type === 'rewound')).toEqual([]);
    expect(context.timeline.head).toBe(7);
  });

  it('gives up after three lost devices', async () => {
    device.error = 'The device was lost';
    const { recovery: subject, stop } = recovery();
    for (let i = 0; i < 3; i++) expect(await subject.after(new Error('lost'), 7)).toBeDefined();
    const over = subject.after(new Error('lost again'), 7);
    const failed = { type: 'failed', during: 'training', message: 'lost again' };
    await vi.waitFor(() => expect(reports).toContainEqual(failed));
    stop();
    expect(await over).toBeUndefined();
  });

  it('is over when no device can be started again', async () => {
    device.error = 'The device was lost';
    restartDevice.mockRejectedValue(new Error('No device is left'));
    expect(await recovery().recovery.after(new Error('lost'), 7)).toBeUndefined();
    expect(reports.slice(1)).toEqual([
      { type: 'failed', during: 'training', message: 'No device is left' },
      { type: 'status', run: 1, status: 'ended', step: 7 },
    ]);
  });

  it('after any other failure waits for a visit of the past, and rejects requests meanwhile', async () => {
    const { recovery: subject, context } = recovery();
    followed.hasShown = false;
    const request = context.requests.add(() => Promise.resolve(1));
    const restart = subject.after(new Error('The loss is NaN'), 7);
    await expect(request).rejects.toThrow('This run is over');
    expect(reports[0]).toEqual({ type: 'failed', during: 'start', message: 'The loss is NaN' });
    expect(restartDevice).not.toHaveBeenCalled();
    seeker.isRequested = true;
    context.gate.wake();
    expect(await restart).toEqual({ from: snapshot(5) });
  });
});
