// A device that is lost, as a driver crash would lose it: what the visitor changed since the last snapshot is in the run
// afterwards, and a step of the past that was shown is shown again.
import { afterAll, describe, expect, it } from 'vitest';
import { loseDevice, watchDevice } from '../../src/kernels/deviceHealth.ts';
import { eachBackend, start } from '../support/backends.ts';
import { tinyGroups, tinyPlain } from '../support/tiny.ts';
import { startCommand, seekTo, startTraining, stepOnce, type StartedTraining } from './harness.ts';

const own = {
  id: 'own-1',
  anchor: 'a dog',
  positive: 'a pup',
  pattern: 'nli' as const,
  source: 'typed' as const,
};

describe('a lost device', () => {
  eachBackend(
    (backend) => {
      afterAll(() => watchDevice(() => undefined));

      const given = startCommand(
        { steps: 3, batch: 4, generatedBatch: 8, evaluateEvery: 100, measureCap: 2 },
        { groups: [...tinyPlain(16), ...tinyGroups(4)], sts: [] },
      );
      const startRun = async (whileRestarting: () => void = () => undefined) => {
        const device = await start(backend);
        const restartDevice = async () => {
          whileRestarting();
          return start(backend);
        };
        const run = await startTraining(given, { device, host: { restartDevice } });
        watchDevice(() => run.training.gate.wake());
        return run;
      };
      const change = ({ training }: StartedTraining) => {
        training.changes.edit({ knob: 'temperature', value: 0.1 });
        training.changes.addGroups([own]);
      };

      it('costs neither a knob edit nor a group that joined', async () => {
        const calm = await startTraining(given);
        change(calm);
        await stepOnce(calm, 1);
        await calm.training.stop();
        const run = await startRun();
        change(run);
        const running = run.page.next('status', ({ status }) => status === 'running');
        run.training.gate.stepOnce();
        await running; // both are applied; the step will never end
        loseDevice();
        const from = run.page.reports.length;
        expect(await run.page.next('rewound', () => true, from)).toMatchObject({ step: 0 });
        await run.page.next('status', ({ status }) => status === 'waiting', from);
        const again = run.page.reports.length;
        await stepOnce(run, 1);
        const [edit, pairs, step] = run.page.record(again);
        expect([edit, pairs]).toEqual(
          calm.page.record().filter(({ type }) => type === 'edit' || type === 'pairs'),
        );
        const [expected] = calm.page.events('step');
        expect(step).toMatchObject({
          type: 'step',
          step: 1,
          plain: expected!.plain,
          tokens: expected!.tokens,
        });
        expect(step?.type === 'step' && step.loss).toBeCloseTo(expected!.loss, 4);
        await run.training.stop();
      });

      it('costs no change made while the device is started again', async () => {
        const run: StartedTraining = await startRun(() => change(run));
        const from = run.page.reports.length;
        loseDevice();
        await run.page.next('status', ({ status }) => status === 'recovering', from);
        await run.page.next('status', ({ status }) => status === 'waiting', from);
        await stepOnce(run, 1);
        expect(run.page.events('edit')).toMatchObject([{ step: 0, knob: 'temperature', to: 0.1 }]);
        expect(run.page.events('pairs')).toMatchObject([{ step: 0, groups: [{ id: own.id }] }]);
        await run.training.stop();
      });

      it('leaves the run at the step of the past that is shown', async () => {
        const run = await startRun();
        for (const step of [1, 2]) await stepOnce(run, step);
        const shown = run.page.watched(1);
        await seekTo(run, 1);
        const from = run.page.reports.length;
        loseDevice();
        await run.page.next('seeked', ({ step }) => step === 1, from);
        await run.page.next('status', ({ status, step }) => status === 'waiting' && step === 1, from);
        expect(run.page.all('rewound')).toEqual([]);
        await run.page.shown(1, from);
        run.page.watched(1).forEach((value, i) => expect(value).toBeCloseTo(shown[i]!, 4));
        run.training.seek(2); // the steps after it are still known
        expect(await run.page.next('seeked')).toMatchObject({ step: 2 });
        await run.training.stop();
      });
    },
    ['software'],
  );
});
