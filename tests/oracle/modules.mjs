// The folder of modules that CEXEC_ORACLE_MODULES names: the official implementations.
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

if (!process.env.CEXEC_ORACLE_MODULES) {
  console.error('CEXEC_ORACLE_MODULES is not set: it names the node_modules that scripts/test installs');
  process.exit(2);
}

/** Where a file of a package is. */
export const pathOf = (name, file) => join(resolve(process.env.CEXEC_ORACLE_MODULES), name, 'dist', file);

/** Imports a package, or one file of it. */
export const load = (name, file = 'index.js') => import(pathToFileURL(pathOf(name, file)));
