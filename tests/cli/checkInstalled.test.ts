// A fresh clone: the commands that need the dependencies say so in one sentence, and not with a stack trace of Node's.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const { scripts, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
  'scripts' | 'dependencies',
  Record<string, string>
>;
const needsTsx = Object.keys(scripts).filter((name) => scripts[name]!.includes('tsx'));

let clone: string;
beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'semblance-clone-'));
  for (const path of ['package.json', 'src/cli', 'tests/bench', 'tests/soak.ts'])
    cpSync(join(root, path), join(clone, path), { recursive: true });
});
afterAll(() => {
  rmSync(clone, { recursive: true, force: true });
});

function npmRun(name: string) {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '-s', name], { cwd: clone, encoding: 'utf8' });
  return { status, stdout, stderr };
}

it('is told by every command that runs TypeScript', () => {
  expect(needsTsx).toEqual(expect.arrayContaining(['cli', 'kernels', 'record', 'bench']));
  for (const name of needsTsx) {
    const { status, stdout, stderr } = npmRun(name);
    expect({ name, status, stdout }).toEqual({ name, status: 1, stdout: '' });
    expect(stderr).toMatch(
      /^The dependencies of Semblance are not installed \(missing: .+\): run npm install or npm start first\.\n$/,
    );
  }
});

it('names what an interrupted installation has left out', () => {
  for (const name of Object.keys(dependencies))
    if (name !== 'zod') mkdirSync(join(clone, 'node_modules', name), { recursive: true });
  expect(npmRun('cli').stderr).toContain('(missing: zod)');
});

it('is not in the way of an installed one: arguments, exit codes and output are those of the command', () => {
  const command = scripts.cli!.split(' ');
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [...command.slice(1), ...args], { cwd: root, encoding: 'utf8' });
  const help = run('--help');
  expect(help.status, help.stderr).toBe(0);
  expect(help.stdout).toContain('Usage: semblance');
  expect(run('nonsense').status).toBe(2);
});
