// Finds an installed Chromium, and the software Vulkan driver (SwiftShader) that comes with it.
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
/** File name of SwiftShader's Vulkan driver. */
export const DRIVER = 'vk_swiftshader_icd.json';
const LINUX_FOLDERS = [
  '/usr/lib/chromium',
  '/usr/lib/chromium-browser',
  '/usr/lib64/chromium-browser',
  '/opt/google/chrome',
  '/opt/microsoft/msedge',
  '/snap/chromium/current/usr/lib/chromium-browser',
];

export function isFile(path) {
  return existsSync(path) && statSync(path).isFile();
}

/** Path of an installed Chromium-based browser; $CHROMIUM takes precedence. */
export function findChromium() {
  const asked = process.env.CHROMIUM;
  if (asked) return isFile(asked) ? asked : undefined;
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, ...usualPlaces()].find(isFile);
}

function usualPlaces() {
  if (process.platform === 'darwin') {
    const apps = ['Chromium', 'Google Chrome', 'Microsoft Edge'];
    return apps.flatMap((app) =>
      ['', process.env.HOME ?? ''].map((home) => `${home}/Applications/${app}.app/Contents/MacOS/${app}`),
    );
  }
  if (process.platform === 'win32') {
    const { ProgramFiles, LOCALAPPDATA, 'ProgramFiles(x86)': ProgramFilesX86 } = process.env;
    const programs = [
      'Chromium\\Application\\chrome.exe',
      'Google\\Chrome\\Application\\chrome.exe',
      'Microsoft\\Edge\\Application\\msedge.exe',
    ];
    const bases = [ProgramFiles, ProgramFilesX86, LOCALAPPDATA].filter(Boolean);
    return bases.flatMap((base) => programs.map((program) => join(base, program)));
  }
  return [];
}

/** Path of SwiftShader's Vulkan driver (a software GPU), which is next to the actual Chromium executable. */
export function findDriver(program) {
  const real = realpathSync(program);
  return [dirname(real), ...wrappedFolders(real), ...versionFolders(dirname(real))]
    .map((folder) => join(folder, DRIVER))
    .find(isFile);
}

/** /usr/bin/chromium is often a shell script or a launcher: returns the folders it mentions, then the usual ones. */
function wrappedFolders(program) {
  const named = [];
  if (statSync(program).size < 100_000) {
    const script = readFileSync(program, 'latin1');
    if (script.startsWith('#!')) named.push(...(script.match(/\/[\w.+-]+(\/[\w.+-]+)+/g) ?? []));
  }
  return [...named, ...named.map((path) => dirname(path)), ...LINUX_FOLDERS];
}

/** On Windows and macOS the libraries are in a folder named after the version. */
function versionFolders(folder) {
  const versions = [folder];
  if (process.platform === 'darwin') {
    const frameworks = join(folder, '..', 'Frameworks');
    for (const name of existsSync(frameworks) ? readdirSync(frameworks) : []) {
      versions.push(join(frameworks, name, 'Versions', 'Current', 'Libraries'));
    }
  } else if (process.platform === 'win32') {
    for (const name of readdirSync(folder)) versions.push(join(folder, name));
  }
  return versions;
}
