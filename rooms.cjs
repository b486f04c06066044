// The import rule as data: the folders of src ("rooms"), what each may import, and which packages belong where.
// Read by .dependency-cruiser.cjs (every import) and by eslint.config.js (types in .svelte files); tested by tests/rooms.
'use strict';

/** What each room may import besides itself. */
const ROOMS = {
  util: [],
  run: ['util'],
  tokenizer: ['util'],
  kernels: ['util'],
  metrics: ['run', 'util'],
  record: ['metrics', 'run', 'util'],
  data: ['run', 'tokenizer', 'util'],
  encoder: ['kernels', 'tokenizer', 'util'],
  losses: ['kernels', 'run', 'util'],
  trainer: ['encoder', 'losses', 'record', 'metrics', 'kernels', 'data', 'tokenizer', 'run', 'util'],
  worker: ['trainer', 'encoder', 'kernels', 'record', 'metrics', 'data', 'tokenizer', 'run', 'util'],
  cli: ['trainer', 'encoder', 'kernels', 'record', 'metrics', 'data', 'tokenizer', 'run', 'util'],
  app: ['record', 'metrics', 'data', 'tokenizer', 'run', 'util'],
};

/** The files the page may import from rooms that are otherwise closed to it: patterns of paths below src. */
const OPEN_TO_APP = ['worker/(client|protocol)\\.ts$', '.*\\.reference\\.ts$'];

/** Packages that only some rooms may import. */
const PACKAGES = [
  { name: 'tfjs', packages: ['@tensorflow'], only: ['kernels', 'encoder', 'losses', 'trainer'] },
  { name: 'tfjs-backend', packages: ['@tensorflow/tfjs-backend-[^/]+'], only: ['kernels'] },
  { name: 'page', packages: ['svelte', 'd3', 'd3-[^/]+', '@types/d3', '@types/d3-[^/]+'], only: ['app'] },
  { name: 'dawn', packages: ['webgpu'], only: ['cli'] },
];

/** Folders of src/app that never import each other; App.svelte, with lazyPanels.ts, puts them together. */
const PAGE_ROOMS = ['desk', 'steps', 'compare', 'corpus'];

module.exports = { ROOMS, OPEN_TO_APP, PACKAGES, PAGE_ROOMS };
