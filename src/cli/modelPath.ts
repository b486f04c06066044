// The folder of an encoder that is given by path, or by the name of a bundled one.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_ENCODER, ENCODER_FILES, ENCODER_NAMES, isEncoderName } from '../run/encoders.ts';
import { Failure } from '../util/failure.ts';
import { root } from './root.ts';

export const DEFAULT_MODEL = join(root, 'models', DEFAULT_ENCODER);

/** For the help of an option `--model`. */
export const MODEL_HELP = `encoder folder in Hugging Face layout, or the name of a bundled encoder (${ENCODER_NAMES.join(', ')})`;

/**
 * A path stays as it is, also one that is called like a bundled encoder.
 * @throws Failure when the bundled encoder is not in this checkout
 */
export function modelPath(given: string, models = join(root, 'models')): string {
  if (existsSync(given) || !isEncoderName(given)) return given;
  const folder = join(models, given);
  const missing = ENCODER_FILES.filter((file) => !existsSync(join(folder, file)));
  if (missing.length === 0) return folder;
  throw new Failure(
    `The bundled encoder ${given} is not here: ${folder} has no ${missing.join(', ')}. Take --model ${DEFAULT_ENCODER}, or a folder.`,
  );
}
