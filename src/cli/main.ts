// Entry point of the command line, `semblance COMMAND`.
// Exit codes: 0 success, 1 failure, 2 wrong usage, 130 interrupted.
import { Command, CommanderError } from 'commander';
import colors from 'picocolors';
import { Failure, messageOf, UsageFailure } from '../util/failure.ts';
import { addDemo } from './commands/demo.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEncode } from './commands/encode.ts';
import { addEval } from './commands/evaluate.ts';
import { addPattern } from './commands/pattern.ts';
import { addReport } from './commands/report.ts';
import { addRfd } from './commands/rfd.ts';
import { addTrain } from './commands/train.ts';
import { addVerify } from './commands/verify.ts';

const program = new Command('semblance')
  .description(
    'Contrastive learning of sentence embeddings: trains, measures and evaluates a BERT or RoBERTa encoder with InfoNCE ' +
      'and the hierarchical triplet loss, on the GPU with WebGPU or on the CPU with WebAssembly.',
  )
  .exitOverride()
  .showHelpAfterError('(add --help for all options)');

for (const add of [
  addTrain,
  addEval,
  addEncode,
  addReport,
  addRfd,
  addPattern,
  addVerify,
  addDoctor,
  addDemo,
])
  add(program);

// Commands created by .command() do not inherit settings made on the program after their creation.
for (const command of program.commands)
  command.exitOverride().showHelpAfterError('(add --help for all options)');

/** Exits once all output is written; Dawn and the WASM runtime would keep the process alive. */
function exitAfterOutput(code: number): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

function reportError(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  // System errors (no space, no permission) name the file and the call in their message.
  const expected = error instanceof Failure || (error as NodeJS.ErrnoException).syscall !== undefined;
  process.stderr.write(`${colors.red('error:')} ${messageOf(error)}\n`);
  if (!expected && error instanceof Error)
    process.stderr.write(`This is a bug, please report it.\n${error.stack ?? ''}\n`);
  return error instanceof UsageFailure ? 2 : 1;
}

process.stderr.on('error', () => undefined); // stderr is closed: continue without it
process.stdout.on('error', () => process.exit(1)); // the reader of the pipe is gone
try {
  await program.parseAsync(process.argv);
  exitAfterOutput(Number(process.exitCode ?? 0));
} catch (error) {
  exitAfterOutput(reportError(error));
}
