// `npm test`: installs what is missing, finds a Chromium (the browser and its software GPU), then runs Vitest.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { runThrough } from '../src/cli/child.mjs';
import { DRIVER, findChromium, findDriver, isFile } from '../src/cli/chromium.mjs';
import { ensureInstalled, fail, root } from '../src/cli/install.mjs';

await ensureInstalled();

const env = { ...process.env };
if (env.CHROMIUM && !isFile(env.CHROMIUM))
  fail(`CHROMIUM is set to ${env.CHROMIUM}, and there is no such program.`);
const chromium = findChromium() ?? installChromium();
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

/** As root on Debian or one of its children (a container, a CI machine): installs the package. */
function installChromium() {
  if (process.platform !== 'linux' || process.getuid() !== 0 || !isDebianLike()) return undefined;
  say('No Chromium found, installing it (apt-get install chromium) ...');
  const options = { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  const steps = [['update'], ['install', '-y', '--no-install-recommends', 'chromium']];
  const done = steps.every((args) => spawnSync('apt-get', args, options).status === 0);
  return done ? findChromium() : undefined;
}

function isDebianLike() {
  if (!existsSync('/usr/bin/apt-get') || !existsSync('/etc/os-release')) return false;
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
}
