// Runs a program in our place: its terminal, its signals and its exit code become ours.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Never returns: ends this process as the child ended. */
export function runThrough(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // Ctrl-C in a terminal reaches the child by itself; a second one would look like impatience.
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      child.kill(signal);
    });
  }
  return new Promise(() => {
    child.on('error', (error) => {
      process.stderr.write(`${command} could not be started: ${error.message}\n`);
      process.exit(1);
    });
    child.on('close', (code, signal) => {
      process.exit(code ?? 128 + (constants.signals[signal] ?? 1));
    });
  });
}
