// How the page is built and served, and how the tests run.
import { cpSync, createReadStream, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { player } from './vite.player.ts';

const root = import.meta.dirname;
const MODELS = join(root, 'models');

/** Beside an encoder stands the list of its files, so that the page asks for no file that is not there. */
const LIST = 'files.json';
const listOf = (folder: string) =>
  JSON.stringify(readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile()));

/** Serves models/ as /models while developing, and copies the encoders (not the recipe) into the build. */
function models(): Plugin {
  return {
    name: 'semblance-models',
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
      const keep = (path: string) => !path.startsWith(join(MODELS, 'recipe'));
      if (dir === undefined) return;
      const models = join(dir, 'models');
      cpSync(MODELS, models, { recursive: true, filter: keep });
      for (const name of readdirSync(models))
        writeFileSync(join(models, name, LIST), listOf(join(models, name)));
    },
  };
}

/** Threads on WASM need a page that is isolated from other origins. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  plugins: [svelte(), models(), player()],
  base: './',
  worker: {
    format: 'es',
    // tfjs hands the source of one of its functions to the threads of WASM, where the name _scriptDir must be
    // declared or asked for by typeof: the worker's names and expressions stay as they are.
    rolldownOptions: { output: { minify: { compress: false, mangle: false, codegen: true } } },
  },
  // Found only inside a worker, which would make the development server reload the page.
  optimizeDeps: { include: ['umap-js'] },
  build: { target: 'es2022', assetsInlineLimit: 0 },
  server: { host: '127.0.0.1', headers: ISOLATED },
  preview: { host: '127.0.0.1', headers: ISOLATED },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/e2e/**', 'tests/golden/**'],
          environment: 'node',
          pool: 'forks',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
    fileParallelism: true,
    // Each worker may hold a model and a software GPU; more of them only wait for each other.
    maxWorkers: 2,
  },
});
