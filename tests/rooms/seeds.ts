// A small tree that keeps the import rule, and one violation for every aspect of it.

export interface Seed {
  /** The rule that must catch it. */
  rule: string;
  file: string;
  content: string;
}

const seed = (rule: string, file: string, content: string): Seed => ({ rule, file, content });

/** Packages of the skeleton: each is one empty module. */
export const PACKAGES = [
  '@huggingface/tokenizers',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-core',
  'd3-scale',
  'svelte',
  'webgpu',
  'zod',
];

/** One file or two for each room, importing what they may: no rule has a word to say. */
export const CLEAN: Record<string, string> = {
  'src/util/random.ts': `export const fork = (seed: number) => seed + Math.random();`,
  'src/run/config.ts': `import { z } from 'zod'; import { fork } from '../util/random.ts'; export const config = [z, fork];`,
  'src/run/events.ts': `export interface RunEvent { step: number }`,
  'src/tokenizer/wordPiece.ts': `import { Tokenizer } from '@huggingface/tokenizers'; import '../util/random.ts'; export { Tokenizer };`,
  'src/data/batches.ts': `import '../run/config.ts'; import '../tokenizer/wordPiece.ts'; import '../util/random.ts'; export const batches = [];`,
  'src/metrics/rfd.ts': `import '../run/config.ts'; import '../util/random.ts'; export const rfd = 1;`,
  'src/record/runRecord.ts': `import '../metrics/rfd.ts'; import '../run/config.ts'; import '../util/random.ts'; export const record = 1;`,
  'src/kernels/backend.ts': `import '@tensorflow/tfjs-core'; import '@tensorflow/tfjs-backend-wasm'; import './wasmModule/startRuntime.ts'; import '../util/random.ts'; export const start = 1;`,
  'src/kernels/wasm/runtime.ts': `export const runtime = 1;`,
  'src/kernels/wasmModule/startRuntime.ts': `import '../gelu/gelu.wasm.ts'; import '../wasm/runtime.ts'; export const started = 1;`,
  'src/kernels/gelu/gelu.wasm.ts': `import '../wasm/runtime.ts'; export const gelu = 1;`,
  'src/encoder/encoder.ts': `import '@tensorflow/tfjs-core'; import '../kernels/backend.ts'; import '../tokenizer/wordPiece.ts'; export const encode = 1;`,
  'src/losses/infoNCE.ts': `import '@tensorflow/tfjs-core'; import '../kernels/backend.ts'; import '../run/config.ts'; export const infoNCE = 1;`,
  'src/losses/infoNCE.reference.ts': `import '../util/random.ts'; export const reference = 1;`,
  'src/trainer/train.ts': `import '@tensorflow/tfjs-core'; import '../encoder/encoder.ts'; import '../losses/infoNCE.ts'; import '../metrics/rfd.ts'; import '../record/runRecord.ts'; import '../data/batches.ts'; import type { RunEvent } from '../run/events.ts'; export type Events = RunEvent[];`,
  'src/worker/protocol.ts': `import type { RunEvent } from '../run/events.ts'; export type Answer = RunEvent;`,
  'src/worker/client.ts': `import './protocol.ts'; export const worker = () => new Worker(new URL('./train.worker.ts', import.meta.url));`,
  'src/worker/train.worker.ts': `import './protocol.ts'; import '../record/runRecord.ts'; import '../trainer/train.ts'; export {};`,
  'src/cli/main.ts': `import { readFileSync } from 'node:fs'; import 'webgpu'; import '../trainer/train.ts'; import '../record/runRecord.ts'; import '../kernels/backend.ts'; export { readFileSync };`,
  'src/app/main.ts': `import { mount } from 'svelte'; import App from './App.svelte'; mount(App);`,
  'src/app/player/Player.svelte': `<script lang="ts">import Desk from '../desk/Desk.svelte';</script><Desk />`,
  'src/app/App.svelte': `<script lang="ts">import Desk from './desk/Desk.svelte'; import Steps from './steps/Steps.svelte';</script><Desk /><Steps />`,
  'src/app/state/runs.svelte.ts': `import '../../worker/client.ts'; import '../../record/runRecord.ts'; import '../../run/config.ts'; export const runs = [];`,
  'src/app/plots/geometry.ts': `import 'd3-scale'; import '../../metrics/rfd.ts'; export const points = [];`,
  'src/app/plots/Geometry.svelte': `<script lang="ts">import './geometry.ts'; import type { RunEvent } from '../../run/events.ts'; const { event }: { event: RunEvent } = $props();</script>{event.step}`,
  'src/app/widgets/Slider.svelte': `<script lang="ts">const { value }: { value: number } = $props();</script>{value}`,
  'src/app/desk/Desk.svelte': `<script lang="ts">import '../state/runs.svelte.ts'; import Geometry from '../plots/Geometry.svelte';</script><Geometry />`,
  'src/app/steps/Steps.svelte': `<script lang="ts">import '../../losses/infoNCE.reference.ts'; import Slider from '../widgets/Slider.svelte';</script><Slider />`,
};

/** For dependency-cruiser (rooms.cjs, .dependency-cruiser.cjs). */
export const IMPORT_SEEDS: Seed[] = [
  // Between rooms, each closed door once; and all the ways to write an import.
  seed('room-util', 'src/util/s01.ts', `import '../run/config.ts';`),
  seed(
    'room-run',
    'src/run/s02.ts',
    `import type { Events } from '../trainer/train.ts'; export type A = Events;`,
  ),
  seed('room-run', 'src/run/s03.ts', `export * from '../metrics/rfd.ts';`),
  seed('room-tokenizer', 'src/tokenizer/s04.ts', `import '../encoder/encoder.ts';`),
  seed('room-kernels', 'src/kernels/s05.ts', `import { config } from '../run/config.ts'; export { config };`),
  seed('room-metrics', 'src/metrics/s06.ts', `import '../data/batches.ts';`),
  seed('room-metrics', 'src/metrics/s65.ts', `import '../record/runRecord.ts';`),
  seed('room-record', 'src/record/s66.ts', `import '../data/batches.ts';`),
  seed('room-record', 'src/record/s67.ts', `import '../trainer/train.ts';`),
  seed('room-data', 'src/data/s07.ts', `import '../encoder/encoder.ts';`),
  seed('room-data', 'src/data/s08.ts', `export const load = () => import('../metrics/rfd.ts');`),
  seed('room-encoder', 'src/encoder/s10.ts', `import '../run/config.ts';`),
  seed('room-encoder', 'src/encoder/s11.ts', `import '../losses/infoNCE.ts';`),
  seed('room-losses', 'src/losses/s12.ts', `import '../data/batches.ts';`),
  seed('room-losses', 'src/losses/s13.ts', `import '../encoder/encoder.ts';`),
  seed('room-trainer', 'src/trainer/s15.ts', `import '../worker/protocol.ts';`),
  seed('room-worker', 'src/worker/s16.ts', `import '../losses/infoNCE.ts';`),
  seed('room-cli', 'src/cli/s17.ts', `import '../worker/protocol.ts';`),
  seed('room-cli', 'src/cli/s18.mjs', `import '../losses/infoNCE.ts';`),
  seed('room-app', 'src/app/state/s19.ts', `import '../../losses/infoNCE.ts';`),
  seed('room-app', 'src/app/state/s20.ts', `import '../../worker/train.worker.ts';`),
  seed(
    'room-app',
    'src/app/state/s21.ts',
    `import type { Events } from '../../trainer/train.ts'; export type A = Events;`,
  ),
  seed('room-app', 'src/app/state/s22.ts', `export type A = import('../../trainer/train.ts').Events;`),
  seed(
    'room-app',
    'src/app/desk/S23.svelte',
    `<script lang="ts">import { encode } from '../../encoder/encoder.ts';</script>{encode}`,
  ),
  seed('nothing-imports-app', 'src/run/s24.ts', `import '../app/state/runs.svelte.ts';`),
  seed(
    'nothing-imports-app',
    'src/worker/s25.ts',
    `import type { A } from '../app/plots/geometry.ts'; export type B = A;`,
  ),
  seed('nothing-imports-cli', 'src/trainer/s26.ts', `import '../cli/main.ts';`),
  seed('nothing-imports-cli', 'src/app/state/s27.ts', `import '../../cli/main.ts';`),
  seed('known-room', 'src/utils.ts', `export const drawer = 1;`),
  seed('known-room', 'src/helpers/s28.ts', `export const drawer = 1;`),

  // Packages.
  seed('package-tfjs', 'src/metrics/s30.ts', `import '@tensorflow/tfjs-core';`),
  seed(
    'package-tfjs',
    'src/cli/s31.ts',
    `import type { Tensor } from '@tensorflow/tfjs-core'; export type T = Tensor;`,
  ),
  seed('package-tfjs-backend', 'src/trainer/s32.ts', `import '@tensorflow/tfjs-backend-wasm';`),
  seed('package-page', 'src/worker/s33.ts', `import 'svelte';`),
  seed(
    'package-page',
    'src/metrics/s34.ts',
    `import { scaleLinear } from 'd3-scale'; export { scaleLinear };`,
  ),
  seed('package-dawn', 'src/kernels/s35.ts', `import 'webgpu';`),
  seed('node-only-in-cli', 'src/data/s36.ts', `import 'node:fs';`),
  seed(
    'node-only-in-cli',
    'src/encoder/s37.ts',
    `import { readFileSync } from 'fs'; export { readFileSync };`,
  ),
  seed('node-only-in-cli', 'src/trainer/s38.ts', `export const load = () => import('node:path');`),
  seed('declared-packages', 'src/util/s41.ts', `import 'undeclared';`),
  seed('resolvable', 'src/util/s42.ts', `import 'not-installed';`),
  seed('resolvable', 'src/util/s43.ts', `import './nowhere.ts';`),

  // The page.
  seed('page-never-reaches-tfjs', 'src/app/storage/s50.ts', `import '@tensorflow/tfjs-core';`),
  seed('page-never-reaches-tfjs', 'src/app/storage/s51.ts', `import '../../metrics/s30.ts';`),
  seed('views-take-props', 'src/app/plots/s52.ts', `import '../state/runs.svelte.ts';`),
  seed(
    'views-take-props',
    'src/app/widgets/S53.svelte',
    `<script>import { runs } from '../state/runs.svelte.ts';</script>{runs}`,
  ),
  seed(
    'page-rooms-apart',
    'src/app/steps/S54.svelte',
    `<script>import Desk from '../desk/Desk.svelte';</script><Desk />`,
  ),
  seed('page-rooms-apart', 'src/app/compare/s55.ts', `import '../steps/Steps.svelte';`),
  seed(
    'page-rooms-apart',
    'src/app/corpus/s56.ts',
    `import type { A } from '../compare/s55.ts'; export type B = A;`,
  ),
  seed(
    'page-rooms-from-App',
    'src/app/widgets/S57.svelte',
    `<script>import Desk from '../desk/Desk.svelte';</script><Desk />`,
  ),
  seed('page-rooms-from-App', 'src/app/s58.ts', `import './steps/Steps.svelte';`),

  // The WASM kernels.
  seed('wasm-floor', 'src/kernels/wasm/s65.ts', `import '../gelu/gelu.wasm.ts';`),
  seed('wasm-floor', 'src/kernels/wasm/s66.ts', `import '../wasmModule/startRuntime.ts';`),
  seed('wasm-roof', 'src/kernels/gelu/s67.ts', `import '../wasmModule/startRuntime.ts';`),

  // Shapes.
  seed('reference-is-plain', 'src/losses/s60.reference.ts', `import './infoNCE.ts';`),
  seed('reference-is-plain', 'src/losses/s61.reference.ts', `import '../run/config.ts';`),
  seed('reference-is-plain', 'src/metrics/s62.reference.ts', `import 'zod';`),
  seed('no-index', 'src/losses/index.ts', `export * from './infoNCE.ts';`),
  seed('no-index', 'src/data/augment/index.ts', `export const lonely = 1;`),
  seed('no-cycles', 'src/data/s63.ts', `import './s64.ts';`),
];

/** Keeps the rule by itself; a seed needs it. */
export const HELPERS: Record<string, string> = {
  'src/data/s64.ts': `import type { A } from './s63.ts'; export type B = A;`,
};

const script = (code: string) => `<script lang="ts">${code}</script>`;
const typeFrom = (path: string) =>
  script(`import type { A } from '${path}'; const { a }: { a: A } = $props(); void a;`);
const TYPES = '@typescript-eslint/no-restricted-imports';

/** For ESLint (rooms.cjs, eslint.config.js). */
export const LINT_SEEDS: Seed[] = [
  seed('no-restricted-globals', 'src/trainer/s01.ts', `export const w = window.innerWidth;`),
  seed('no-restricted-globals', 'src/data/s02.ts', `export const e = process.env;`),
  seed('no-restricted-globals', 'src/encoder/s03.ts', `export const d = document.title;`),
  seed('no-restricted-globals', 'src/run/s04.ts', `export const s = localStorage.length;`),
  seed('no-restricted-globals', 'src/worker/s05.ts', `export const i = indexedDB;`),
  seed('no-restricted-globals', 'src/kernels/s06.ts', `export const p = globalThis.process;`),
  seed('no-restricted-properties', 'src/losses/s07.ts', `export const r = Math.random();`),
  seed('no-restricted-properties', 'src/app/state/s08.ts', `const { random } = Math; export { random };`),
  seed('no-restricted-properties', 'src/util/s09.ts', `export const r = Math['random']();`),
  seed('no-console', 'src/trainer/s10.ts', `console.log(1);`),
  ...['kernels', 'encoder', 'losses', 'trainer', 'cli', 'worker'].map((room) =>
    seed(TYPES, `src/app/desk/S-${room}.svelte`, typeFrom(`../../${room}/some.ts`)),
  ),
  seed(TYPES, 'src/app/App.svelte', typeFrom('../trainer/train.ts')),
  seed(TYPES, 'src/app/plots/S11.svelte', typeFrom('@tensorflow/tfjs-core')),
  seed(TYPES, 'src/app/plots/S12.svelte', typeFrom('../../encoder/encoder.ts')),
  seed(TYPES, 'src/app/plots/S13.svelte', typeFrom('../state/runs.svelte.ts')),
  seed(TYPES, 'src/app/steps/S14.svelte', typeFrom('../desk/layout.ts')),
  seed(TYPES, 'src/app/widgets/S15.svelte', typeFrom('../desk/layout.ts')),
  seed(
    '@typescript-eslint/consistent-type-imports',
    'src/app/desk/S19.svelte',
    script(`const { a }: { a: import('../../trainer/train.ts').Events } = $props(); void a;`),
  ),
  seed('max-lines', 'src/data/s16.ts', 'export {};\n'.repeat(301)),
  seed('max-lines', 'src/app/desk/S17.svelte', '<p></p>\n'.repeat(251)),
  seed('max-lines-per-function', 'src/data/s18.ts', `export function f() {\n${'f();\n'.repeat(80)}}`),
];

/** ESLint has nothing to say about these. */
export const LINT_CLEAN: [file: string, content: string][] = [
  ...Object.entries(CLEAN),
  ['src/cli/node.ts', `console.log(process.argv);`],
  ['src/app/storage/runs.ts', `export const runs = [indexedDB, localStorage, document, window];`],
  ['src/trainer/object.ts', `export const f = (window: number) => window + 1;`],
  ['src/app/steps/Loss.svelte', typeFrom('../../losses/infoNCE.reference.ts')],
  ['src/app/desk/Client.svelte', typeFrom('../../worker/client.ts')],
  ['src/app/desk/Record.svelte', typeFrom('../../record/runRecord.ts')],
  ['src/app/desk/Own.svelte', typeFrom('../desk/layout.ts')],
  ['tests/data/some.test.ts', `console.log(process.argv, Math.random());`],
];
