// A page of the tests, built by Vite and served as plain files: no development server, whose look for packages at the
// first visit of a fresh checkout would reload the page under the test.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build, preview } from 'vite';

const root = join(import.meta.dirname, '..', '..');

export interface BuiltPage {
  /** Where the page is, without a query. */
  address: string;
  close: () => Promise<void>;
}

/** @param html path of the page from the root of the repository */
export async function serveBuilt(html: string): Promise<BuiltPage> {
  const parent = join(root, 'node_modules', '.cache');
  await mkdir(parent, { recursive: true });
  // A folder of its own: two runs of the tests may go on side by side.
  const outDir = await mkdtemp(join(parent, 'semblance-page-'));
  const shared = { root, configFile: false, logLevel: 'error' } as const;
  await build({
    ...shared,
    // Svelte's own warnings are part of what the tests look at.
    mode: 'development',
    plugins: [svelte()],
    base: './',
    publicDir: false,
    worker: { format: 'es' },
    build: {
      outDir,
      target: 'es2022',
      minify: false,
      reportCompressedSize: false,
      rolldownOptions: { input: html },
    },
  });
  const server = await preview({ ...shared, build: { outDir }, preview: { host: '127.0.0.1', port: 0 } });
  const [served] = server.resolvedUrls?.local ?? [];
  if (served === undefined) throw new Error('The server has no address.');
  return {
    address: new URL(html, served).href,
    close: async () => {
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}
