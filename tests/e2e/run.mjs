// `npm run e2e`: builds the page and drives it in a real Chromium, with WebGPU and without.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runThrough } from '../../src/cli/child.mjs';
import { ensureInstalled, fail, root } from '../../src/cli/install.mjs';
import { ensureChromium } from '../chromium.mjs';

await ensureInstalled();
const chromium = ensureChromium();
if (!chromium) fail('No Chromium found: install Chromium or Chrome, or set CHROMIUM to its program.');

const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
const built = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
  cwd: root,
  stdio: 'inherit',
});
if (built.status !== 0) fail('The page could not be built.');

const playwright = join(root, 'node_modules', '@playwright', 'test', 'cli.js');
const config = join(root, 'tests', 'e2e', 'playwright.config.ts');
const env = { ...process.env, CHROMIUM: chromium };
await runThrough(process.execPath, [playwright, 'test', '--config', config, ...process.argv.slice(2)], {
  cwd: root,
  env,
});
