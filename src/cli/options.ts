// Options that several commands share.
import { InvalidArgumentError, Option } from 'commander';
import { POOLINGS } from '../encoder/pooling.ts';
import { DEVICE_CHOICES } from '../util/devices.ts';

export function deviceOption(): Option {
  return new Option(
    '--device <name>',
    'what computes: auto (a hardware GPU, else wasm), webgpu, wasm, software (a software WebGPU adapter), cpu (plain JavaScript, for tests)',
  )
    .choices(DEVICE_CHOICES)
    .default('auto');
}

export function poolingOption(): Option {
  const option = new Option(
    '--pooling <name>',
    "how token states become one vector (default: the folder's own, else cls)",
  );
  return option.choices(POOLINGS);
}

export function maxLengthOption(): Option {
  const option = new Option(
    '--max-length <n>',
    "longest sentence in tokens, without the prompt (default: the folder's own, else 512; at most what the encoder has positions for)",
  );
  return option.argParser(wholeNumber(4));
}

export function jsonOption(): Option {
  return new Option('--json', 'end with one JSON object on the last line of stdout');
}

/** Parser of a whole number of at least `minimum`. */
export function wholeNumber(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isInteger(value) || value < minimum) {
      throw new InvalidArgumentError(`It takes a whole number of at least ${minimum}.`);
    }
    return value;
  };
}

/** Collects the values of a repeatable option. */
export function collect(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), text];
}
