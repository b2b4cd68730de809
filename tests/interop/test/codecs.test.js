import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { av1Units } from '../support/av1.js';
import { Bench } from '../support/bench.js';
import { Call, openPage } from '../support/call.js';
import { Capture, decodeStereo, decodeVideo } from '../support/capture.js';
import { SinkDecoder } from '../support/decode.js';
import { assertAllArrived } from '../support/media.js';

const TIMEOUT = { timeout: 120_000 };
const CODECS = {
  video: {
    VP8: { rtpmap: /a=rtpmap:\d+ VP8\/90000\r\n/ },
    // Of Chromium's flexible mode (RFC 9628, 4.2) Debian's ffmpeg decodes the first picture only.
    VP9: { rtpmap: /a=rtpmap:\d+ VP9\/90000\r\n/, decoder: 'gstreamer' },
    H264: { rtpmap: /a=rtpmap:\d+ H264\/90000\r\na=fmtp:\d+ \S*packetization-mode=\d/ },
    // Debian has no RTP for it: its units are put together here.
    AV1: { rtpmap: /a=rtpmap:\d+ AV1\/90000\r\n/, decoder: 'file' },
    H265: { rtpmap: /a=rtpmap:\d+ H265\/90000\r\n/ },
  },
  audio: {
    opus: { rtpmap: /a=rtpmap:\d+ opus\/48000\/2\r\n/ },
    G722: { rtpmap: /a=rtpmap:9 G722\/8000\r\n/ },
    PCMU: { rtpmap: /a=rtpmap:0 PCMU\/8000\r\n/ },
    PCMA: { rtpmap: /a=rtpmap:8 PCMA\/8000\r\n/ },
  },
};
// What Debian's Chromium has wherever it runs; H.265 depends on the machine.
const ALWAYS = { video: ['VP8', 'VP9', 'H264', 'AV1'], audio: ['opus', 'G722', 'PCMU', 'PCMA'] };

// Packets of telephone events (RFC 4733, 2.3), those of one event together: they have its beginning as timestamp.
function tonesOf(packets) {
  const tones = new Map();
  for (const { timestamp, marker, payloadType, payload } of packets) {
    if (!tones.has(timestamp)) tones.set(timestamp, []);
    tones.get(timestamp).push({
      payloadType, marker, length: payload.length,
      code: payload[0], end: (payload[1] & 0x80) !== 0, duration: payload.readUInt16BE(2),
    });
  }
  return [...tones.values()];
}

async function publishWith(t, bench, kind, codec) {
  const call = await Call.create(t, bench);
  const capture = new Capture(await call.addSink(kind));
  await call.trickleFromPage();
  await call.page.evaluate((which) => globalThis.peer.publish({ [which]: true }), kind);
  await call.page.evaluate(([which, name]) => globalThis.peer.prefer(which, name), [kind, codec]);
  await call.pageOffers();
  await call.connected();
  return { call, capture };
}

describe('Chromium publishes each codec that it has', () => {
  const bench = new Bench();
  const supported = {};
  let directory;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'pcd-codecs-'));
    await bench.start();
    const page = await bench.browser.newPage();
    await page.goto(bench.url);
    for (const kind of ['video', 'audio']) {
      supported[kind] = await page.evaluate((which) => globalThis.peer.codecsToSend(which), kind);
    }
    await page.close();
  });
  after(async () => {
    if (directory) await rm(directory, { recursive: true });
    await bench.stop();
  });

  for (const kind of ['video', 'audio']) {
    test(`${kind}: all that it has are known here`, TIMEOUT, async (t) => {
      for (const name of ALWAYS[kind]) assert.ok(supported[kind].includes(name), `Chromium has no ${name}`);
      for (const name of supported[kind]) {
        assert.ok(name in CODECS[kind], `Chromium sends ${name}`);
        await t.test(`${name}: every packet arrives and is decoded`, TIMEOUT, (t2) => checkCodec(t2, kind, name));
      }
    });
  }

  async function checkCodec(t, kind, name) {
    const { rtpmap, decoder: program = 'ffmpeg' } = CODECS[kind][name];
    const { call, capture } = await publishWith(t, bench, kind, name);
    const sink = call.sinks[kind];
    await until(`${name} at the sink`, () => sink.packets > 60, { timeoutMs: 40_000 });
    const { sdp } = await call.client.media.getSinkSdp({ peerConnectionId: call.peerConnectionId, sinkIds: [kind] });
    assert.match(sdp, rtpmap);
    if (name === 'H264') assert.match(sdp, /sprop-parameter-sets=\S+,\S+/);
    if (program !== 'file') {
      const decoder = await SinkDecoder.start(t, call, kind, program);
      await until(`${name} decoded`, () => (kind === 'video' ? decoder.frames >= 20 : decoder.seconds >= 2), {
        timeoutMs: 40_000,
      });
    }
    const sent = await call.stopSending();
    await assertAllArrived(call, { [kind]: sent[kind] });
    if (program === 'file') {
      const units = av1Units(capture);
      assert.equal(await decodeVideo(units, join(directory, name), 'AV01'), units.length, 'frames decoded');
    }
    assert.equal(sink.payloadTypes.size, 1);
    const codecs = (await call.stats('STATS_TYPE_CODEC')).map(({ codec }) => codec.mimeType.toLowerCase());
    assert.deepEqual(codecs, [`${kind}/${name.toLowerCase()}`]);
  }

  test('telephone events reach the audio sink beside the audio', TIMEOUT, async (t) => {
    const call = await Call.forConnection(t, bench, (await bench.client.peerConnections.create({})).peerConnection.peerConnectionId,
      await openPage(t, bench));
    const sink = await call.addSink('audio');
    const packets = [];
    sink.onPacket = (packet, payload) => packets.push({ ...packet, payload });
    await call.trickleFromPage();
    await call.page.evaluate(() => globalThis.peer.publish({ audio: true }));
    await call.pageOffers();
    await call.connected();
    await until('audio', () => sink.packets > 20);
    const { sdp } = await call.client.media.getSinkSdp({ peerConnectionId: call.peerConnectionId, sinkIds: ['audio'] });
    const rates = new Map([...sdp.matchAll(/a=rtpmap:(\d+) telephone-event\/(\d+)\r\n/g)]
      .map(([, type, rate]) => [Number(type), Number(rate)]));
    const TONE_MS = 400;
    await call.page.evaluate((duration) => {
      const [sender] = globalThis.peer.connection.getSenders();
      sender.dtmf.insertDTMF('1#', duration, 50);
    }, TONE_MS);
    const tones = () => tonesOf(packets.filter(({ payloadType }) => rates.has(payloadType)));
    await until('the end of both', () => tones().filter((tone) => tone.filter(({ end }) => end).length === 3).length === 2);
    const sent = await call.stopSending();
    assert.equal(sink.sequence.missing, 0);
    assert.equal(sink.packets, sent.audio.packetsSent);

    assert.deepEqual(tones().map((tone) => tone[0].code), [1, 11]); // '#' is 11 (RFC 4733, 3.2).
    for (const tone of tones()) {
      const [{ code, payloadType }] = tone;
      t.diagnostic(`event ${code}, ${rates.get(payloadType)} Hz: ` +
        tone.map(({ duration, end }) => `${duration}${end ? ' at the end' : ''}`).join(', '));
      const ends = tone.filter(({ end }) => end);
      const growing = tone.slice(0, tone.length - ends.length);
      assert.ok(growing.length > 1, 'packets before the end');
      for (const [i, packet] of tone.entries()) {
        assert.deepEqual([packet.code, packet.payloadType, packet.length], [code, payloadType, 4], `packet ${i}`);
        assert.equal(packet.marker, i === 0, `the marker of packet ${i}`); // RFC 4733, 2.5.1.2.
        assert.equal(packet.end, i >= growing.length, `the end at packet ${i}`);
      }
      const durations = growing.map(({ duration }) => duration);
      for (let i = 1; i < durations.length; ++i) assert.ok(durations[i] > durations[i - 1], `a duration of ${durations}`);
      assert.equal(ends.length, 3); // RFC 4733, 2.5.1.4.
      for (const { duration } of ends) assert.equal(duration, ends[0].duration);
      // Chromium counts by packets of audio, and ends with the one that completes the time.
      const wanted = (TONE_MS / 1000) * rates.get(payloadType);
      assert.ok(durations.at(-1) < wanted && ends[0].duration >= wanted, `${ends[0].duration} of ${wanted}`);
      assert.ok(ends[0].duration - durations.at(-1) <= durations[0], `${ends[0].duration} after ${durations}`);
    }
  });

  test('Opus in stereo, with pauses in silence (DTX)', TIMEOUT, async (t) => {
    const call = await Call.create(t, bench);
    const sink = await call.addSink('audio');
    const capture = new Capture(sink);
    await call.trickleFromPage();
    await call.page.evaluate(() => globalThis.peer.publishStereo());
    // What the service echoes is what Chromium then does: it is the receiver who asks (RFC 7587, 7).
    await call.pageOffers((sdp) => sdp.replace('useinbandfec=1', 'useinbandfec=1;stereo=1;usedtx=1'));
    await call.connected();
    await until('sound', () => sink.packets > 50);
    await call.page.evaluate(() => globalThis.peer.setLoudness(0));
    const steps = () => capture.packets.slice(1).map(({ timestamp }, i) => (timestamp - capture.packets[i].timestamp) >>> 0);
    await until('a pause', () => steps().filter((step) => step > 10_000).length >= 2);
    await call.page.evaluate(() => globalThis.peer.setLoudness(1));
    const { packets } = sink;
    await until('sound again', () => sink.packets > packets + 50);
    const sent = await call.stopSending();
    await assertAllArrived(call, { audio: sent.audio });
    for (const step of steps()) assert.equal(step % 960, 0, 'a packet is of 20 ms');
    // The left side is an octave below the right one. It begins with silence.
    const { left, right } = await decodeStereo(capture.payloads, join(directory, 'stereo'));
    t.diagnostic(`${capture.packets.length} packets, ${left} Hz and ${right} Hz`);
    assert.ok(Math.abs(left - 440) < 60, `${left} Hz on the left`);
    assert.ok(Math.abs(right - 880) < 60, `${right} Hz on the right`);
  });
});
