import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startChild } from '../../../clients/node/demo/lib/child.js';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';

const TIMEOUT = { timeout: 90_000 };
const KINDS = { video: 'MEDIA_KIND_VIDEO', audio: 'MEDIA_KIND_AUDIO' };
const VP8 = { mimeType: 'video/VP8', clockRate: 90_000 };

const inbound = (call) => call.page.evaluate(() => globalThis.peer.inbound());
const directions = (call) => call.page.evaluate(() => globalThis.peer.directions());

/** Makes a local track fed by the built-in clip. */
const createClip = (call, trackId, kind) =>
  call.client.media.createLocalTrack({
    peerConnectionId: call.peerConnectionId,
    trackId,
    kind: KINDS[kind],
    source: { test: {} },
  });

/** Sends a local track. @returns {Promise<object>} The transceiver. */
async function addTrack(call, trackId) {
  const { transceiver } = await call.client.peerConnections.addTrack({
    peerConnectionId: call.peerConnectionId,
    trackId,
    streamIds: ['stream'],
  });
  return transceiver;
}

async function connect(call) {
  await call.trickleFromPage();
  await call.serviceOffers();
  await call.connected();
  await call.page.evaluate(() => globalThis.peer.play());
}

/** Waits until the page has decoded this many further frames. */
async function decodes(call, frames) {
  const before = (await inbound(call)).video?.framesDecoded ?? 0;
  await until(`${frames} further frames decoded`, async () =>
    ((await inbound(call)).video?.framesDecoded ?? 0) >= before + frames, { timeoutMs: 30_000, intervalMs: 100 });
}

describe('Chromium receives', () => {
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  test('the built-in clip: every packet, decoded, with reports both ways', TIMEOUT, async (t) => {
    const call = await Call.create(t, bench);
    for (const kind of ['video', 'audio']) {
      await createClip(call, kind, kind);
      await addTrack(call, kind);
    }
    await connect(call);
    await decodes(call, 60);
    const page = await inbound(call);
    assert.equal(page.video.packetsLost, 0);
    assert.equal(page.audio.packetsLost, 0);
    assert.equal(page.video.frameWidth, 320);
    // Samples that came out of packets, not of concealment.
    assert.ok(page.audio.jitterBufferEmittedCount > 48_000, 'sound');
    await until('sender reports at the page', async () => {
      const reports = await call.page.evaluate(() => globalThis.peer.remoteOutbound());
      return reports.video?.reportsSent > 1 && reports.audio?.reportsSent > 1;
    });
    const report = await until('receiver reports at the service', async () => {
      const entries = await call.stats('STATS_TYPE_REMOTE_INBOUND_RTP');
      return entries.length === 2 && entries.every(({ remoteInboundRtp }) => remoteInboundRtp.roundTripTime >= 0) && entries;
    });
    for (const { remoteInboundRtp } of report) assert.equal(Number(remoteInboundRtp.packetsLost), 0);
    const [outbound] = (await call.stats('STATS_TYPE_OUTBOUND_RTP')).filter(({ outboundRtp }) => outboundRtp.kind === KINDS.video);
    assert.equal(outbound.outboundRtp.ssrc, page.video.ssrc);
    assert.ok(Number(outbound.outboundRtp.packetsSent) >= page.video.packetsReceived);
  });

  test('a key frame when it asks for one', TIMEOUT, async (t) => {
    const call = await Call.create(t, bench);
    await createClip(call, 'clip', 'video');
    await addTrack(call, 'clip');
    await connect(call);
    await decodes(call, 10);
    const before = await inbound(call);
    assert.equal(await call.page.evaluate(() => globalThis.peer.requestKeyFrame()), 'asked');
    await until('a PLI was sent', async () => (await inbound(call)).video.pliCount > before.video.pliCount);
    await until('the service counted it', async () => {
      const [{ outboundRtp }] = await call.stats('STATS_TYPE_OUTBOUND_RTP');
      return Number(outboundRtp.pliCount) > 0;
    });
    await until('a key frame came', async () =>
      (await inbound(call)).video.keyFramesDecoded > before.video.keyFramesDecoded, { intervalMs: 50 });
    await decodes(call, 10);
  });

  test('what ffmpeg sends to a UDP source', TIMEOUT, async (t) => {
    const call = await Call.create(t, bench);
    const { track } = await call.client.media.createLocalTrack({
      peerConnectionId: call.peerConnectionId,
      trackId: 'ffmpeg',
      kind: KINDS.video,
      source: { udp: { codec: VP8 } },
    });
    assert.equal(track.source.state, 'SOURCE_STATE_WAITING');
    await addTrack(call, 'ffmpeg');
    const ffmpeg = startChild('ffmpeg', [
      ...['-nostdin', '-loglevel', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25'],
      ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '600k', '-g', '25'],
      ...['-f', 'rtp', '-payload_type', '100', `rtp://127.0.0.1:${track.source.localRtp.port}?pkt_size=1200`],
    ], { stdio: 'ignore' });
    t.after(() => ffmpeg.stop());
    await connect(call);
    await decodes(call, 50);
    const page = await inbound(call);
    assert.equal(page.video.packetsLost, 0);
    assert.equal(page.video.frameWidth, 640);
    const { track: now } = await call.client.media.getTrack({ peerConnectionId: call.peerConnectionId, trackId: 'ffmpeg' });
    assert.equal(now.source.state, 'SOURCE_STATE_ACTIVE');
    assert.equal(Number(now.source.packetsDiscarded), 0);
    assert.equal(now.source.remoteRtp.host, '127.0.0.1');
  });

  test('another track without another negotiation', TIMEOUT, async (t) => {
    const call = await Call.create(t, bench);
    const { peerConnectionId, client } = call;
    await createClip(call, 'one', 'video');
    await createClip(call, 'two', 'video');
    const { sender } = await addTrack(call, 'one');
    await connect(call);
    await decodes(call, 20);
    const before = await inbound(call);
    await client.peerConnections.replaceTrack({ peerConnectionId, senderId: sender.senderId, trackId: 'two' });
    await decodes(call, 20);
    const now = await inbound(call);
    assert.equal(now.video.ssrc, before.video.ssrc);
    assert.equal(now.video.packetsLost, 0);
    const { peerConnection } = await client.peerConnections.get({ peerConnectionId });
    assert.equal(peerConnection.negotiationNeeded, false);

    await client.peerConnections.replaceTrack({ peerConnectionId, senderId: sender.senderId, trackId: '' });
    let last = -1;
    await until('packets cease', async () => {
      const { packetsReceived } = (await inbound(call)).video;
      const same = packetsReceived === last;
      last = packetsReceived;
      return same;
    }, { intervalMs: 500 });
  });

  test('no media after RemoveTrack, and a direction that says so', TIMEOUT, async (t) => {
    const call = await Call.create(t, bench);
    const { peerConnectionId, client } = call;
    await createClip(call, 'clip', 'video');
    const { sender, transceiverId } = await addTrack(call, 'clip');
    await connect(call);
    await decodes(call, 10);
    assert.deepEqual((await directions(call)).map(({ currentDirection }) => currentDirection), ['recvonly']);
    await client.peerConnections.removeTrack({ peerConnectionId, senderId: sender.senderId });
    const { peerConnection } = await client.peerConnections.get({ peerConnectionId });
    assert.equal(peerConnection.negotiationNeeded, true);
    await call.serviceOffers();
    const [{ currentDirection, muted }] = await directions(call);
    assert.equal(currentDirection, 'inactive');
    assert.equal(muted, true);

    // The same sender again: addTrack would take one that has never sent.
    await client.peerConnections.replaceTrack({ peerConnectionId, senderId: sender.senderId, trackId: 'clip' });
    await client.peerConnections.setTransceiverDirection({
      peerConnectionId,
      transceiverId,
      direction: 'RTP_TRANSCEIVER_DIRECTION_SENDONLY',
    });
    await call.serviceOffers();
    await decodes(call, 10);
    assert.deepEqual((await directions(call)).map((each) => each.currentDirection), ['recvonly']);
  });
});
