// The documents for people name files, folders and npm scripts: every one of them must exist.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['src', 'tests', 'models', 'docs', 'public'];
const SOURCE = /\w\.(ts|svelte|mjs|cjs|js)$/;

const list = (folder: string): string[] =>
  existsSync(join(ROOT, folder)) ? readdirSync(join(ROOT, folder)) : [];
const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', ...list('docs').map((name) => `docs/${name}`)].filter(
  (path) => path.endsWith('.md') && existsSync(join(ROOT, path)),
);

const below = (folder: string): string[] =>
  existsSync(join(ROOT, folder))
    ? readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(
        (path) => `${folder}/${path.replaceAll('\\', '/')}`,
      )
    : [];
/** Every path of the repository, folders included. */
const PATHS = [...list('.'), ...FOLDERS, ...FOLDERS.flatMap(below)];

const { ROOMS } = createRequire(import.meta.url)('../rooms.cjs') as { ROOMS: Record<string, unknown> };
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** `*` stands for anything within a name, `{a,b}` for either. */
function pattern(path: string): string {
  return path
    .replace(/\/$/, '')
    .replace(/[.+$()[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '[^/]*')
    .replace(/\{([^}]*)\}/g, (_, choices: string) => `(${choices.replaceAll(',', '|')})`);
}

/** Is it there? A path that begins with a folder of the top level is whole; others may leave out the beginning. */
function exists(path: string): boolean {
  const [first = ''] = path.split('/');
  const start = FOLDERS.includes(first) ? '^' : Object.hasOwn(ROOMS, first) ? '^(src/)?' : '(^|/)';
  const expected = new RegExp(`${start}${pattern(path)}$`);
  return PATHS.some((known) => expected.test(known));
}

/** Does a span of code name a path of this repository? Anything else (commands, formulas, a user's files) does not. */
function isPath(code: string): boolean {
  if (!/^[\w.*{},@+-]+(\/[\w.*{},@+-]+)*\/?$/.test(code)) return false;
  const [first = '', ...rest] = code.split('/');
  return (rest.length > 0 && (FOLDERS.includes(first) || Object.hasOwn(ROOMS, first))) || SOURCE.test(code);
}

const FENCE = /^```[^\n]*\n([\s\S]*?)^```/gm;

/** What a document names that does not exist. @param path of the document, for links relative to it */
function missing(text: string, path = 'README.md'): string[] {
  const prose = text.replace(FENCE, '');
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!);
  const fenced = [...text.matchAll(FENCE)].flatMap((match) =>
    match[1]!
      .split(/[\s"'`()[\],;:]+/)
      .filter((word) => FOLDERS.some((folder) => word.startsWith(`${folder}/`))),
  );
  const links = [...prose.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map((match) => match[1]!);
  const commands = [...text.matchAll(/\bnpm run (?:-\w+ )*([\w:-]+)/g)].map((match) => match[1]!);
  return [
    ...[...spans, ...fenced].filter((code) => isPath(code) && !exists(code)),
    ...links.filter((link) => !/^\w+:/.test(link) && !existsSync(join(ROOT, dirname(path), link))),
    ...commands.filter((name) => scripts[name] === undefined).map((name) => `npm run ${name}`),
  ];
}

describe('the documents', () => {
  it.each(DOCUMENTS)('%s names only what exists', (path) => {
    expect(missing(readFileSync(join(ROOT, path), 'utf8'), path)).toEqual([]);
  });

  it('are checked: what does not exist is found', () => {
    const text = [
      'In `src/run/knob.ts`, `tests/rooms/`, `trainer/steps.ts`, `kernels/nothing`, `nowhere.svelte`, `src/losses/*.wgsl.ts`;',
      'see [a picture](public/nothing.png). Run `npm run verfy`.',
      '```sh\nnode tests/e2e/nothing.mjs # npm run nothing\n```',
    ].join('\n');
    expect(missing(text)).toEqual([
      'src/run/knob.ts',
      'trainer/steps.ts',
      'kernels/nothing',
      'nowhere.svelte',
      'src/losses/*.wgsl.ts',
      'tests/e2e/nothing.mjs',
      'public/nothing.png',
      'npm run verfy',
      'npm run nothing',
    ]);
  });

  it('are checked: what exists passes', () => {
    const text = [
      'In `src/run/knobs.ts`, `run/knobs.ts`, `knobs.ts`, `tests/rooms`, `src/losses/*.reference.ts`, `rooms.cjs`,',
      '`src/{run,util}/`, `kernels/gelu`; your `config.json` and `runs/first/run.jsonl`; [licence](LICENSE).',
      '```sh\nnpm run verify\n```',
    ].join('\n');
    expect(missing(text)).toEqual([]);
  });
});
