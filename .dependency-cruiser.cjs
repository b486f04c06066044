// The import rule of rooms.cjs, and what goes beyond a table, as rules of dependency-cruiser.
// tests/rooms seeds a violation of every rule below and checks that it is caught.
'use strict';

const { ROOMS, OPEN_TO_APP, PACKAGES, PAGE_ROOMS } = require('./rooms.cjs');

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
      pathNot: [
        inRooms([room, ...allowed]),
        TOP_ROOMS,
        ...(room === 'app' ? OPEN_TO_APP.map((path) => `^src/${path}`) : []),
      ],
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
    forbid(
      'wasm-floor',
      'kernels/wasm is what all WASM kernels build on: it imports no kernel, and nothing that puts them together',
      { path: '^src/kernels/wasm/' },
      { path: '^src/kernels/[^/]+/', pathNot: '^src/kernels/wasm/' },
    ),
    forbid(
      'wasm-roof',
      'kernels/wasmModule puts all WASM kernels together: no kernel imports it',
      { path: '^src/kernels/[^/]+/', pathNot: '^src/kernels/wasmModule/' },
      { path: '^src/kernels/wasmModule/' },
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
      comment: 'every file of src lies in a room that rooms.cjs names',
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
