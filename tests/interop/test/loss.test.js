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
// What a network does beside losing packets.
const DISORDER = ['--jitter-ms=15', '--up-reorder=0.03', '--up-reorder-delay-ms=20', '--up-duplicate=0.03'];

/**
 * Without retransmission in a stream of its own: what is asked for again comes as the packet that it was. It is without
 * transport-cc, too: by that Chromium probes the path with packets of padding, which without RTX have numbers of the
 * media, and which it does not send again.
 */
function withoutRtx(sdp) {
  const types = [...sdp.matchAll(/^a=rtpmap:(\d+) rtx\/90000\r\n/gm)].map(([, type]) => type);
  assert.ok(types.length > 0, 'an offer with RTX');
  const repairs = [...sdp.matchAll(/^a=ssrc-group:FID \d+ (\d+)\r\n/gm)].map(([, ssrc]) => ssrc);
  return FEEDBACK.find(({ change }) => change).change(sdp)
    .replace(/^m=video.*$/gm, (line) => line.split(' ').filter((word, i) => i < 3 || !types.includes(word)).join(' '))
    .replace(new RegExp(`^a=(rtpmap|fmtp|rtcp-fb):(${types.join('|')}) .*\r\n`, 'gm'), '')
    .replace(new RegExp(`^a=(ssrc-group:FID .*|ssrc:(${repairs.join('|')}) .*)\r\n`, 'gm'), '');
}

// `packets`: how many have to come; fewer where Chromium takes its time to send more.
const REPAIRED = [
  { name: '2 % of loss are repaired by retransmission', packets: 3000, rtx: true },
  { name: 'so they are where packets come in disorder and twice, too', packets: 3000, flags: DISORDER, rtx: true },
  { name: 'so they are without RTX', packets: 1500, flags: DISORDER, change: withoutRtx, rtx: false },
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

  for (const { name, packets, flags = [], change, rtx } of REPAIRED) {
    test(name, TIMEOUT, async (t) => {
      const { call, sink, relay } = await publishThrough(t, bench,
        ['--up-loss=0.02', '--delay-ms=20', '--seed=7', ...flags], { change });
      await until('packets', () => sink.packets > packets, { timeoutMs: 60_000 });
      const { up } = await relay.command('counters');
      const { video } = await call.inbound();
      const { video: sent } = await call.outbound();
      t.diagnostic(`${up.lost} of ${up.offered} lost, ${up.reordered} overtaken, ${up.duplicated} twice; ` +
        `${video.nackCount} NACKs, ${sent.retransmittedPacketsSent} came again, ${sink.sequence.missing} missing at the sink`);
      const impaired = flags === DISORDER ? ['lost', 'reordered', 'duplicated'] : ['lost'];
      for (const count of impaired) assert.ok(up[count] > packets / 100, `${up[count]} ${count}`);
      const share = sink.sequence.missing / sink.packets;
      assert.ok(share < 0.002, `${sink.sequence.missing} of ${sink.packets} missing at the sink`);
      assert.equal(sink.sequence.reordered, 0);
      assert.equal(sink.sequence.duplicates, 0);
      assert.ok(video.nackCount > 10, `${video.nackCount} NACKs`);
      assert.ok(sent.retransmittedPacketsSent > 10, `${sent.retransmittedPacketsSent} came again`);
      // Only RTX tells what comes again from what is late.
      assert.equal(Number(video.retransmittedPacketsReceived ?? 0) > 10, rtx);
    });
  }

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
