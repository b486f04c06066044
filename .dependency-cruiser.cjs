// The import rule: which room of src may import which, and which packages belong where.
// tests/rooms seeds a violation of every rule below and checks that it is caught.
'use strict';

/** What each room may import besides itself. */
const ROOMS = {
  util: [],
  run: ['util'],
  tokenizer: ['util'],
  kernels: ['util'],
  metrics: ['run', 'util'],
  data: ['run', 'tokenizer', 'util'],
  generate: ['data', 'run', 'util'],
  encoder: ['kernels', 'tokenizer', 'util'],
  losses: ['kernels', 'run', 'util'],
  trainer: ['encoder', 'losses', 'metrics', 'kernels', 'data', 'tokenizer', 'run', 'util'],
  worker: ['trainer', 'generate', 'encoder', 'kernels', 'metrics', 'data', 'tokenizer', 'run', 'util'],
  cli: ['trainer', 'generate', 'encoder', 'kernels', 'metrics', 'data', 'tokenizer', 'run', 'util'],
  app: ['metrics', 'data', 'tokenizer', 'run', 'util'],
};

/** The few files the page may take from rooms that are otherwise closed to it. */
const OPEN_TO_APP = [
  '^src/generate/(prompts/|parse\\.ts$)',
  '^src/worker/(client|protocol)\\.ts$',
  '\\.reference\\.ts$',
];

/** Packages that only some rooms may import. */
const PACKAGES = [
  { name: 'tfjs', packages: ['@tensorflow'], only: ['kernels', 'encoder', 'losses', 'trainer'] },
  { name: 'tfjs-backend', packages: ['@tensorflow/tfjs-backend-[^/]+'], only: ['kernels'] },
  { name: 'page', packages: ['svelte', 'd3', 'd3-[^/]+', '@types/d3', '@types/d3-[^/]+'], only: ['app'] },
  { name: 'dawn', packages: ['webgpu'], only: ['cli'] },
];

/** The rooms of the page that know nothing of one another; App.svelte, with lazyPanels.ts, puts them together. */
const PAGE_ROOMS = ['desk', 'lessons', 'steps', 'compare', 'corpus'];

const LLM_RUNTIME = '(^|node_modules/)@(xenova|huggingface)/transformers(/|$)';
const LLM_HOST = '^src/generate/providers/browser\\.ts$';
/** Rooms with a rule of their own, so that one bad import gives one message. */
const TOP_ROOMS = '^src/(app|cli)/';

const inRooms = (rooms) => `^src/(${rooms.join('|')})/`;
const inPackages = (packages) => `(^|node_modules/)(${packages.join('|')})(/|$)`;
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const roomRules = Object.entries(ROOMS).map(([room, allowed]) =>
  forbid(
    `room-${room}`,
    `${room} may import ${allowed.join(', ') || 'nothing'}`,
    { path: inRooms([room]) },
    {
      path: '^src/',
      pathNot: [inRooms([room, ...allowed]), TOP_ROOMS, ...(room === 'app' ? OPEN_TO_APP : [])],
    },
  ),
);

const packageRules = PACKAGES.map(({ name, packages, only }) =>
  forbid(
    `package-${name}`,
    `only ${only.join(', ')} may import ${packages.join(', ')}`,
    { path: '^src/', pathNot: inRooms(only) },
    { path: inPackages(packages) },
  ),
);

const pageRooms = `^src/app/(${PAGE_ROOMS.join('|')})/`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...roomRules,
    forbid(
      'nothing-imports-app',
      'the page is the top',
      { path: '^src/', pathNot: '^src/app/' },
      { path: '^src/app/' },
    ),
    forbid(
      'nothing-imports-cli',
      'the command line is the top',
      { path: '^src/', pathNot: '^src/cli/' },
      { path: '^src/cli/' },
    ),
    ...packageRules,
    forbid(
      'node-only-in-cli',
      "Node's own modules would break the page",
      { path: '^src/', pathNot: '^src/cli/' },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'llm-runtime-place',
      'the LLM runtime of the page has one door, generate/providers/browser.ts',
      { path: '^src/', pathNot: LLM_HOST },
      { path: LLM_RUNTIME },
    ),
    forbid(
      'llm-runtime-lazy',
      'the LLM runtime is large: load it by dynamic import() (its types may be imported)',
      { path: LLM_HOST },
      { path: LLM_RUNTIME, dynamic: false, dependencyTypesNot: ['type-only', 'type-import'] },
    ),
    forbid(
      'page-never-reaches-tfjs',
      'the bundle of the page holds no tfjs, not even through others; training lives in the worker',
      { path: '^src/app/' },
      { path: inPackages(['@tensorflow']), reachable: true },
    ),
    forbid(
      'reference-is-plain',
      'a *.reference.ts is plain mathematics: it imports util only',
      { path: '\\.reference\\.ts$' },
      { pathNot: '^src/util/' },
    ),
    forbid(
      'views-take-props',
      'plots and widgets get everything by props',
      { path: '^src/app/(plots|widgets)/' },
      { path: '^src/app/state/' },
    ),
    forbid(
      'page-rooms-apart',
      'the rooms of the page never import each other',
      { path: pageRooms },
      { path: pageRooms, pathNot: '^src/app/$1/' },
    ),
    forbid(
      'page-rooms-from-App',
      'only App.svelte, lazyPanels.ts for it, and the page of a shared run put the rooms of the page together',
      { path: '^src/app/', pathNot: ['^src/app/((App\\.svelte|lazyPanels\\.ts)$|player/)', pageRooms] },
      { path: pageRooms },
    ),
    forbid('no-cycles', 'A needs B needs A', { path: '^src/' }, { circular: true }),
    forbid('resolvable', 'the import leads nowhere', { path: '^src/' }, { couldNotResolve: true }),
    forbid(
      'declared-packages',
      'a package that is used stands in package.json',
      { path: '^src/' },
      // A subpath import (package.json, "imports") counts as undeclared, whatever it leads to.
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['aliased-subpath-import'] },
    ),
  ],
  // "Such a file must import something that cannot exist": the way to forbid a file by its name alone.
  required: [
    {
      name: 'no-index',
      comment: 'no barrels: an import names the file that does the work',
      severity: 'error',
      module: { path: '^src/(.*/)?index\\.(svelte\\.)?[cm]?[jt]s$' },
      to: { path: '^$' },
    },
    {
      name: 'known-room',
      comment: 'every file of src lies in a room that the table above knows',
      severity: 'error',
      module: { path: '^src/', pathNot: inRooms(Object.keys(ROOMS)) },
      to: { path: '^$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Imports of types count like any other.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'browser', 'node', 'default', 'types'],
    },
  },
};
