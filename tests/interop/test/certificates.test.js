import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';

const TIMEOUT = { timeout: 60_000 };

async function checkConnects(t, bench, source, offerer) {
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
  assert.equal(keyAlgorithm, 'KEY_ALGORITHM_RSA_2048');
  assert.ok(peerConnection.localDescription.sdp.includes(`a=fingerprint:sha-256 ${fingerprints[0].value}\r\n`));
  const [{ transport }] = await call.stats('STATS_TYPE_TRANSPORT');
  // The key of the DTLS server is the one that the cipher suite names.
  if (transport.dtlsRole === 'DTLS_ROLE_SERVER') assert.match(transport.dtlsCipher, /^TLS_ECDHE_RSA_/);
  assert.ok(!JSON.stringify(peerConnection).includes('PRIVATE KEY'));
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
      await checkConnects(t, bench, { certificateId: certificate.certificateId }, offerer);
    });
  }
});
