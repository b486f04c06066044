// On a GPU the numbers of short steps are read back together. The page must not notice: it gets the same events in the
// same order, and no report about a step before the event of that step.
import { afterEach, beforeEach, expect, it, vi, type MockInstance } from 'vitest';
import { startDevice } from '../../src/kernels/backend.ts';
import type { DeviceInfo } from '../../src/util/devices.ts';
import { startCommand, seekTo, playToEnd, startTraining, stepOnce, type FakePage } from './harness.ts';

const given = startCommand({ steps: 24, evaluateEvery: 12, checkpointEvery: 12 });

/** Steps per read-back. */
const reads = vi.hoisted((): number[] => []);
vi.mock('../../src/trainer/scalars.ts', async (original) => {
  const scalars = await original<typeof import('../../src/trainer/scalars.ts')>();
  return {
    ...scalars,
    readTogether: (...[steps]: Parameters<typeof scalars.readTogether>) => {
      reads.push(steps.length);
      return scalars.readTogether(steps);
    },
  };
});

let clock: MockInstance<() => number>;

/** Slows the clock down: as many steps as possible are read together, and no embedding is due by time. */
beforeEach(() => {
  const now = performance.now.bind(performance);
  clock = vi.spyOn(performance, 'now').mockImplementation(() => now() / 10_000);
  reads.length = 0;
});

afterEach(() => {
  clock.mockRestore();
});

/** WASM under the name of a GPU, so that its numbers are read back as from a GPU. */
async function gpu(): Promise<DeviceInfo> {
  return { ...(await startDevice('wasm', { gpu: async () => 'none' })), name: 'webgpu' };
}

/** Every report of a step comes after the step's event. */
function expectOrder({ reports }: FakePage): void {
  let last = 0;
  for (const report of reports) {
    if (report.type === 'events')
      for (const event of report.events) if (event.type === 'step') last = Math.max(last, event.step);
    if (report.type === 'embeddings') expect(report.step).toBeLessThanOrEqual(last);
    if (report.type === 'timeline') expect(Math.max(0, ...report.snapshots)).toBeLessThanOrEqual(last);
    if (report.type === 'status' && report.status !== 'running') expect(report.step).toBe(last);
  }
}

it('plays to the end with fewer read-backs than steps and the same record', async () => {
  const apart = await startTraining(given);
  await playToEnd(apart);
  await apart.training.stop();
  expect(reads).toEqual(Array.from({ length: 24 }, () => 1));
  reads.length = 0;
  const together = await startTraining(given, { device: await gpu() });
  await playToEnd(together);
  await together.training.stop();
  expect(reads.reduce((a, b) => a + b, 0)).toBe(24);
  expect(reads.length).toBeLessThan(24);
  const events = (page: FakePage) => page.record().filter(({ type }) => type !== 'header');
  expect(events(together.page)).toEqual(events(apart.page));
  expectOrder(together.page);
});

it('reports every step before it waits, and applies edits and groups to the next step', async () => {
  const apart = await startTraining(given);
  const together = await startTraining(given, { device: await gpu() });
  const { page, training } = together;
  training.gate.play(null);
  await page.next('events', ({ events }) => events.some(({ type }) => type === 'step'));
  training.gate.pause();
  const { step } = await page.next('status', ({ status }) => status === 'waiting');
  expect(page.events('step').map((event) => event.step)).toEqual(
    Array.from({ length: step }, (_, i) => i + 1),
  );
  for (let to = 1; to <= step; to++) await stepOnce(apart, to);
  const own = { id: 'own-1', anchor: 'a dog', positive: 'a cat', pattern: 'nli', source: 'typed' } as const;
  for (const run of [apart, together]) {
    run.training.changes.edit({ knob: 'temperature', value: 0.1 });
    run.training.changes.addGroups([own]);
    await stepOnce(run, step + 1);
    await playToEnd(run);
    await run.training.stop();
  }
  const events = (from: FakePage) => from.record().filter(({ type }) => type !== 'header');
  expect(events(page)).toEqual(events(apart.page));
});

it('goes back and trains again to the same losses', async () => {
  const run = await startTraining(given, { device: await gpu() });
  await playToEnd(run);
  const known = run.page.events('step');
  await seekTo(run, 5);
  run.training.changes.edit({ knob: 'learningRate', value: 1e-3 }); // the value it has: the same losses again
  const from = run.page.reports.length;
  await playToEnd(run);
  const again = run.page.record(from).filter((event) => event.type === 'step');
  expect(again).toEqual(known.slice(5));
  await run.training.stop();
});
