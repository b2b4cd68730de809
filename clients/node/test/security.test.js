import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import grpc from '@grpc/grpc-js';
import * as esm from '@peerconnectiond/client';
import * as w3c from '@peerconnectiond/client/w3c';
import { Client } from '../dist/index.js';
import { serviceOf } from '../dist/definition.js';

const pem = (name) => readFileSync(new URL(`../../pcctl/testdata/${name}`, import.meta.url));
const authority = pem('ca.pem');
const ours = { cert: pem('client.pem'), key: pem('client.key') };

async function serveTls(t, { clients = false } = {}) {
  const seen = [];
  const server = new grpc.Server();
  server.addService(serviceOf('PeerConnectionService'), {
    List: (call, reply) => {
      seen.push({ token: call.metadata.get('authorization')[0], peer: call.getAuthContext().sslPeerCertificate?.subject?.CN });
      reply(null, {});
    },
  });
  const pair = [{ private_key: pem('server.key'), cert_chain: pem('server.pem') }];
  const port = await new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createSsl(authority, pair, clients), (error, bound) =>
      error ? reject(error) : resolve(bound));
  });
  t.after(() => server.forceShutdown());
  const connect = (options) => {
    const client = new Client({ address: `127.0.0.1:${port}`, ...options });
    t.after(() => client.close());
    return client;
  };
  return { connect, seen };
}

test('TLS with a token; the token may be made anew for each call', async (t) => {
  const { connect, seen } = await serveTls(t);
  let count = 0;
  const client = connect({ tls: { ca: authority }, token: async () => `t${++count}` });
  await client.peerConnections.list();
  await client.peerConnections.list();
  assert.deepEqual(seen.map(({ token }) => token), ['Bearer t1', 'Bearer t2']);
  const fixed = connect({ tls: { ca: authority }, token: 'x' });
  await fixed.peerConnections.list();
  assert.equal(seen[2].token, 'Bearer x');
});

test('mutual TLS shows our certificate', async (t) => {
  const { connect, seen } = await serveTls(t, { clients: true });
  await connect({ tls: { ca: authority, ...ours } }).peerConnections.list();
  assert.equal(seen.length, 1);
  const without = connect({ tls: { ca: authority } });
  await assert.rejects(without.peerConnections.list({}, { timeoutMs: 3_000 }), esm.PeerConnectionError);
});

test('a service whose certificate does not fit is not spoken to', async (t) => {
  const { connect, seen } = await serveTls(t);
  await assert.rejects(connect({ tls: true }).peerConnections.list({}, { timeoutMs: 3_000 }), { code: 'UNAVAILABLE' });
  assert.equal(seen.length, 0);
});

test('options that make no sense are refused', () => {
  assert.throws(() => new Client({ address: 'x', token: 'secret' }), /needs tls/);
  assert.throws(() => new Client({ address: 'x', tls: { key: ours.key } }), /belong together/);
  assert.throws(() => new Client({ address: 'x', tls: true, credentials: grpc.credentials.createInsecure() }), /exclude/);
});

test('import and require give the same classes, of both entries', () => {
  const require = createRequire(import.meta.url);
  assert.equal(require('@peerconnectiond/client').Client, esm.Client);
  assert.equal(require('@peerconnectiond/client/w3c').RTCPeerConnection, w3c.RTCPeerConnection);
  assert.equal(typeof w3c.RTCPeerConnection, 'function');
});
