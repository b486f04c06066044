// On a GPU the worker reads the numbers of short steps together. The page must not notice: the same events in the same
// order, and nothing seen or said of a step before its own event.
import { afterEach, beforeEach, expect, it, vi, type MockInstance } from 'vitest';
import { startDevice } from '../../src/kernels/backend.ts';
import type { DeviceInfo } from '../../src/util/devices.ts';
import { command, goTo, playToEnd, started, stepOnce, type Page } from './page.ts';

const given = command({ steps: 24, evaluateEvery: 12, checkpointEvery: 12 });

/** How many steps each read-back was for. */
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

/** Steps take next to no time: as many as can be are read together, and no look is due by the clock. */
beforeEach(() => {
  const now = performance.now.bind(performance);
  clock = vi.spyOn(performance, 'now').mockImplementation(() => now() / 10_000);
  reads.length = 0;
});

afterEach(() => {
  clock.mockRestore();
});

/** WASM that is said to be a GPU: it is read as one. */
async function gpu(): Promise<DeviceInfo> {
  return { ...(await startDevice('wasm', { gpu: async () => 'none' })), name: 'webgpu' };
}

/** Every report of a step comes after the step's event. */
function expectOrder({ reports }: Page): void {
  let last = 0;
  for (const report of reports) {
    if (report.type === 'events')
      for (const event of report.events) if (event.type === 'step') last = Math.max(last, event.step);
    if (report.type === 'embeddings') expect(report.step).toBeLessThanOrEqual(last);
    if (report.type === 'timeline') expect(Math.max(0, ...report.snapshots)).toBeLessThanOrEqual(last);
    if (report.type === 'status' && report.status !== 'running') expect(report.step).toBe(last);
  }
}

it('plays to the end with fewer read-backs than steps, and the record is the same', async () => {
  const apart = await started(given);
  await playToEnd(apart);
  await apart.training.stop();
  expect(reads).toEqual(Array.from({ length: 24 }, () => 1));
  reads.length = 0;
  const together = await started(given, { device: await gpu() });
  await playToEnd(together);
  await together.training.stop();
  expect(reads.reduce((a, b) => a + b, 0)).toBe(24);
  expect(reads.length).toBeLessThan(24);
  const events = (page: Page) => page.record().filter(({ type }) => type !== 'header');
  expect(events(together.page)).toEqual(events(apart.page));
  expectOrder(together.page);
});

it('tells every step before it waits, and takes edits and groups into the very next one', async () => {
  const apart = await started(given);
  const together = await started(given, { device: await gpu() });
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
    run.training.edit({ knob: 'temperature', value: 0.1 });
    run.training.addGroups([own]);
    await stepOnce(run, step + 1);
    await playToEnd(run);
    await run.training.stop();
  }
  const events = (from: Page) => from.record().filter(({ type }) => type !== 'header');
  expect(events(page)).toEqual(events(apart.page));
});

it('goes back and on again to the same losses', async () => {
  const run = await started(given, { device: await gpu() });
  await playToEnd(run);
  const known = run.page.events('step');
  await goTo(run, 5);
  run.training.edit({ knob: 'learningRate', value: 1e-3 }); // as it was: the same way again
  const from = run.page.reports.length;
  await playToEnd(run);
  const again = run.page.record(from).filter((event) => event.type === 'step');
  expect(again).toEqual(known.slice(5));
  await run.training.stop();
});
