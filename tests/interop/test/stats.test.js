// Both ends' statistics (webrtc-stats) of one call, over a way that loses and delays.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';
import { impair } from '../support/impair.js';

const TIMEOUT = { timeout: 120_000 };
const DELAY_MS = 30; // Each way.
const LEAST_ROUND_TRIP = (2 * DELAY_MS) / 1000;
const MOST_ROUND_TRIP = LEAST_ROUND_TRIP + 0.2; // What a busy machine may add.
const VIDEO = 'MEDIA_KIND_VIDEO';

// The page's entries by type; there is one of each.
const ofPage = (call) => call.page.evaluate(async () => {
  const found = {};
  for (const entry of (await globalThis.peer.connection.getStats()).values()) {
    if (entry.type !== 'candidate-pair' || entry.nominated) found[entry.type] = entry;
  }
  return found;
});

async function ofService(call) {
  const { report } = await call.client.peerConnections.getStats({ peerConnectionId: call.peerConnectionId });
  return report.stats;
}

// Whether two ends of one stream tell the same of its pictures now; each counts its own last second.
const RATE_TOLERANCE = 5; // Frames.
const isSamePicture = (page, service) =>
  page.frameWidth > 0 && page.frameWidth === service.frameWidth && page.frameHeight === service.frameHeight
  && service.framesPerSecond > 0 && Math.abs(page.framesPerSecond - service.framesPerSecond) <= RATE_TOLERANCE;

const entryOf = (stats, member) => Object.values(stats).find((entry) => entry[member])?.[member];

describe('statistics of a call with Chromium', () => {
  const bench = new Bench();
  let call;
  before(() => bench.start());
  after(() => bench.stop());

  test('of what the page sends: packets, bytes, loss, jitter, requests', TIMEOUT, async (t) => {
    call = await Call.create(t, bench);
    const { peerConnectionId, client, page } = call;
    await client.media.createLocalTrack({ peerConnectionId, trackId: 'clip', kind: VIDEO, source: { test: {} } });
    await client.peerConnections.addTrack({ peerConnectionId, trackId: 'clip', streamIds: ['stream'] });
    await call.addSink('video', { maxReorderDelay: { seconds: 0, nanos: 500_000_000 } }); // Who waits, asks for what is missing.
    const { relay, pageOffers } = impair(t, call, ['--up-loss=0.02', `--delay-ms=${DELAY_MS}`, '--seed=5']);
    await page.evaluate(() => globalThis.peer.publish({ video: true }));
    await pageOffers();
    await call.connected();
    await page.evaluate(() => globalThis.peer.play());
    await until('packets and losses', async () => {
      const { packetsReceived = 0, packetsLost = 0 } = entryOf(await ofService(call), 'inboundRtp') ?? {};
      return packetsReceived > 1500 && packetsLost >= 0 && (await (await relay).command('counters')).up.lost > 20;
    }, { timeoutMs: 60_000 });

    const first = await ofService(call);
    const later = await until('news', async () => {
      const report = await ofService(call);
      return entryOf(report, 'inboundRtp').packetsReceived > entryOf(first, 'inboundRtp').packetsReceived && report;
    });
    assert.deepEqual(Object.keys(first).filter((id) => !(id in later)), [], 'ids stay');
    const counters = ['packetsReceived', 'bytesReceived', 'headerBytesReceived', 'nackCount', 'pliCount', 'framesReceived',
      'retransmittedPacketsReceived', 'keyFramesReceived'];
    for (const name of counters) {
      const [before, now] = [first, later].map((stats) => Number(entryOf(stats, 'inboundRtp')[name] ?? 0));
      assert.ok(now >= before, `${name}: ${before}, then ${now}`);
    }

    // Round trips of media that still flows.
    const rounds = await until('round trips', async () => {
      const [theirs, stats] = [await ofPage(call), await ofService(call)];
      const all = [theirs['remote-inbound-rtp']?.roundTripTime, theirs['candidate-pair'].currentRoundTripTime,
        entryOf(stats, 'remoteInboundRtp')?.roundTripTime, entryOf(stats, 'remoteOutboundRtp')?.roundTripTime];
      return all.every((seconds) => seconds > 0) && all;
    });
    for (const seconds of rounds) {
      assert.ok(seconds >= LEAST_ROUND_TRIP && seconds < MOST_ROUND_TRIP, `round trips of ${rounds} s`);
    }

    await until('the same pictures at both ends', async () => {
      const [{ 'outbound-rtp': sent }, stats] = [await ofPage(call), await ofService(call)];
      return isSamePicture(sent, entryOf(stats, 'inboundRtp'));
    }, { intervalMs: 200 });

    await page.evaluate(() => globalThis.peer.stopSending());
    const { theirs, ours } = await until('both ends agree', async () => {
      const [theirs, ours] = [await ofPage(call), entryOf(await ofService(call), 'inboundRtp')];
      const { packetsLost } = theirs['remote-inbound-rtp'];
      const same = packetsLost === Number(ours.packetsLost) && theirs['outbound-rtp'].nackCount === Number(ours.nackCount);
      return same && { theirs, ours };
    }, { timeoutMs: 20_000, intervalMs: 200 });
    const sent = theirs['outbound-rtp'];
    const { up } = await (await relay).command('counters');
    const missing = sent.packetsSent - Number(ours.packetsReceived);
    assert.ok(missing > 0 && missing <= up.lost, `${missing} packets missing, ${up.lost} lost on the way`);
    assert.equal(ours.ssrc, sent.ssrc);
    assert.ok(ours.bytesReceived < sent.bytesSent);
    assert.ok(Math.abs(ours.jitter - theirs['remote-inbound-rtp'].jitter) < 0.005,
      `jitter ${ours.jitter} here, ${theirs['remote-inbound-rtp'].jitter} told to the page`);
    assert.ok(ours.nackCount > 0);
    assert.equal(Number(ours.pliCount), sent.pliCount);
    assert.equal(Number(ours.firCount ?? 0), sent.firCount);
    assert.ok(sent.retransmittedPacketsSent > 0);
    assert.ok(ours.retransmittedPacketsReceived > 0); // With what probes the path; the page counts without.
  });

  test('of what the service sends: packets, bytes, loss', TIMEOUT, async (t) => {
    call = await Call.create(t, bench);
    const { peerConnectionId, client } = call;
    await client.media.createLocalTrack({ peerConnectionId, trackId: 'clip', kind: VIDEO, source: { test: {} } });
    const { sender } = (await client.peerConnections.addTrack({ peerConnectionId, trackId: 'clip', streamIds: [] })).transceiver;
    await call.trickleFromPage();
    await call.serviceOffers();
    await call.connected();
    await call.page.evaluate(() => globalThis.peer.play());
    await until('packets', async () => ((await ofPage(call))['inbound-rtp']?.packetsReceived ?? 0) > 300, { timeoutMs: 30_000 });
    await until('the same pictures at both ends', async () => {
      const [{ 'inbound-rtp': received }, stats] = [await ofPage(call), await ofService(call)];
      const source = entryOf(stats, 'mediaSource');
      return isSamePicture(received, entryOf(stats, 'outboundRtp')) && source.width === received.frameWidth
        && source.height === received.frameHeight && source.framesPerSecond > 0;
    }, { intervalMs: 200 });
    // The page, which sends nothing, has it from RTCP XR (RFC 3611).
    await until('a round trip of the page', async () =>
      (await ofPage(call))['remote-outbound-rtp']?.roundTripTimeMeasurements > 0, { intervalMs: 200 });
    await client.peerConnections.replaceTrack({ peerConnectionId, senderId: sender.senderId });
    const { theirs, ours, told } = await until('both ends agree', async () => {
      const [theirs, stats] = [await ofPage(call), await ofService(call)];
      const [ours, told] = [entryOf(stats, 'outboundRtp'), entryOf(stats, 'remoteInboundRtp')];
      const { packetsReceived } = theirs['inbound-rtp'];
      const same = packetsReceived === Number(ours.packetsSent) && packetsReceived === Number(told.packetsReceived);
      return same && { theirs: theirs['inbound-rtp'], ours, told };
    }, { timeoutMs: 20_000, intervalMs: 200 });
    await until('both ends tell the same of the pair', async () => {
      const [{ 'candidate-pair': theirs }, stats] = [await ofPage(call), await ofService(call)];
      const { selectedCandidatePairId, iceBackend } = entryOf(stats, 'transport');
      const { candidatePair: ours } = stats[selectedCandidatePairId];
      if (iceBackend === 'ICE_BACKEND_FULL') return ours.nominated && ours.requestsReceived === undefined; // libnice does not tell.
      const asked = theirs.requestsSent; // Chromium counts those of consent among them.
      return ours.nominated && asked === Number(ours.requestsReceived) && asked === Number(ours.responsesSent)
        && theirs.responsesReceived === asked && Number(ours.requestsSent) === 0;
    }, { timeoutMs: 20_000, intervalMs: 200 });
    assert.equal(theirs.bytesReceived, Number(ours.bytesSent));
    assert.equal(theirs.headerBytesReceived, Number(ours.headerBytesSent));
    assert.equal(theirs.packetsLost, 0);
    assert.equal(Number(told.packetsLost), 0);
    assert.equal(theirs.framesReceived, Number(ours.framesSent));
    assert.ok(theirs.keyFramesDecoded <= Number(ours.keyFramesSent));
    assert.equal(theirs.pliCount, Number(ours.pliCount ?? 0));
  });

  test('full ICE tells the round trip of its checks, over the same way', TIMEOUT, async (t) => {
    call = await Call.create(t, bench, { configuration: { iceBackend: 'ICE_BACKEND_FULL' } });
    const { pageOffers } = impair(t, call, [`--delay-ms=${DELAY_MS}`]);
    await call.page.evaluate(() => globalThis.peer.publish({ video: true }));
    await pageOffers();
    await call.connected();
    const pair = await until('answers', async () => {
      const stats = await ofService(call);
      const { candidatePair } = stats[entryOf(stats, 'transport').selectedCandidatePairId] ?? {};
      return Number(candidatePair?.responsesReceived ?? 0) >= 2 && candidatePair;
    }, { timeoutMs: 20_000, intervalMs: 200 });
    const answers = Number(pair.responsesReceived);
    assert.ok(answers <= Number(pair.consentRequestsSent), `${answers} of ${pair.consentRequestsSent}`);
    for (const seconds of [pair.currentRoundTripTime, pair.totalRoundTripTime / answers]) {
      assert.ok(seconds >= LEAST_ROUND_TRIP && seconds < MOST_ROUND_TRIP, `a round trip of ${seconds} s`);
    }
    assert.equal(pair.requestsSent ?? null, null, 'not told');
  });
});
