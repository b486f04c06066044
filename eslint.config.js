// Lint: types, sizes, and the part of the import rule that imports alone do not show (globals, types in .svelte).
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import rooms from './rooms.cjs';

const { ROOMS, OPEN_TO_APP, PACKAGES, PAGE_ROOMS } = rooms;

/** Sizes: lines that are not blank, comments included. */
const LINES = { ts: 300, svelte: 250, test: 600, function: 80 };

/** Every exception to a size or a rule of the import wall, each with its reason. */
const EXCEPTIONS = [
  {
    files: ['src/util/random.ts'],
    rules: { 'no-restricted-properties': 'off' },
    why: 'the one place that may draw a seed from Math.random',
  },
  {
    files: ['src/run/knobs.ts'],
    rules: { 'max-lines': 'off' },
    why: 'a table of data, one entry a knob',
  },
];

/**
 * Numeric code: rows, columns and tokens by index. Every read of an array is `T | undefined` under
 * noUncheckedIndexedAccess; there `a[i]!` states that i is in range, and a check in an inner loop would cost time.
 */
const NUMERIC = [
  'src/{kernels,losses,metrics,encoder}/**',
  'src/tokenizer/{offsets,template}.ts',
  // Tensors, token rows and batches by index; the values of reference files.
  'src/trainer/{adamw,embed,evaluate,nextBatches,runState,scalars,session,step,stepLog,trace,traceRows,views,compileStep}.ts',
  'src/trainer/verify/**',
  'src/{record/{runRecord,series},run/trace,util/{failure,random,statistics}}.ts',
  // Geometry of plots, matrices of the batch and the microscope.
  'src/app/{plots,steps}/**',
  'src/app/{desk/tryItSearch,state/groupCosines}.ts',
];

/** Globals of one host only: the core runs in a page, in a worker and in Node. */
const HOST_GLOBALS = [
  'document',
  'window',
  'localStorage',
  'sessionStorage',
  'indexedDB',
  'process',
  'Buffer',
];

/**
 * What a component may not import, types included. dependency-cruiser keeps the rest of the import rule, but in a
 * .svelte file the compiler drops `import type` before it looks.
 */
const closedRooms = Object.keys(ROOMS).filter((room) => room !== 'app' && !ROOMS.app.includes(room));
const closedPackages = PACKAGES.filter(({ only }) => !only.includes('app')).flatMap(
  ({ packages }) => packages,
);
const CLOSED_TO_COMPONENTS = [
  {
    regex: `^(\\.\\./)+(?!${OPEN_TO_APP.join('|')})(${closedRooms.join('|')})/`,
    message: `The page may import ${ROOMS.app.join(', ')}, and of other rooms only: ${OPEN_TO_APP.join(', ')}.`,
  },
  {
    regex: `^(node:|(${closedPackages.join('|')})(/|$))`,
    message: 'This package is not for the page.',
  },
];

/** The same for the rules inside the page. */
const closedToViews = {
  regex: '^(\\.\\./)+state/',
  message: 'Plots and widgets get everything by props.',
};
const closedToPageRoom = (room) => ({
  regex: `^(\\.\\./)+(${PAGE_ROOMS.filter((other) => other !== room).join('|')})/`,
  message: 'The rooms of the page never import each other: App.svelte puts them together.',
});
const componentImports = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
});

const maxLines = (max) => ['error', { max, skipBlankLines: true, skipComments: false }];

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'models/', 'public/', 'runs/', 'tests/golden/', '.cache/'] },
  // AssemblyScript.
  { ignores: ['**/*.as.ts'] },

  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  svelte.configs.recommended,

  {
    languageOptions: {
      globals: globals['shared-node-browser'],
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
      'max-lines': maxLines(LINES.ts),
      'max-lines-per-function': ['error', { max: LINES.function, skipBlankLines: true }],

      // Numbers read well in messages; objects and undefined do not.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // `text || 'unknown'` means the empty text too.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      // Tokenizers work on code points, and `[...text]` is how to get them.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      // `onClick={() => doIt()}`, and `return doIt()` in a switch of a function that returns nothing.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // An async function without await still keeps the promise of an interface, and turns throws into rejections.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },

  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser }, globals: globals.browser },
  },
  {
    files: ['**/*.svelte'],
    rules: {
      'max-lines': maxLines(LINES.svelte),
      // The linter does not know the props of components; svelte-check does, and checks them.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // `import('...').Type` would slip past the wall below.
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: true }],
    },
  },

  // Plain JavaScript is not part of the TypeScript project.
  {
    files: ['**/*.{js,mjs,cjs}'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: { globals: globals.node, ...tseslint.configs.disableTypeChecked.languageOptions },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs' },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  // What it hands to a page runs in the page.
  { files: ['tests/e2e/*.mjs'], languageOptions: { globals: globals.browser } },

  // The import wall, globals and all.
  { files: ['src/**'], ignores: ['src/cli/**'], rules: { 'no-console': 'error' } },
  {
    files: ['src/**'],
    ignores: ['src/app/**', 'src/cli/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        {
          globals: HOST_GLOBALS.map((name) => ({ name, message: 'Only app and cli know the host.' })),
          checkGlobalObject: true,
        },
      ],
    },
  },
  {
    files: ['src/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: 'Runs are repeatable: take a fork from util/random.ts.',
        },
      ],
    },
  },
  componentImports(['src/app/**/*.svelte'], CLOSED_TO_COMPONENTS),
  componentImports(
    ['src/app/{plots,widgets}/**/*.svelte'],
    [...CLOSED_TO_COMPONENTS, closedToViews, closedToPageRoom()],
  ),
  ...PAGE_ROOMS.map((room) =>
    componentImports([`src/app/${room}/**/*.svelte`], [...CLOSED_TO_COMPONENTS, closedToPageRoom(room)]),
  ),

  {
    files: ['tests/**'],
    rules: {
      'max-lines': maxLines(LINES.test),
      'max-lines-per-function': 'off',
      // Reference values are read from JSON as they are.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },

  {
    files: [...NUMERIC, 'tests/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },

  ...EXCEPTIONS.map(({ files, rules }) => ({ files, rules })),
);
