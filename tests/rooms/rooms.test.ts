// The import rule is itself tested: a clean tree passes, every seeded violation is caught, and src is clean.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint, type Linter } from 'eslint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLEAN, HELPERS, IMPORT_SEEDS, LINT_CLEAN, LINT_SEEDS, PACKAGES } from './seeds.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

/** The one module of a stub package answers to every name: compiled components import svelte/internal/client. */
const ENTRIES = { '.': './main.js', './*': './main.js' };

interface Cruise {
  modules: unknown[];
  summary: { violations: { from: string; to: string; rule: { name: string } }[] };
}

/** The violations in `src` below a folder, as `rule file`. */
function cruise(folder: string): string[] {
  const args = [CRUISER, '--config', join(ROOT, '.dependency-cruiser.cjs'), '--output-type', 'json', 'src'];
  const text = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1e9 });
  const { modules, summary } = JSON.parse(text) as Cruise;
  expect(modules.length).toBeGreaterThan(0);
  return summary.violations.map(({ rule, from }) => `${rule.name} ${from}`);
}

interface RoomTables {
  ROOMS: Record<string, string[]>;
  OPEN_TO_APP: string[];
  PACKAGES: { name: string; packages: string[]; only: string[] }[];
  PAGE_ROOMS: string[];
}

describe('the tables of rooms.cjs', () => {
  const tables = createRequire(import.meta.url)(join(ROOT, 'rooms.cjs')) as RoomTables;
  const foldersOf = (path: string) =>
    readdirSync(join(ROOT, path), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );

  test('every room exists, and every folder of src is a room', () => {
    expect(Object.keys(tables.ROOMS).sort()).toEqual(foldersOf('src').sort());
  });

  test('they name rooms, folders and files that exist', () => {
    const named = [...Object.values(tables.ROOMS), ...tables.PACKAGES.map(({ only }) => only)].flat();
    expect(named.filter((room) => !existsSync(join(ROOT, 'src', room)))).toEqual([]);
    expect(tables.PAGE_ROOMS.filter((room) => !existsSync(join(ROOT, 'src/app', room)))).toEqual([]);
    const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).map((path) =>
      path.replaceAll('\\', '/'),
    );
    expect(tables.OPEN_TO_APP.filter((open) => !files.some((path) => new RegExp(open).test(path)))).toEqual(
      [],
    );
  });
});

describe('imports', () => {
  let folder: string;

  function write(files: Record<string, string>): void {
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), content);
    }
  }
  const installed = (name: string) => ({
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0', exports: ENTRIES }),
    [`node_modules/${name}/main.js`]: 'module.exports = {};',
  });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'semblance-rooms-'));
    const dependencies = Object.fromEntries(PACKAGES.map((name) => [name, '1.0.0']));
    write({ 'package.json': JSON.stringify({ name: 'skeleton', type: 'module', dependencies }) });
    for (const name of [...PACKAGES, 'undeclared']) write(installed(name));
    write(CLEAN);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('a tree that keeps the rule has no violation', () => {
    expect(cruise(folder)).toEqual([]);
  });

  test('every seeded violation is caught, and nothing else is blamed', () => {
    write(HELPERS);
    write(Object.fromEntries(IMPORT_SEEDS.map(({ file, content }) => [file, content])));
    const found = cruise(folder);
    expect(
      IMPORT_SEEDS.map(({ rule, file }) => `${rule} ${file}`).filter((wanted) => !found.includes(wanted)),
    ).toEqual([]);

    const seeded = IMPORT_SEEDS.map(({ file }) => file);
    expect(found.filter((violation) => !seeded.includes(violation.split(' ')[1]!))).toEqual([]);
  });

  test('every rule has a seed', async () => {
    const config = (await import(join(ROOT, '.dependency-cruiser.cjs'))) as {
      default: Record<'forbidden' | 'required', { name: string }[]>;
    };
    const rules = [...config.default.forbidden, ...config.default.required].map(({ name }) => name);
    const seeded = IMPORT_SEEDS.map(({ rule }) => rule);
    expect([...new Set(seeded)].sort()).toEqual(rules.sort());
  });

  test('src keeps the rule', () => {
    expect(cruise(ROOT)).toEqual([]);
  });
});

describe('lint', () => {
  const RULES = new Set(LINT_SEEDS.map(({ rule }) => rule));
  // Only the rules in question, none of which needs types: the seeds belong to no TypeScript project.
  const eslint = new ESLint({
    cwd: ROOT,
    overrideConfig: [{ languageOptions: { parserOptions: { projectService: false } } }],
    ruleFilter: ({ ruleId }) => RULES.has(ruleId),
  });
  const isWall = ({ ruleId }: Linter.LintMessage) => ruleId?.startsWith('max-lines') !== true;
  const rulesOf = (messages: Linter.LintMessage[]) =>
    messages.map(({ ruleId, message }) => ruleId ?? `not linted: ${message}`);

  async function lint(file: string, content: string): Promise<string[]> {
    const results = await eslint.lintText(content, { filePath: join(ROOT, file), warnIgnored: true });
    return results.flatMap(({ messages }) => rulesOf(messages));
  }

  test.each(LINT_SEEDS)('$rule catches $file', async ({ rule, file, content }) => {
    expect(await lint(file, content)).toContain(rule);
  });

  test('what is allowed passes', async () => {
    for (const [file, content] of LINT_CLEAN) expect([file, await lint(file, content)]).toEqual([file, []]);
  });

  test('src keeps the rule', async () => {
    const results = await eslint.lintFiles(['src']);
    expect(results.length).toBeGreaterThan(0);
    // Sizes are for `npm run lint` to mind.
    const found = results.flatMap(({ filePath, messages }) =>
      rulesOf(messages.filter(isWall)).map((rule) => `${rule} ${filePath}`),
    );
    expect(found).toEqual([]);
  });
});
