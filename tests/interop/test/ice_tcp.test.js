// ICE over TCP (RFC 6544): browsers that are told of the service's TCP candidates only, and connections that waste its time.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';
import { assertAllArrived } from '../support/media.js';
import { DataStream, bytesOf } from '../support/messages.js';
import { flows } from '../support/publishing.js';

const TIMEOUT = { timeout: 90_000 };
// All of them, unless some are named.
const BROWSERS = (process.env.BROWSERS ?? 'chromium,firefox').split(',');
const FLAGS = ['--media-loops=1', '--ice-tcp'];

const candidatesOf = (sdp) => [...sdp.matchAll(/^a=candidate:(.*)\r$/gm)].map(([, line]) => line.split(' '));
const isTcp = (candidate) => candidate.split(' ')[2].toLowerCase() === 'tcp';
const withoutUdp = (sdp) => sdp.replace(/^a=candidate:(.*)\r\n/gm, (line) => (isTcp(line) ? line : ''));

/** A call whose page learns of the TCP candidates only. */
async function tcpCall(t, bench) {
  const call = await Call.create(t, bench);
  call.mapCandidate = (candidate) => (candidate.candidate === '' || isTcp(candidate.candidate) ? candidate : null);
  call.mapAnswer = withoutUdp;
  await call.trickleFromPage();
  return call;
}

/** The candidates of the selected pair, as the service sees them. */
async function pairOf(call) {
  const entries = await call.stats('STATS_TYPE_TRANSPORT', 'STATS_TYPE_CANDIDATE_PAIR', 'STATS_TYPE_LOCAL_CANDIDATE',
    'STATS_TYPE_REMOTE_CANDIDATE');
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const { transport } = entries.find(({ transport: found }) => found);
  const { candidatePair } = byId.get(transport.selectedCandidatePairId);
  return {
    local: byId.get(candidatePair.localCandidateId).localCandidate,
    remote: byId.get(candidatePair.remoteCandidateId).remoteCandidate,
  };
}

async function assertOverTcp(call) {
  const { peerConnection } = await call.client.peerConnections.get({ peerConnectionId: call.peerConnectionId });
  for (const { local, remote } of [await pairOf(call), peerConnection.iceTransports[0].selectedCandidatePair]) {
    assert.deepEqual([local.protocol, local.tcpType], ['ICE_PROTOCOL_TCP', 'ICE_TCP_CANDIDATE_TYPE_PASSIVE']);
    assert.deepEqual([remote.protocol, remote.tcpType], ['ICE_PROTOCOL_TCP', 'ICE_TCP_CANDIDATE_TYPE_ACTIVE']);
  }
}

async function createClip(call) {
  const { client, peerConnectionId } = call;
  await client.media.createLocalTrack({ peerConnectionId, trackId: 'clip', kind: 'MEDIA_KIND_VIDEO', source: { test: {} } });
  await client.peerConnections.addTrack({ peerConnectionId, trackId: 'clip', streamIds: ['stream'] });
}

for (const browser of BROWSERS) {
  describe(`ICE over TCP with ${browser}`, () => {
    const bench = new Bench();
    before(() => bench.start({ args: FLAGS, browser }));
    after(() => bench.stop());

    test('media of the page arrives to the last packet, and messages both ways', TIMEOUT, async (t) => {
      const call = await tcpCall(t, bench);
      const { client, peerConnectionId, page } = call;
      await call.addSink('video');
      await call.addSink('audio');
      await client.dataChannels.createDataChannel({ peerConnectionId, dataChannelId: 'ours', init: { label: 'ours' } });
      const data = new DataStream(t, call);
      await page.evaluate(() => globalThis.peer.createChannel('theirs'));
      await page.evaluate(() => globalThis.peer.publish({ audio: true, video: true }));
      await call.pageOffers();
      await call.connected();
      await assertOverTcp(call);
      await Promise.all(Object.values(call.sinks).map((sink) => flows(sink, 100)));

      const theirs = await until('the channel of the page', () => data.openChannel('theirs'));
      await until('our channel', () => page.evaluate(() => globalThis.peer.channelState('ours') === 'open'));
      // The longest are more than what waits for a connection that does not take it.
      const messages = [{ text: 'Grüße 🎥' }, { binary: bytesOf(200_000) }, { binary: bytesOf(1_000) }];
      await page.evaluate(() => globalThis.peer.echo('ours'));
      for (const message of messages) await data.send('ours', message);
      await until('the echoes', () => data.messages.length >= messages.length);
      assert.deepEqual(data.messages, messages.map((message) => ({ dataChannelId: 'ours', ...message })));
      await data.send(theirs, { text: 'last' });
      await until('a message on the page\'s channel', () =>
        page.evaluate(() => globalThis.peer.received('theirs').length === 1));

      await assertAllArrived(call, await call.stopSending());
      await assertOverTcp(call);
    });

    test('what the service sends is decoded, none of it lost', TIMEOUT, async (t) => {
      const call = await tcpCall(t, bench);
      await createClip(call);
      await call.serviceOffers();
      await call.connected();
      await call.page.evaluate(() => globalThis.peer.play());
      const inbound = () => call.page.evaluate(() => globalThis.peer.inbound());
      await until('frames', async () => (await inbound()).video?.framesDecoded >= 60, { timeoutMs: 30_000 });
      assert.equal((await inbound()).video.packetsLost, 0);
      await assertOverTcp(call);
    });

    test('media goes on through ICE restarts', TIMEOUT, async (t) => {
      const call = await tcpCall(t, bench);
      const audio = await call.addSink('audio');
      await call.page.evaluate(() => globalThis.peer.publish({ audio: true }));
      await call.pageOffers();
      await call.connected();
      await flows(audio);
      const changes = async () => Number((await call.stats('STATS_TYPE_TRANSPORT'))[0].transport.selectedCandidatePairChanges);
      const before = await changes();
      await call.page.evaluate(() => globalThis.peer.connection.restartIce());
      await call.pageOffers();
      await until('another pair', async () => (await changes()) > before, { timeoutMs: 20_000 });
      await flows(audio, 150);
      await assertOverTcp(call);
      assert.equal(call.watcher.connectionState, 'connected');
    });
  });
}

describe('a service that listens on TCP', () => {
  const bench = new Bench();
  before(() => bench.start({ args: FLAGS }));
  after(() => bench.stop());

  test('offers each address by both protocols on one number; a browser that has both takes UDP', TIMEOUT, async (t) => {
    const call = await Call.create(t, bench);
    const audio = await call.addSink('audio');
    await call.trickleFromPage();
    await call.page.evaluate(() => globalThis.peer.publish({ audio: true }));
    await call.pageOffers();
    await call.connected();
    await flows(audio);
    const { peerConnection } = await call.client.peerConnections.get({ peerConnectionId: call.peerConnectionId });
    const candidates = candidatesOf(peerConnection.localDescription.sdp);
    const shown = (protocol) => candidates.filter((words) => words[2] === protocol).map((words) => `${words[4]} ${words[5]}`);
    assert.ok(shown('udp').length > 0);
    assert.deepEqual(shown('tcp'), shown('udp'));
    for (const words of candidates) assert.equal(words.slice(8).join(' ').startsWith('tcptype passive'), words[2] === 'tcp');
    await until('UDP is in use', async () => (await pairOf(call)).local.protocol === 'ICE_PROTOCOL_UDP');
  });

  test('closes connections that are silent or wrong, and calls notice nothing', TIMEOUT, async (t) => {
    const call = await tcpCall(t, bench);
    await call.addSink('video');
    await call.page.evaluate(() => globalThis.peer.publish({ video: true }));
    await call.pageOffers();
    await call.connected();
    await flows(call.sinks.video);
    const { peerConnection } = await call.client.peerConnections.get({ peerConnectionId: call.peerConnectionId });
    const [, , , , host, port] = candidatesOf(peerConnection.localDescription.sdp).find((words) => words[2] === 'tcp');
    const strangers = Array.from({ length: 300 }, (_, i) => {
      const socket = connect({ host, port: Number(port) });
      socket.on('error', () => {}); // Closed while it sends.
      socket.resume();
      t.after(() => socket.destroy());
      if (i % 3 === 1) socket.write('GET / HTTP/1.1\r\n\r\n');
      if (i % 3 === 2) socket.write(Buffer.from([0, 100, 0]));
      return new Promise((resolve) => socket.on('close', resolve)); // once() would tell of the error.
    });
    await Promise.all(strangers);
    await assertAllArrived(call, await call.stopSending());
  });
});

describe('a service without --ice-tcp', () => {
  const bench = new Bench();
  before(() => bench.start({ args: ['--media-loops=1', '--ice-address=127.0.0.1'], browser: false }));
  after(() => bench.stop());

  test('offers no TCP and does not listen', TIMEOUT, async (t) => {
    const { peerConnections } = bench.client;
    const { peerConnectionId } = (await peerConnections.create({})).peerConnection;
    t.after(() => peerConnections.close({ peerConnectionId }));
    await peerConnections.addTransceiver({ peerConnectionId, kind: 'MEDIA_KIND_AUDIO' });
    await peerConnections.setLocalDescription({ peerConnectionId });
    const candidates = await until('candidates', async () => {
      const { peerConnection } = await peerConnections.get({ peerConnectionId });
      const found = candidatesOf(peerConnection.localDescription.sdp);
      return found.length > 0 && found;
    });
    assert.deepEqual(candidates.map((words) => words[2]), ['udp']);
    const socket = connect({ host: '127.0.0.1', port: Number(candidates[0][5]) });
    const [error] = await once(socket, 'error');
    assert.equal(error.code, 'ECONNREFUSED');
  });
});
