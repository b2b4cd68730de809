// Loads the API contract from the repository's .proto files, once for each directory. Reading the contract itself, and
// no generated copy of it, keeps the client from ever disagreeing with it.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protoLoader from '@grpc/proto-loader';

const PACKAGE = 'peerconnection.v1';

/** Directory of the contract in this repository. */
export const DEFAULT_PROTO_DIR = fileURLToPath(new URL('../../../proto', import.meta.url));

const cache = new Map();

/**
 * @typedef {object} Definition
 * @property {(service: string) => Record<string, object>} service Methods of a service of the contract, by RPC name.
 * @property {(name: string) => {serialize: Function, deserialize: Function, type: object}} message A message by full
 *   name.
 * @property {(name: string) => object | undefined} find Message or enum by full name, if there is one.
 */

/**
 * Loads the contract.
 * @param {string} [protoDir] Directory that holds `peerconnection/v1` and `google/rpc`.
 * @returns {Definition}
 */
export function loadDefinition(protoDir = DEFAULT_PROTO_DIR) {
  let definition = cache.get(protoDir);
  if (definition) return definition;

  const services = readdirSync(join(protoDir, 'peerconnection', 'v1')).filter((name) => name.endsWith('_service.proto'));
  const loaded = protoLoader.loadSync(
    [
      ...services.map((name) => `peerconnection/v1/${name}`),
      'peerconnection/v1/error_reason.proto',
      'google/rpc/status.proto',
      'google/rpc/error_details.proto',
    ],
    { includeDirs: [protoDir], longs: Number, enums: String, defaults: true, oneofs: true },
  );
  const find = (name) => loaded[name];
  const required = (name) => {
    const found = find(name);
    if (!found) throw new Error(`the contract in ${protoDir} has no ${name}`);
    return found;
  };
  definition = { service: (name) => required(`${PACKAGE}.${name}`), message: required, find };
  cache.set(protoDir, definition);
  return definition;
}

/**
 * Removes the markers (`_ssrc: 'ssrc'`) that the loader adds for optional fields; an unset optional field is simply
 * absent. The names of real oneofs stay: they say which member is set.
 * @template T
 * @param {T} value A decoded message.
 * @returns {T} The same object.
 */
export function dropOptionalMarkers(value) {
  if (Array.isArray(value)) {
    for (const item of value) dropOptionalMarkers(item);
  } else if (value !== null && typeof value === 'object' && !Buffer.isBuffer(value)) {
    for (const key of Object.keys(value)) {
      const member = value[key];
      // Map keys may begin with `_`, too; a marker always names another key of the same object, its own without `_`.
      if (key[0] === '_' && member === key.slice(1) && member in value) delete value[key];
      else dropOptionalMarkers(member);
    }
  }
  return value;
}
