// `npm test`: installs what is missing, finds a Chromium (the browser and its software GPU), then runs Vitest.
import { delimiter, dirname, join } from 'node:path';
import { runThrough } from '../src/cli/child.mjs';
import { DRIVER, findDriver, isFile } from '../src/cli/chromium.mjs';
import { ensureInstalled, fail, root } from '../src/cli/install.mjs';
import { ensureChromium } from './chromium.mjs';

await ensureInstalled();

const env = { ...process.env };
const chromium = ensureChromium();
if (chromium) {
  env.CHROMIUM = chromium;
  const driver = findDriver(chromium);
  if (driver && !env.VK_ICD_FILENAMES) useDriver(driver);
  if (!env.VK_ICD_FILENAMES) say(`${chromium} brings no ${DRIVER}: tests of software WebGPU are skipped.`);
} else {
  const advice = 'No Chromium found: install Chromium or Chrome, or set CHROMIUM to its program.';
  if (process.env.CI === 'true') fail(advice);
  say(`${advice} Tests of software WebGPU are skipped.`);
}

const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
await runThrough(process.execPath, [vitest, 'run', ...process.argv.slice(2)], { cwd: root, env });

function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Chromium brings Vulkan's loader as well, and a bare machine has no other. */
function useDriver(driver) {
  env.VK_ICD_FILENAMES = driver;
  const folder = dirname(driver);
  if (!isFile(join(folder, 'libvulkan.so.1'))) return;
  env.LD_LIBRARY_PATH = [env.LD_LIBRARY_PATH, folder].filter(Boolean).join(delimiter);
}
