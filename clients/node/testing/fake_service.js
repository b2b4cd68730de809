// An in-process server of the contract whose methods each test supplies.
import grpc from '@grpc/grpc-js';
import { Client } from '../dist/index.js';
import { serviceOf, typeOf } from '../dist/definition.js';

/**
 * Starts a server with the given handlers and a client for it; both end with the test.
 * @param {import('node:test').TestContext} t
 * @param {Record<string, Record<string, Function>>} handlers By service and RPC name, as grpc-js takes them.
 * @param {object} [options] Options of the client.
 * @returns {Promise<Client>}
 */
export async function serve(t, handlers, options = {}) {
  const server = new grpc.Server();
  for (const [service, methods] of Object.entries(handlers)) server.addService(serviceOf(service), methods);
  const port = await new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound));
  });
  const client = new Client({ address: `127.0.0.1:${port}`, ...options });
  t.after(() => {
    client.close();
    server.forceShutdown();
  });
  return client;
}

/**
 * An error as the service sends it.
 * @param {number} code
 * @param {string} message
 * @param {Array<[string, object]>} details Full message names and contents.
 */
export function serviceError(code, message, details) {
  const metadata = new grpc.Metadata();
  const status = {
    code,
    message,
    details: details.map(([name, content]) => ({
      type_url: `type.googleapis.com/${name}`,
      value: typeOf(name).serialize(content),
    })),
  };
  metadata.set('grpc-status-details-bin', typeOf('google.rpc.Status').serialize(status));
  return { code, details: message, metadata };
}

/** A promise with its resolver outside. */
export function deferred() {
  let resolve;
  const promise = new Promise((r) => (resolve = r));
  return { promise, resolve };
}
