// The Chromium that tests drive: the one that is there, or the one of Debian's package.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { findChromium, isFile } from '../src/cli/chromium.mjs';
import { fail } from '../src/cli/install.mjs';

/** Its program, or undefined where there is none and none can be installed. */
export function ensureChromium() {
  const named = process.env.CHROMIUM;
  if (named && !isFile(named)) fail(`CHROMIUM is set to ${named}, and there is no such program.`);
  return findChromium() ?? installChromium();
}

/** As root on Debian or one of its children (a container, a CI machine): installs the package. */
function installChromium() {
  if (process.platform !== 'linux' || process.getuid() !== 0 || !isDebianLike()) return undefined;
  process.stderr.write('No Chromium found, installing it (apt-get install chromium) ...\n');
  const options = { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  const steps = [['update'], ['install', '-y', '--no-install-recommends', 'chromium']];
  const done = steps.every((args) => spawnSync('apt-get', args, options).status === 0);
  return done ? findChromium() : undefined;
}

function isDebianLike() {
  if (!existsSync('/usr/bin/apt-get') || !existsSync('/etc/os-release')) return false;
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
}
