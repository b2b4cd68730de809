import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';

const run = promisify(execFile);
const TIMEOUT = { timeout: 60_000 };

// What a caller may bring along, as the openssl command makes it. `cipher`: how the suites of its kind of key begin.
const RSA = { cipher: /^TLS_ECDHE_RSA_/, older: 'RSA PRIVATE KEY' }; // PKCS #1
const KEYS = {
  'ECDSA P-256': {
    newKey: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], algorithm: 'KEY_ALGORITHM_ECDSA_P256',
    cipher: /^TLS_ECDHE_ECDSA_/, older: 'EC PRIVATE KEY', // SEC 1
  },
  'RSA 2048': { newKey: ['rsa:2048'], algorithm: 'KEY_ALGORITHM_RSA_2048', ...RSA },
  'RSA 3072': { newKey: ['rsa:3072'], algorithm: 'KEY_ALGORITHM_RSA_3072', ...RSA },
};

/** A key and a certificate of it. @returns {Promise<{certificatePem: string, privateKeyPem: string, olderKeyPem: string}>} */
async function makeOwn(folder, newKey) {
  const [key, certificate] = ['key.pem', 'certificate.pem'].map((name) => join(folder, name));
  await run('openssl', ['req', '-x509', '-nodes', '-days', '7', '-subj', '/CN=own', '-newkey', ...newKey,
    '-keyout', key, '-out', certificate]);
  const { stdout } = await run('openssl', ['pkey', '-in', key, '-traditional']);
  return {
    certificatePem: await readFile(certificate, 'utf8'),
    privateKeyPem: await readFile(key, 'utf8'),
    olderKeyPem: stdout,
  };
}

/** Asserts that nothing of a private key is in what the service says. */
function assertNoKey(answer, privateKeyPem = '') {
  const text = JSON.stringify(answer);
  assert.ok(!text.includes('PRIVATE KEY'));
  for (const line of privateKeyPem.split('\n').filter((each) => each !== '' && !each.startsWith('-----'))) {
    assert.ok(!text.includes(line), 'a line of the key');
  }
}

/** Connects with a certificate and asserts that it is the one in use. @returns {Promise<{call: Call, certificate: object}>} */
async function checkConnects(t, bench, source, offerer, { algorithm, cipher }) {
  const call = await Call.create(t, bench, { configuration: { certificates: [source] } });
  const { peerConnectionId } = call;
  const sink = await call.addSink('video');
  await call.trickleFromPage();
  await call.page.evaluate(() => globalThis.peer.publish({ video: true }));
  if (offerer === 'page') {
    await call.pageOffers();
  } else {
    await call.client.peerConnections.addTransceiver({
      peerConnectionId, kind: 'MEDIA_KIND_VIDEO', direction: 'RTP_TRANSCEIVER_DIRECTION_RECVONLY',
    });
    await call.serviceOffers();
  }
  await call.connected();
  await until('video', () => sink.packets > 20);
  const { peerConnection } = await call.client.peerConnections.get({ peerConnectionId });
  const [{ fingerprints, keyAlgorithm }] = peerConnection.certificates;
  assert.equal(keyAlgorithm, algorithm);
  assert.ok(peerConnection.localDescription.sdp.includes(`a=fingerprint:sha-256 ${fingerprints[0].value}\r\n`));
  const [{ transport }] = await call.stats('STATS_TYPE_TRANSPORT');
  // The key of the DTLS server is the one that the cipher suite names.
  if (transport.dtlsRole === 'DTLS_ROLE_SERVER') assert.match(transport.dtlsCipher, cipher);
  const seen = await call.page.evaluate(async () => {
    const stats = await globalThis.peer.connection.getStats();
    const theirs = [...stats.values()].find(({ type }) => type === 'transport');
    return stats.get(theirs.remoteCertificateId).fingerprint;
  });
  assert.equal(seen, fingerprints[0].value, 'as the page sees it');
  assertNoKey(peerConnection, source.pem?.privateKeyPem);
  return { call, certificate: peerConnection.certificates[0] };
}

describe('a service that allows one SRTP profile and logs its keys', () => {
  const bench = new Bench();
  let folder;
  let connections = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pcd-keys-'));
    await bench.start({
      args: ['--srtp-profiles=SRTP_AES128_CM_HMAC_SHA1_80', `--insecure-key-log=${join(folder, 'keys')}`],
    });
  });
  after(async () => {
    await bench.stop();
    await rm(folder, { recursive: true });
  });

  for (const offerer of ['page', 'service']) {
    test(`that profile protects the media of Chromium; the ${offerer} offers`, TIMEOUT, async (t) => {
      const call = await Call.create(t, bench);
      const { peerConnectionId } = call;
      const sink = await call.addSink('video');
      await call.trickleFromPage();
      await call.page.evaluate(() => globalThis.peer.publish({ video: true }));
      if (offerer === 'page') {
        await call.pageOffers();
      } else {
        await call.client.peerConnections.addTransceiver({
          peerConnectionId, kind: 'MEDIA_KIND_VIDEO', direction: 'RTP_TRANSCEIVER_DIRECTION_RECVONLY',
        });
        await call.serviceOffers();
      }
      await call.connected();
      await until('video', () => sink.packets > 20);
      const [{ transport }] = await call.stats('STATS_TYPE_TRANSPORT');
      assert.equal(transport.srtpCipher, 'SRTP_AES128_CM_HMAC_SHA1_80');
      const theirs = await call.page.evaluate(async () =>
        [...(await globalThis.peer.connection.getStats()).values()].find(({ type }) => type === 'transport'));
      assert.match(theirs.srtpCipher, /SHA1_80$/);
      const lines = (await readFile(join(folder, 'keys'), 'utf8')).trimEnd().split('\n');
      for (const line of lines) assert.match(line, /^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}$/);
      assert.equal(lines.length, ++connections, 'one line for each connection');
    });
  }
});

describe('Chromium connects with a certificate of the caller', () => {
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  for (const offerer of ['page', 'service']) {
    test(`RSA, made by the service; the ${offerer} offers`, TIMEOUT, async (t) => {
      const { certificate } = await bench.client.peerConnections.generateCertificate({
        keyAlgorithm: 'KEY_ALGORITHM_RSA_2048',
      });
      await checkConnects(t, bench, { certificateId: certificate.certificateId }, offerer, KEYS['RSA 2048']);
    });
  }

  const offerers = ['page', 'service'];
  for (const [name, kind] of Object.entries(KEYS)) {
    for (const form of ['PRIVATE KEY', kind.older]) {
      const offerer = offerers[0];
      offerers.reverse();
      test(`${name}, brought along as ${form}; the ${offerer} offers`, TIMEOUT, async (t) => {
        const folder = await mkdtemp(join(tmpdir(), 'pcd-own-'));
        t.after(() => rm(folder, { recursive: true }));
        const { certificatePem, olderKeyPem, ...own } = await makeOwn(folder, kind.newKey);
        const privateKeyPem = form === kind.older ? olderKeyPem : own.privateKeyPem;
        assert.ok(privateKeyPem.includes(`-----BEGIN ${form}-----\n`));
        const { call, certificate } = await checkConnects(t, bench, { pem: { certificatePem, privateKeyPem } }, offerer, kind);
        const read = new X509Certificate(certificatePem);
        assert.equal(certificate.fingerprints[0].value, read.fingerprint256);
        assert.equal(certificate.certificateId, '', 'it is of no other connection');

        const { peerConnectionId, client: { peerConnections } } = call;
        const { configuration } = await peerConnections.getConfiguration({ peerConnectionId });
        assertNoKey(configuration, privateKeyPem);
        const [{ pem }] = configuration.certificates;
        assert.ok(new X509Certificate(pem.certificatePem).raw.equals(read.raw));
        assert.equal(pem.privateKeyPem, '');
        await peerConnections.setConfiguration({ peerConnectionId, configuration }); // As it is, which needs no key.
      });
    }
  }
});
