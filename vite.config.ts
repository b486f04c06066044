// How the page is built and served, and how the tests run.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { models } from './vite.models.ts';
import { player } from './vite.player.ts';

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
