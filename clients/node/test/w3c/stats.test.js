// W3C WebRTC 1.0, 8: what statistics say, beside what RTCStatsReport is (media.test.js).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../../demo/lib/wait.js';
import { connectionOf } from '../../dist/w3c/peer_connection.js';
import { createMediaStreamTrack } from '../../esm/w3c.mjs';
import { connectedPair, makeConnection, makePair, negotiate, once, useService } from '../../testing/w3c.js';

const TIMEOUT = { timeout: 60_000 };
const ofType = (report, type) => [...report.values()].filter((entry) => entry.type === type);

// The members that 8.6 makes mandatory, by type of entry. Left out, because they have no meaning here: what a decoder, an
// encoder or a capturer knows (framesDecoded, framesDropped, framesEncoded, totalAudioEnergy, totalSamplesDuration); url of
// a candidate that no server gave; issuerCertificateId of a certificate that issued itself; the round trips of checks, of
// which ICE-lite makes none.
const RTP = ['ssrc', 'kind', 'transportId', 'codecId'];
const MANDATORY = {
  'inbound-rtp': [...RTP, 'packetsReceived', 'packetsLost', 'jitter', 'trackIdentifier', 'remoteId', 'nackCount', 'bytesReceived'],
  'remote-inbound-rtp': [...RTP, 'packetsReceived', 'packetsLost', 'jitter', 'localId', 'roundTripTime'],
  'outbound-rtp': [...RTP, 'packetsSent', 'bytesSent', 'remoteId', 'nackCount'],
  'remote-outbound-rtp': [...RTP, 'packetsSent', 'bytesSent', 'localId', 'remoteTimestamp'],
  'peer-connection': ['dataChannelsOpened', 'dataChannelsClosed'],
  'data-channel': ['label', 'protocol', 'dataChannelIdentifier', 'state', 'messagesSent', 'bytesSent', 'messagesReceived', 'bytesReceived'],
  'media-source': ['trackIdentifier', 'kind'],
  codec: ['payloadType', 'mimeType', 'clockRate'],
  transport: ['bytesSent', 'bytesReceived', 'selectedCandidatePairId', 'localCertificateId', 'remoteCertificateId'],
  'candidate-pair': ['transportId', 'localCandidateId', 'remoteCandidateId', 'state', 'nominated', 'bytesSent', 'bytesReceived'],
  'local-candidate': ['address', 'port', 'protocol', 'candidateType'],
  'remote-candidate': ['address', 'port', 'protocol', 'candidateType'],
  certificate: ['fingerprint', 'fingerprintAlgorithm', 'base64Certificate'],
};
const PICTURES = ['frameWidth', 'frameHeight', 'framesPerSecond'];
const OF_VIDEO = {
  'inbound-rtp': ['framesReceived', ...PICTURES],
  'outbound-rtp': ['framesSent', 'hugeFramesSent', ...PICTURES],
  'media-source': ['width', 'height', 'framesPerSecond'],
};

// What is missing yet, as `type.member`.
function missing(report) {
  return Object.entries(MANDATORY).flatMap(([type, members]) => {
    const entries = ofType(report, type);
    if (entries.length === 0) return [type];
    return entries.flatMap((entry) =>
      [...members, ...(entry.kind === 'video' ? OF_VIDEO[type] ?? [] : [])].filter((name) => !(name in entry)).map((name) => `${type}.${name}`));
  });
}

// Audio and video, both ways; the first one made its transceivers itself.
async function mediaPair(t) {
  const [a, b] = makePair(t);
  a.createDataChannel('x');
  for (const kind of ['audio', 'video']) {
    a.addTransceiver(createMediaStreamTrack(kind));
    b.addTrack(createMediaStreamTrack(kind));
  }
  await negotiate(a, b);
  return [a, b];
}

// The report, as soon as nothing is missing.
async function whole(connection) {
  let report;
  const bothKinds = (type) => new Set(ofType(report, type).map(({ kind }) => kind)).size === 2;
  await until('all members', async () => {
    report = await connection.getStats();
    return missing(report).length === 0 && Object.keys(MANDATORY).filter((type) => /rtp$|media-source/.test(type)).every(bothKinds);
  }).catch((error) => assert.deepEqual(missing(report), [], error.message));
  return report;
}

describe('statistics', () => {
  useService();

  test('with media both ways the mandatory members are there (8.6), at both ends', TIMEOUT, async (t) => {
    const pair = await mediaPair(t);
    const reports = await Promise.all(pair.map(whole));
    for (const [i, connection] of pair.entries()) {
      const report = reports[i];
      for (const entry of report.values()) {
        for (const [name, value] of Object.entries(entry)) {
          if (/Id$/.test(name) && name !== 'dataChannelIdentifier') assert.ok(report.has(value), `${entry.type}.${name}: ${value}`);
        }
      }
      const identifiers = (type) => ofType(report, type).map(({ kind, trackIdentifier }) => `${kind} ${trackIdentifier}`).sort();
      const tracks = (ends) => ends.map(({ track }) => `${track.kind} ${track.id}`).sort();
      assert.deepEqual(identifiers('inbound-rtp'), tracks(connection.getReceivers()));
      assert.deepEqual(identifiers('media-source'), tracks(connection.getSenders()));
      // So it is of a selection, and after close().
      const [receiver] = connection.getReceivers();
      const [inbound] = ofType(await receiver.getStats(), 'inbound-rtp');
      assert.equal(inbound.trackIdentifier, receiver.track.id);
      connection.close();
      assert.deepEqual(ofType(await receiver.getStats(), 'inbound-rtp').map(({ trackIdentifier }) => trackIdentifier), [receiver.track.id]);
    }
  });

  test('what a user named is not taken for an enumeration', TIMEOUT, async (t) => {
    const { a, ours } = await connectedPair(t);
    const named = a.createDataChannel('ICE_ROLE_CONTROLLING', { protocol: 'ICE_PROTOCOL_UDP' });
    await once(named, 'open');
    const report = await a.getStats();
    const entries = ofType(report, 'data-channel').map(({ label, protocol, state }) => [label, protocol, state]).sort();
    assert.deepEqual(entries, [['ICE_ROLE_CONTROLLING', 'ICE_PROTOCOL_UDP', 'open'], [ours.label, '', 'open']]);
    const [transport] = ofType(report, 'transport');
    assert.ok(['controlled', 'controlling'].includes(transport.iceRole));
    assert.ok(['client', 'server'].includes(transport.dtlsRole));
    assert.equal(transport.dtlsState, 'connected');
    assert.ok(['connected', 'completed'].includes(transport.iceState));
  });

  test('a sender or receiver that the service does not have (any more) has none', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const [stopped] = ['audio', 'video'].map((kind) => a.addTransceiver(createMediaStreamTrack(kind)));
    await negotiate(a, b);
    await until('it is sent', async () => ofType(await stopped.sender.getStats(), 'outbound-rtp').length > 0);
    stopped.stop();
    await negotiate(a, b);
    assert.equal(stopped.currentDirection, 'stopped');
    for (const end of [stopped.sender, stopped.receiver]) assert.equal((await end.getStats()).size, 0);
    assert.ok((await a.getStats()).size > 0);
    const fresh = connectionOf(makeConnection(t));
    assert.ok((await fresh.getStats()).size > 0);
    for (const selector of [{ senderId: () => null }, { receiverId: () => null }]) {
      assert.equal((await fresh.getStats(selector)).size, 0);
    }
    fresh.close();
    for (const selector of [{ senderId: () => null }, { receiverId: () => null }]) {
      assert.equal((await fresh.getStats(selector)).size, 0);
    }
  });
});
