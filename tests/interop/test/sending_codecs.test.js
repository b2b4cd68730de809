// Each codec that Chromium has, the whole way: published by one page, at a sink that is the UDP source of a local track of
// another connection, and decoded by another page.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startChild } from '../../../clients/node/demo/lib/child.js';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';
import { impair } from '../support/impair.js';

const TIMEOUT = { timeout: 120_000 };
const KINDS = { video: 'MEDIA_KIND_VIDEO', audio: 'MEDIA_KIND_AUDIO' };
const CODECS = {
  video: {
    VP8: { clockRate: 90_000 },
    VP9: { clockRate: 90_000 },
    H264: { clockRate: 90_000 },
    AV1: { clockRate: 90_000 },
    H265: { clockRate: 90_000 },
  },
  audio: {
    opus: { clockRate: 48_000, channels: 2 },
    G722: { clockRate: 8_000 },
    PCMU: { clockRate: 8_000 },
    PCMA: { clockRate: 8_000 },
  },
};
// What Debian's Chromium has wherever it runs; H.265 depends on the machine.
const ALWAYS = { video: ['VP8', 'VP9', 'H264', 'AV1'], audio: ['opus', 'G722', 'PCMU', 'PCMA'] };

// Of those, what Debian's ffmpeg sends with ease beside a browser.
const ENCODERS = {
  VP8: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8'],
  H264: ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline', '-pix_fmt', 'yuv420p'],
};

const inbound = (call, kind) => call.page.evaluate((which) => globalThis.peer.inbound().then((all) => all[which] ?? {}), kind);

/** Makes a local track from a UDP source and sends it. @returns {Promise<{host: string, port: number}>} Where it is fed. */
async function sendFromUdp(call, kind, codec) {
  const { client, peerConnectionId } = call;
  const { track } = await client.media.createLocalTrack({
    peerConnectionId,
    trackId: kind,
    kind: KINDS[kind],
    source: { udp: { codec } },
  });
  await client.peerConnections.addTrack({ peerConnectionId, trackId: kind, streamIds: ['stream'] });
  return track.source.localRtp;
}

async function publish(t, bench, kind, name, destination) {
  const call = await Call.create(t, bench);
  await call.client.media.createSink({
    peerConnectionId: call.peerConnectionId,
    spec: { sinkId: kind, selector: { kindAndOrdinal: { kind: KINDS[kind], ordinal: 0 } }, destination },
  });
  await call.trickleFromPage();
  await call.page.evaluate((which) => globalThis.peer.publish({ [which]: true }), kind);
  await call.page.evaluate(([which, codec]) => globalThis.peer.prefer(which, codec), [kind, name]);
  await call.pageOffers();
  await call.connected();
}

/** Plays what is going to come. */
async function play(call) {
  await call.connected();
  await call.page.evaluate(() => {
    void globalThis.peer.play({ muted: false });
  });
}

describe('Chromium receives each codec that it has', () => {
  const bench = new Bench();
  const supported = {};
  before(async () => {
    await bench.start();
    const page = await bench.browser.newPage();
    await page.goto(bench.url);
    for (const kind of Object.keys(KINDS)) {
      supported[kind] = await page.evaluate((which) => globalThis.peer.codecsToSend(which), kind);
    }
    await page.close();
  });
  after(() => bench.stop());

  for (const kind of Object.keys(KINDS)) {
    test(`${kind}: all that it has are sent`, TIMEOUT, async (t) => {
      for (const name of ALWAYS[kind]) assert.ok(supported[kind].includes(name), `Chromium has no ${name}`);
      for (const name of supported[kind]) {
        await t.test(`${name}: every packet arrives and is decoded`, TIMEOUT, (t2) => checkCodec(t2, kind, name));
      }
    });
  }

  async function checkCodec(t, kind, name) {
    const mimeType = `${kind}/${name}`;
    const viewer = await Call.create(t, bench);
    const source = await sendFromUdp(viewer, kind, { mimeType, ...CODECS[kind][name] });
    await viewer.trickleFromPage();
    await viewer.serviceOffers();
    await play(viewer);
    await publish(t, bench, kind, name, source);
    await until(`${name} is decoded`, async () => {
      const { framesDecoded = 0, totalAudioEnergy = 0, packetsReceived = 0 } = await inbound(viewer, kind);
      return kind === 'video' ? framesDecoded >= 40 : totalAudioEnergy > 0 && packetsReceived > 100;
    }, { timeoutMs: 40_000 });
    assert.equal((await inbound(viewer, kind)).packetsLost, 0);
    const codecs = (await viewer.stats('STATS_TYPE_CODEC')).map(({ codec }) => codec.mimeType.toLowerCase());
    assert.deepEqual(codecs, [mimeType.toLowerCase()]);
  }
});

describe('Chromium receives over a bad network', () => {
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  for (const [name, flags] of Object.entries(ENCODERS)) {
    test(`${name}: 3 % of loss are repaired by retransmission`, TIMEOUT, (t) => checkRepair(t, name, flags));
  }

  async function checkRepair(t, name, flags) {
    const call = await Call.create(t, bench);
    const source = await sendFromUdp(call, 'video', { mimeType: `video/${name}`, ...CODECS.video[name] });
    const ffmpeg = startChild('ffmpeg', [
      ...['-nostdin', '-loglevel', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=30'],
      ...[...flags, '-b:v', '1M', '-g', '300'],
      ...['-f', 'rtp', `rtp://127.0.0.1:${source.port}?pkt_size=1200`],
    ], { stdio: 'ignore' });
    t.after(() => ffmpeg.stop());
    const { relay, pageOffers } = impair(t, call, ['--down-loss=0.03', '--delay-ms=15', '--seed=5']);
    await call.page.evaluate((codec) => {
      globalThis.peer.connection.addTransceiver('video', { direction: 'recvonly' });
      globalThis.peer.prefer('video', codec);
    }, name);
    await pageOffers();
    await play(call);
    await until('pictures', async () => (await inbound(call, 'video')).framesDecoded > 5, { timeoutMs: 30_000 });
    const begun = await inbound(call, 'video');
    await until('media', async () => (await inbound(call, 'video')).packetsReceived > begun.packetsReceived + 1500, {
      timeoutMs: 60_000,
    });
    const page = await inbound(call, 'video');
    const { down } = await (await relay).command('counters');
    const [{ outboundRtp }] = await call.stats('STATS_TYPE_OUTBOUND_RTP');
    t.diagnostic(`${down.lost} lost, ${page.retransmittedPacketsReceived} came again, ${page.framesDecoded} of ` +
      `${page.framesReceived} frames decoded, ${page.keyFramesDecoded} key frames, frozen ${page.totalFreezesDuration} s`);
    assert.ok(down.lost > 25, `${down.lost} lost`);
    assert.ok(page.nackCount > 10, `${page.nackCount} NACKs`);
    assert.ok(page.retransmittedPacketsReceived > 0.7 * down.lost, `${page.retransmittedPacketsReceived} came again`);
    assert.ok(Number(outboundRtp.retransmittedPacketsSent) >= page.retransmittedPacketsReceived);
    assert.ok(page.framesDecoded > 0.95 * page.framesReceived, 'frames decoded');
    // What cannot be repaired stops the picture until there is a key frame, which Chromium then asks for.
    assert.equal(page.pliCount, begun.pliCount, 'Chromium had to ask for a key frame');
    assert.ok(page.totalFreezesDuration < 1, `frozen for ${page.totalFreezesDuration} s`);
  }
});
