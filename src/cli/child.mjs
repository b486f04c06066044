// Runs a child process in place of this one: passes on the terminal, signals and the exit code.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Never returns: exits this process in the same way as the child. */
export function runThrough(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A Ctrl-C in a terminal already reaches the child; forwarding it would count as a second Ctrl-C.
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
