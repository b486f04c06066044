// Loaded before a program that needs the dependencies (node --require): says in one sentence that they are missing,
// where Node itself would end with ERR_MODULE_NOT_FOUND. Imports only Node's built-in modules.
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const { dependencies } = require('../../package.json');

/** Node looks in the node_modules of this folder and of those above it. */
const isInstalled = (name) => module.paths.some((folder) => existsSync(join(folder, name)));

const missing = Object.keys(dependencies).filter((name) => !isInstalled(name));
if (missing.length > 0) {
  const [first, ...others] = missing;
  const names = others.length === 0 ? first : `${first} and ${others.length} more`;
  process.stderr.write(
    `The dependencies of Semblance are not installed (missing: ${names}): run npm install or npm start first.\n`,
  );
  process.exit(1);
}
