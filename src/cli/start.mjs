// `npm start`: installs missing dependencies, builds the page, serves it and prints its address.
import { ensureInstalled, fail, root } from './install.mjs';

await ensureInstalled();
const { build, preview } = await import('vite');

const PORT = 4173;
const port = Number(process.env.PORT ?? PORT);
if (!Number.isInteger(port) || port < 0 || port > 65535)
  fail(`PORT is "${process.env.PORT}", not a port number.`);

process.stderr.write('Building the page ...\n');
await build({ root, logLevel: 'warn' });
const server = await preview({ root, preview: { port } });
const address = server.resolvedUrls?.local[0];
if (address === undefined) fail('The server gave no address.');
process.stdout.write(`Semblance: ${address}\n`);
process.stderr.write('Ctrl-C ends it. A run without a page: npm run cli -- demo\n');
