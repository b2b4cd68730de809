// Libraries that are written for browsers, unchanged: in Node over our globals, and in a page over the browser's own.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { install } from '../../../clients/node/esm/w3c.mjs';

const require = createRequire(new URL('../../../clients/node/package.json', import.meta.url));

/** Sets the globals that the libraries look for. */
export function installGlobals() {
  install(globalThis);
  globalThis.WebSocket ??= require('ws').WebSocket;
}

/** A package as Node loads it. Globals must be there before. */
export const load = (name) => require(name);

/** A file of a package, for a page. */
export const fileOf = (name, path) => join(dirname(require.resolve(`${name}/package.json`)), path);
