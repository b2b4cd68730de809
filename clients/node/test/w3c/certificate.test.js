// W3C WebRTC 1.0, 4.9: certificates that the application has made.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { until } from '../../demo/lib/wait.js';
import { peerConnectionId, RTCCertificate, RTCPeerConnection } from '../../esm/w3c.mjs';
import { makeConnection, makePair, negotiate, reaches, useService } from '../../testing/w3c.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
const TIMEOUT = { timeout: 60_000 };
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' };
const RSA = { name: 'RSASSA-PKCS1-v1_5', publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
const DAY_MS = 86_400_000;

const fingerprintOf = (sdp) => /a=fingerprint:(\S+) (\S+)/.exec(sdp).slice(1);

describe('generateCertificate (4.9)', () => {
  useService();

  for (const [name, algorithm] of Object.entries({ ECDSA, 'RSA of 2048 bits': { ...RSA, modulusLength: 2048 } })) {
    test(`${name}: the offer has its fingerprint, and the other end sees it`, TIMEOUT, async (t) => {
      const certificate = await RTCPeerConnection.generateCertificate(algorithm);
      assert.ok(certificate instanceof RTCCertificate);
      const inDays = (certificate.expires - Date.now()) / DAY_MS;
      assert.ok(inDays > 29 && inDays < 366, `expires in ${inDays} days`);
      const [{ algorithm: hash, value }] = certificate.getFingerprints();
      assert.equal(hash, 'sha-256');
      assert.match(value, /^([0-9a-f]{2}:){31}[0-9a-f]{2}$/);

      const [a, b] = makePair(t, { certificates: [certificate] });
      a.createDataChannel('x');
      await negotiate(a, b);
      assert.deepEqual(fingerprintOf(a.localDescription.sdp), ['sha-256', value.toUpperCase()]);
      await reaches(b, 'connectionstatechange', 'connectionState', 'connected');
      const [seen] = b.sctp.transport.getRemoteCertificates();
      assert.equal(createHash('sha256').update(Buffer.from(seen)).digest('hex'), value.replaceAll(':', ''));
    });
  }

  test('it serves several connections, and is fixed', async (t) => {
    const [certificate, other] = await Promise.all([ECDSA, ECDSA].map((algorithm) => RTCPeerConnection.generateCertificate(algorithm)));
    const fingerprints = new Set();
    for (let i = 0; i < 2; ++i) {
      const connection = makeConnection(t, { certificates: [certificate] });
      assert.equal(connection.getConfiguration().certificates[0], certificate);
      connection.setConfiguration({ certificates: [certificate] });
      connection.setConfiguration({});
      assert.throws(() => connection.setConfiguration({ certificates: [other] }), { name: 'InvalidModificationError' });
      connection.createDataChannel('x');
      fingerprints.add(fingerprintOf((await connection.createOffer()).sdp)[1]);
    }
    assert.deepEqual([...fingerprints], [certificate.getFingerprints()[0].value.toUpperCase()]);
  });

  test('its validity is as long as asked for; expired ones are refused', async () => {
    const certificate = await RTCPeerConnection.generateCertificate({ ...ECDSA, expires: 1_000 });
    assert.ok(certificate.expires - Date.now() <= 1_000);
    await until('it has expired', () => certificate.expires < Date.now());
    assert.throws(() => new RTCPeerConnection({ certificates: [certificate] }), { name: 'InvalidAccessError' });
  });
});

describe('certificates that nobody has any more', () => {
  useService({ args: ['--max-certificates=4'] });

  test('make room at the service; one that a connection has stays', TIMEOUT, async (t) => {
    const connections = [];
    await (async () => {
      const certificates = await Promise.all([1, 2, 3, 4].map(() => RTCPeerConnection.generateCertificate(ECDSA)));
      const [a, b] = makePair(t, { certificates: [certificates[0]] });
      await peerConnectionId(a);
      connections.push(a, b);
      await assert.rejects(RTCPeerConnection.generateCertificate(ECDSA), { name: 'OperationError' });
    })();
    await until('room', async () => {
      collectGarbage();
      return RTCPeerConnection.generateCertificate(ECDSA).catch(({ cause }) => assert.equal(cause.reason, 'LIMIT_EXCEEDED'));
    });
    const [a, b] = connections;
    const [kept] = a.getConfiguration().certificates;
    await peerConnectionId(makeConnection(t, { certificates: [kept] })); // The service still has it.
    a.createDataChannel('x');
    await negotiate(a, b);
    await reaches(a, 'connectionstatechange', 'connectionState', 'connected');
    assert.equal(fingerprintOf(b.remoteDescription.sdp)[1].toLowerCase(), kept.getFingerprints()[0].value);
  });
});
