// Builds the page that plays a shared run (src/app/player): one HTML file with its program and style within, to which
// the page adds a run (src/run/sharedPage.ts). It asks for nothing over the network, and its policy forbids it to.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build, type Plugin } from 'vite';

const root = import.meta.dirname;
const playerRoot = join(root, 'src', 'app', 'player');
export const PLAYER = 'share/player.html';

/** Program and style of the player, one text each. */
async function bundle(): Promise<{ script: string; style: string }> {
  const result = await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [svelte({ configFile: join(root, 'svelte.config.js') })],
    resolve: {
      alias: [
        // No fonts: the system's are fine, and formulas are set in MathML, which has its own.
        { find: '@fontsource-variable/inter/index.css', replacement: join(playerRoot, 'noFont.css') },
        { find: 'katex/dist/katex.min.css', replacement: join(playerRoot, 'formula.css') },
        { find: /^.*\/umapWorker\.ts$/, replacement: join(playerRoot, 'umapWorker.ts') },
      ],
    },
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      cssCodeSplit: false,
      copyPublicDir: false,
      rolldownOptions: {
        input: join(playerRoot, 'main.ts'),
        output: { format: 'iife', codeSplitting: false },
      },
    },
  });
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((each) =>
    'output' in each ? each.output : [],
  );
  const [chunk, ...moreChunks] = outputs.filter((output) => output.type === 'chunk');
  const [style, ...moreStyles] = outputs
    .filter((output) => output.type === 'asset' && output.fileName.endsWith('.css'))
    .map((output) => ('source' in output ? String(output.source) : ''));
  const others = outputs.length - 2 + moreChunks.length + moreStyles.length;
  if (chunk === undefined || style === undefined || others !== 0)
    throw new Error(
      `the player is not one script and one style: ${outputs.map((o) => o.fileName).join(', ')}`,
    );
  return { script: chunk.code, style };
}

/** A text that a script element can hold: it ends at the first </script, and <!-- changes how it is read. */
const inScript = (code: string): string =>
  code.replaceAll(/<\/(script)/gi, '<\\/$1').replaceAll('<!--', '<\\!--');

export async function playerHtml(): Promise<string> {
  const { script, style } = await bundle();
  const code = inScript(script);
  const hash = createHash('sha256').update(code).digest('base64');
  const policy = [
    "default-src 'none'",
    'worker-src blob:',
    `script-src 'sha256-${hash}'`,
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="generator" content="Semblance">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>Semblance</title>
<style>${style.replaceAll(/<\/(style)/gi, '<\\/$1')}</style>
</head>
<body>
<div id="app"><p>This page shows a recorded training run. If you can read this for longer than a moment, the file is cut short (get it again) or JavaScript is off.</p></div>
<script>${code}</script>
<!--semblance-data-->
</body>
</html>
`;
}

/** Serves the player while developing, and writes it into the build. */
export function player(): Plugin {
  return {
    name: 'semblance-player',
    configureServer(server) {
      server.middlewares.use(`/${PLAYER}`, (_request, response, next) => {
        playerHtml().then((html) => {
          response.setHeader('content-type', 'text/html; charset=utf-8');
          response.end(html);
        }, next);
      });
    },
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: PLAYER, source: await playerHtml() });
    },
  };
}
