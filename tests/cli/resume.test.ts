// "Resume = never stopped", with a real process that is really killed: SIGKILL leaves no time to save anything.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRecord } from '../../src/run/record.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { Random } from '../../src/util/random.ts';
import { lastJson, startCli, cli } from '../support/cli.ts';
import { tinyFiles } from '../support/tinyFiles.ts';

const STEPS = 300;

function trainArguments(files: ReturnType<typeof tinyFiles>, out: string): string[] {
  const knobs = ['checkpointEvery=7', 'evaluateEvery=50', 'generatedBatch=4', 'learningRate=1e-3'].flatMap(
    (knob) => ['--set', knob],
  );
  return [
    'train',
    '--model',
    files.model,
    '--corpora',
    files.corpora,
    '--setting',
    'tiny.sts_ht',
    '--sts',
    files.sts,
    '--steps',
    String(STEPS),
    '--batch',
    '8',
    '--device',
    'wasm',
    '--out',
    out,
    '--json',
    ...knobs,
  ];
}

function record(out: string): RunEvent[] {
  return parseRecord(readFileSync(join(out, 'run.jsonl'), 'utf8')).events;
}

function stepsDone(out: string): number {
  if (!existsSync(join(out, 'run.jsonl'))) return 0;
  return record(out).filter((event) => event.type === 'step').length;
}

/** Waits until the run has logged this step, then kills it. */
async function killAt(args: string[], out: string, step: number): Promise<void> {
  const { child, done } = startCli(args);
  while (stepsDone(out) < step && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 10));
  child.kill('SIGKILL');
  const { signal, stderr } = await done;
  expect(signal, `killed before it ended (at step ${step}); it said: ${stderr}`).toBe('SIGKILL');
}

function timeless(events: RunEvent[]): unknown[] {
  return events.map((event) => {
    if (event.type === 'step') return { ...event, milliseconds: 0 };
    return event.type === 'checkpoint' ? { ...event, path: '' } : event;
  });
}

describe('a run that is killed', () => {
  it('goes on from its last checkpoint and ends as if it had never stopped, bit for bit', async () => {
    const files = tinyFiles();
    const [whole, broken] = [join(files.folder, 'whole'), join(files.folder, 'broken')];
    const uninterrupted = await cli(...trainArguments(files, whole));
    expect(uninterrupted.code, uninterrupted.stderr).toBe(0);

    const random = Random.seeded(Date.now()); // a random step: the promise holds for every one
    const first = 8 + random.integer(60);
    const second = first + 10 + random.integer(60);
    await killAt(trainArguments(files, broken), broken, first);
    await killAt(['train', '--resume', broken, '--device', 'wasm', '--json'], broken, second);
    const resumed = await cli('train', '--resume', broken, '--device', 'wasm', '--json');
    expect(resumed.code, `killed at ${first} and ${second}: ${resumed.stderr}`).toBe(0);

    const last = join('checkpoints', `step-${String(STEPS).padStart(6, '0')}`);
    for (const file of ['model.safetensors', 'trainer.safetensors', 'trainer.json']) {
      const [a, b] = [readFileSync(join(whole, last, file)), readFileSync(join(broken, last, file))];
      expect(Buffer.compare(a, b), `${file}, killed at steps ${first} and ${second}`).toBe(0);
    }
    expect(timeless(record(broken))).toEqual(timeless(record(whole)));
    const timing = { msPerStep: 0, tokensPerSecond: 0, out: '' };
    expect({ ...lastJson(resumed), ...timing }).toEqual({ ...lastJson(uninterrupted), ...timing });
    expect(readdirSync(join(broken, 'checkpoints'))).toHaveLength(2);
  });

  it('stops at Ctrl-C with a checkpoint, exit code 130, and says how to go on', async () => {
    const files = tinyFiles();
    const out = join(files.folder, 'run');
    const { child, done } = startCli(trainArguments(files, out));
    while (stepsDone(out) < 4) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGINT');
    child.kill('SIGINT'); // npm may pass it on once more
    const result = await done;
    expect(result.code).toBe(130);
    const events = record(out);
    expect(events.at(-1)).toMatchObject({ type: 'end', reason: 'interrupted' });
    expect(events.at(-2)).toMatchObject({ type: 'checkpoint' });
    expect(lastJson(result).steps).toBe((events.at(-1) as { step: number }).step);
    expect(result.stderr).toMatch(/resume to go on/);
  });
});
