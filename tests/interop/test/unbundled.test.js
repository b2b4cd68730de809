// Descriptions that do not bundle: each section has a transport of its own, with its own credentials, candidates and
// DTLS association. The group is taken out of the descriptions on their way: all of these peers bundle, but for webrtcbin
// when it is told not to.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';
import { assertUnbroken } from '../support/media.js';
import { PeerCall } from '../support/peer_call.js';
import { PEERS } from '../support/peers.js';
import { flows } from '../support/publishing.js';

const TIMEOUT = { timeout: 120_000 };
const BACKENDS = ['ICE_BACKEND_SHARED_PORT', 'ICE_BACKEND_FULL'];
const POLICIES = ['BUNDLE_POLICY_BALANCED', 'BUNDLE_POLICY_MAX_COMPAT'];
const LEAST = { audio: 100, video: 60 }; // Packets.
const SECTIONS = 3; // Audio, video and data.

const withoutGroup = (sdp) => sdp.replace(/^a=group:BUNDLE.*\r\n/m, '');
// The last of a peer's command: webrtcbin's bundle policy.
const SPECS = [{ name: 'Chromium' }, { name: 'Firefox' }, { name: 'wrtc' }, { name: 'GStreamer', extra: ['none'] }];

/** The ICE transports of the service's end. */
async function iceTransports({ client, peerConnectionId }) {
  const { peerConnection } = await client.peerConnections.get({ peerConnectionId });
  return peerConnection.iceTransports;
}

// One transport a section, each connected to another port of the peer.
async function assertOneTransportEach(call) {
  const transports = await iceTransports(call);
  assert.equal(transports.length, SECTIONS);
  assert.equal(new Set(transports.flatMap(({ mids }) => mids)).size, SECTIONS);
  for (const { mids, selectedCandidatePair } of transports) {
    assert.equal(mids.length, 1);
    assert.ok(selectedCandidatePair, `mid ${mids[0]} has a pair`);
  }
  const ports = transports.map(({ selectedCandidatePair: { remote } }) => remote.port);
  assert.equal(new Set(ports).size, SECTIONS, `ports ${ports}`);
}

async function exchange(call, data) {
  await until('our channel opens', () => data.openChannel('ours'));
  await data.send('ours', { text: 'each on its own way' });
  await until('the echo', () => data.messages.length > 0);
  assert.equal(data.messages[0].text, 'each on its own way');
  await until('media', () => Object.keys(LEAST).every((kind) => call.sinks[kind].packets >= LEAST[kind]), { timeoutMs: 30_000 });
  const { sent, inbound } = await call.stopMedia();
  for (const kind of Object.keys(LEAST)) {
    assertUnbroken(kind, call.sinks[kind]);
    assert.equal(inbound[kind].packetsReceived, sent[kind], `${kind} packets at the service`);
  }
}

describe('sections that are not bundled, with', () => {
  const bench = new Bench();
  before(async () => {
    assert.ok(process.env.INTEROP_NAMESPACE, 'some peers leave out loopback: run it by ./namespace.sh');
    await bench.start({ browser: false });
  });
  after(() => bench.stop());

  for (const { name, extra = [] } of SPECS) {
    const spec = PEERS.find((peer) => peer.name === name);
    const connect = async (t, configuration) =>
      PeerCall.create(t, bench, [...await spec.command(), ...extra], { configuration, change: withoutGroup });

    test(`${name}, which offers`, TIMEOUT, async (t) => {
      const call = await connect(t, { bundlePolicy: 'BUNDLE_POLICY_BALANCED' });
      await call.peer.request('publish');
      await call.peer.request('channel', { label: 'theirs', messages: [] });
      const data = await call.openChannel(t, 'ours');
      await call.peerOffers(t);
      await call.connected();
      await assertOneTransportEach(call);
      await exchange(call, data);
    });

    test(`${name}, which answers`, TIMEOUT, async (t) => {
      const call = await connect(t, { bundlePolicy: 'BUNDLE_POLICY_MAX_COMPAT' });
      await call.peer.request('publish');
      const data = await call.openChannel(t, 'ours');
      for (const kind of Object.keys(LEAST)) await call.receive(kind);
      await call.serviceOffers(t);
      await call.connected();
      await assertOneTransportEach(call);
      await exchange(call, data);
    });
  }
});

describe('bundle policies, with Chromium', () => {
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  for (const iceBackend of BACKENDS) {
    for (const bundlePolicy of POLICIES) {
      test(`${iceBackend}: ${bundlePolicy} offers ${SECTIONS} transports, and one is left when the page bundles`, TIMEOUT, async (t) => {
        const call = await Call.create(t, bench, { configuration: { iceBackend, bundlePolicy } });
        const { client, peerConnectionId, page } = call;
        const [audio, video] = [await call.addSink('audio'), await call.addSink('video')];
        await call.trickleFromPage();
        await page.evaluate(() => globalThis.peer.publish({ audio: true, video: true }));
        for (const kind of ['MEDIA_KIND_AUDIO', 'MEDIA_KIND_VIDEO']) {
          await client.peerConnections.addTransceiver({ peerConnectionId, kind, direction: 'RTP_TRANSCEIVER_DIRECTION_RECVONLY' });
        }
        await client.dataChannels.createDataChannel({ peerConnectionId, init: { label: 'service' }, dataChannelId: 'service' });
        const { offer } = await call.serviceOffers();
        const ufrags = [...offer.matchAll(/^a=ice-ufrag:(\S+)/gm)].map(([, ufrag]) => ufrag);
        assert.equal(new Set(ufrags).size, SECTIONS);
        await call.connected();
        await Promise.all([flows(audio), flows(video)]);
        const transports = await iceTransports(call);
        assert.equal(transports.length, 1);
        assert.equal(transports[0].mids.length, SECTIONS);
        await until('the channel', () => page.evaluate(() => globalThis.peer.channelState('service') === 'open'));
      });
    }

    test(`${iceBackend}: ICE restarts on each transport while media flows`, TIMEOUT, async (t) => {
      const call = await Call.create(t, bench, { configuration: { iceBackend, bundlePolicy: 'BUNDLE_POLICY_BALANCED' } });
      call.mapAnswer = withoutGroup;
      const { page } = call;
      const [audio, video] = [await call.addSink('audio'), await call.addSink('video')];
      await call.trickleFromPage();
      await page.evaluate(() => globalThis.peer.publish({ audio: true, video: true }));
      await page.evaluate(() => globalThis.peer.createChannel('page'));
      await call.pageOffers(withoutGroup);
      await call.connected();
      await Promise.all([flows(audio), flows(video)]);
      const before = await iceTransports(call);
      assert.equal(before.length, SECTIONS);
      await page.evaluate(() => globalThis.peer.connection.restartIce());
      await call.pageOffers(withoutGroup);
      const port = ({ selectedCandidatePair }) => selectedCandidatePair?.remote.port;
      await until('a pair of the new generation on each', async () =>
        (await iceTransports(call)).every((transport, i) => port(transport) && port(transport) !== port(before[i])));
      await Promise.all([flows(audio, 200), flows(video, 200)]);
      await call.connected();
      assert.equal((await iceTransports(call)).length, SECTIONS);
    });
  }
});
