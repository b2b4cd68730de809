import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { delay, until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';
import { impair } from '../support/impair.js';

const TIMEOUT = { timeout: 180_000 };
// So busy that it takes all of the 2.5 Mbit/s where the network lets it, yet each of its 30 frames a second fits into less
// than half of that: what arrives tells what the sender believes of the network.
const PICTURE = { width: 640, height: 480, maxBitrate: 2_500_000, patches: 30 };

// What the page's sender goes by: its own estimate from when each packet arrived, or ours, from when it was sent (abs-send-time).
const FEEDBACK = [
  { feedback: 'transport-cc' },
  {
    feedback: 'goog-remb',
    change: (sdp) => sdp.replace(/^a=(rtcp-fb:\d+ transport-cc|extmap:\d+ \S*transport-wide-cc\S*)\r\n/gm, ''),
  },
];
const kbits = (bitrate) => `${Math.round(bitrate / 1000)} kbit/s`;

// What each end believes of the way from the page to the service.
async function availableBitrates(call) {
  const { report: { stats } } = await call.client.peerConnections.getStats({ peerConnectionId: call.peerConnectionId });
  const { transport } = Object.values(stats).find((entry) => entry.transport);
  const ours = stats[transport.selectedCandidatePairId].candidatePair.availableIncomingBitrate;
  const theirs = await call.page.evaluate(async () => {
    const entries = await globalThis.peer.connection.getStats();
    const { selectedCandidatePairId } = [...entries.values()].find(({ type }) => type === 'transport');
    return entries.get(selectedCandidatePairId).availableOutgoingBitrate;
  });
  return { ours, theirs };
}

// Through a relay, with a video sink in order.
async function publishThrough(t, bench, flags, { change } = {}) {
  const call = await Call.create(t, bench);
  const sink = await call.addSink('video', { maxReorderDelay: { seconds: 0, nanos: 500_000_000 } });
  const { relay, pageOffers } = impair(t, call, flags);
  await call.page.evaluate((picture) => globalThis.peer.publishNoise(picture), PICTURE);
  await pageOffers(change);
  await call.connected();
  await until('video', () => sink.packets > 20, { timeoutMs: 30_000 });
  return { call, sink, relay: await relay };
}

// The longest time without the end of a frame at the sink, while it runs.
function watchFrames(sink) {
  let markers = sink.markers;
  let last = performance.now();
  const watch = { longestMs: 0 };
  const timer = setInterval(() => {
    if (sink.markers !== markers) last = performance.now();
    markers = sink.markers;
    watch.longestMs = Math.max(watch.longestMs, performance.now() - last);
  }, 20);
  watch.stop = () => clearInterval(timer);
  return watch;
}

describe('Chromium publishes over a bad network', () => {
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  test('2 % of loss are repaired by retransmission', TIMEOUT, async (t) => {
    const { call, sink, relay } = await publishThrough(t, bench, ['--up-loss=0.02', '--delay-ms=20', '--seed=7']);
    await until('packets', () => sink.packets > 3000, { timeoutMs: 60_000 });
    const { up } = await relay.command('counters');
    assert.ok(up.lost > 30, `${up.lost} lost`);
    const share = sink.sequence.missing / sink.packets;
    assert.ok(share < 0.002, `${sink.sequence.missing} of ${sink.packets} missing at the sink`);
    assert.equal(sink.sequence.reordered, 0);
    assert.equal(sink.sequence.duplicates, 0);
    const { video } = await call.inbound();
    assert.ok(video.nackCount > 10, `${video.nackCount} NACKs`);
  });

  for (const { feedback, change } of FEEDBACK) {
    test(`with 2 % of loss and a cap of 1 Mbit/s the rate settles near it and the picture never stops, by ${feedback}`, TIMEOUT, async (t) => {
      const cap = 1_000_000;
      const { call, sink, relay } = await publishThrough(t, bench,
        ['--up-loss=0.02', `--up-rate-bps=${cap}`, '--up-queue-bytes=65536', '--delay-ms=20', '--seed=11'], { change });
      const { peerConnection } = await call.client.peerConnections.get({ peerConnectionId: call.peerConnectionId });
      for (const { sdp } of [peerConnection.remoteDescription, peerConnection.localDescription]) {
        assert.deepEqual(FEEDBACK.map(({ feedback: name }) => sdp.includes(`${name}\r\n`)), [feedback === 'transport-cc', true]);
      }
      await delay(20_000);
      const before = await relay.command('counters');
      const [begin, bytes, markers, watch] = [performance.now(), sink.payloadBytes, sink.markers, watchFrames(sink)];
      await delay(20_000);
      watch.stop();
      const seconds = (performance.now() - begin) / 1000;
      const rate = ((sink.payloadBytes - bytes) * 8) / seconds;
      const after_ = await relay.command('counters');
      const full = after_.up.queueFull - before.up.queueFull;
      const { video } = await call.page.evaluate(() => globalThis.peer.outbound());
      const available = await availableBitrates(call);
      t.diagnostic(`${kbits(rate)} and ${((sink.markers - markers) / seconds).toFixed(1)} frames/s at the sink, ` +
        `longest pause ${Math.round(watch.longestMs)} ms, ` +
        `${full} of ${after_.up.offered - before.up.offered} packets found the queue full, ` +
        `the page is held back by ${video.qualityLimitationReason}; ` +
        `available: ${Object.entries(available).map(([end, bitrate]) => `${bitrate ? kbits(bitrate) : 'unknown'} (${end})`).join(', ')}`);
      assert.ok(Math.abs(rate - cap) <= 0.3 * cap, kbits(rate));
      assert.ok(watch.longestMs < 2_000, `no frame for ${Math.round(watch.longestMs)} ms`);
      if (feedback === 'transport-cc') {
        assert.equal(available.ours, undefined);
      } else {
        for (const bitrate of Object.values(available)) assert.ok(Math.abs(bitrate - cap) <= 0.3 * cap, kbits(bitrate));
      }
    });
  }

  test('after a blackout of half a second the picture comes back', TIMEOUT, async (t) => {
    const { sink, relay } = await publishThrough(t, bench, ['--delay-ms=10', '--seed=3']);
    const watch = watchFrames(sink);
    await relay.command('blackout 500');
    await until('the dark', () => watch.longestMs > 400, { timeoutMs: 10_000 });
    const { markers } = sink;
    await until('frames after the blackout', () => sink.markers > markers + 30, { timeoutMs: 10_000 });
    watch.stop();
    assert.ok((await relay.command('counters')).up.blackedOut > 0);
  });
});
