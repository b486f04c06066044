// `npm start`: installs what is missing, then runs the demo of the command line.
import { join } from 'node:path';
import { ensureInstalled, root } from './install.mjs';
import { runThrough } from './child.mjs';

await ensureInstalled();

const tsx = import.meta.resolve('tsx');
const main = join(root, 'src', 'cli', 'main.ts');
await runThrough(process.execPath, ['--import', tsx, main, 'demo', ...process.argv.slice(2)]);
