// Installs the dependencies if necessary, before anything needs them. Imports only Node's built-in modules.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const lockFile = join(root, 'package-lock.json');
const modules = join(root, 'node_modules');
/** sha256 of the package-lock.json that node_modules was installed from. */
const stampFile = join(modules, '.semblance-lock');

const UNREACHABLE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/;

/** Prints a message and exits with code 1. */
export function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Checks the version of Node, and installs the dependencies if they are missing or out of date. */
export async function ensureInstalled() {
  checkNode();
  const digest = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8').trim() === digest) return;
  if (!installedByHand()) await install();
  writeFileSync(stampFile, `${digest}\n`);
}

function checkNode() {
  const { engines } = readJson(join(root, 'package.json'));
  const wanted = engines.node.replace(/^>=/, '');
  const [need, have] = [wanted, process.versions.node].map((version) => version.split('.').map(Number));
  const first = [0, 1, 2].find((i) => need[i] !== have[i]);
  if (first !== undefined && have[first] < need[first]) {
    fail(
      `Semblance needs Node ${wanted} or newer, this is Node ${process.versions.node}: see https://nodejs.org`,
    );
  }
}

/** Has the user already run npm? True if every package of the lock file is installed in the right version. */
function installedByHand() {
  const installedFile = join(modules, '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  try {
    const installed = readJson(installedFile).packages;
    return Object.entries(readJson(lockFile).packages).every(([path, entry]) => {
      if (path === '' || (entry.optional && !(path in installed))) return true;
      return installed[path]?.version === entry.version && existsSync(join(root, path, 'package.json'));
    });
  } catch {
    return false;
  }
}

async function install() {
  process.stderr.write('Installing dependencies (npm ci) ...\n');
  rmSync(stampFile, { force: true });
  const { code, errors } = await npm(['ci', '--include=dev', '--no-audit', '--no-fund']);
  if (code === 0) return;
  if (UNREACHABLE.test(errors)) {
    fail(
      'The npm registry could not be reached, so the dependencies are not installed. Check the network, the proxy ' +
        '(npm config get proxy) and the registry (npm config get registry), then start again.',
    );
  }
  fail('npm ci failed (see above), so the dependencies are not installed.');
}

/** Runs npm. All its output goes to stderr, because stdout belongs to the program that starts afterwards. */
function npm(args) {
  const cli = process.env.npm_execpath;
  const viaNode = cli !== undefined && /npm-cli\.[cm]?js$/.test(cli);
  const stdio = ['ignore', 2, 'pipe'];
  const child = viaNode
    ? spawn(process.execPath, [cli, ...args], { cwd: root, stdio })
    : // On Windows npm is npm.cmd, which only a shell can start. The arguments are constants.
      spawn(`npm ${args.join(' ')}`, { cwd: root, stdio, shell: true });
  return new Promise((resolve) => {
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
      process.stderr.write(chunk);
    });
    child.on('error', (error) => resolve({ code: 1, errors: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, errors }));
  });
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

if (process.argv[1] && realpathSync(process.argv[1]) === realpathSync(fileURLToPath(import.meta.url))) {
  await ensureInstalled();
}
