// The encoders in the page's build: which of the bundled ones are there, how they are served while developing, and how
// they are copied into the build. The page learns from here, once, which of them it may offer.
import { cpSync, createReadStream, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Plugin } from 'vite';
import { DEFAULT_ENCODER, ENCODER_FILES, ENCODER_NAMES, type EncoderName } from './src/run/encoders.ts';

const MODELS = join(import.meta.dirname, 'models');

/**
 * The bundled encoders whose folder is complete.
 * @throws Error when the default one is not among them
 */
export function bundledEncoders(models = MODELS): EncoderName[] {
  const isThere = (name: EncoderName) => ENCODER_FILES.every((file) => existsSync(join(models, name, file)));
  if (!isThere(DEFAULT_ENCODER))
    throw new Error(
      `The page needs the encoder ${DEFAULT_ENCODER}: ${join(models, DEFAULT_ENCODER)} must hold ${ENCODER_FILES.join(', ')}.`,
    );
  return ENCODER_NAMES.filter(isThere);
}

/** Beside an encoder stands the list of its files, so that the page asks for no file that is not there. */
const LIST = 'files.json';
const listOf = (folder: string) =>
  JSON.stringify(readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile()));

/** Serves models/ as /models while developing, and copies the bundled encoders into the build. */
export function models(): Plugin {
  return {
    name: 'semblance-models',
    // Read by src/app/state/offeredEncoders.ts.
    config: () => ({ define: { BUNDLED_ENCODERS: JSON.stringify(bundledEncoders()) } }),
    configureServer(server) {
      server.middlewares.use('/models', (request, response, next) => {
        const path = join(MODELS, decodeURIComponent(new URL(request.url ?? '/', 'http://local').pathname));
        if (basename(path) === LIST && path.startsWith(MODELS) && existsSync(dirname(path))) {
          response.setHeader('content-type', 'application/json');
          response.end(listOf(dirname(path)));
          return;
        }
        if (!path.startsWith(MODELS) || !existsSync(path) || !statSync(path).isFile()) {
          next();
          return;
        }
        response.setHeader('content-length', statSync(path).size);
        response.setHeader(
          'content-type',
          path.endsWith('.json') ? 'application/json' : 'application/octet-stream',
        );
        createReadStream(path).pipe(response);
      });
    },
    writeBundle({ dir }) {
      if (dir === undefined) return;
      for (const name of bundledEncoders()) {
        const folder = join(dir, 'models', name);
        cpSync(join(MODELS, name), folder, { recursive: true });
        writeFileSync(join(folder, LIST), listOf(folder));
      }
    },
  };
}
