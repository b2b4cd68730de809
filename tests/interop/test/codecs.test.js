import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call, openPage } from '../support/call.js';
import { SinkDecoder } from '../support/decode.js';
import { assertAllArrived } from '../support/media.js';

const TIMEOUT = { timeout: 120_000 };
const CODECS = {
  video: {
    VP8: { rtpmap: /a=rtpmap:\d+ VP8\/90000\r\n/ },
    // Of Chromium's flexible mode (RFC 9628, 4.2) Debian's ffmpeg decodes the first picture only: counted.
    VP9: { rtpmap: /a=rtpmap:\d+ VP9\/90000\r\n/, decoded: false },
    H264: { rtpmap: /a=rtpmap:\d+ H264\/90000\r\na=fmtp:\d+ \S*packetization-mode=\d/ },
    // Debian's ffmpeg has no RTP for it: only counted.
    AV1: { rtpmap: /a=rtpmap:\d+ AV1\/90000\r\n/, decoded: false },
    H265: { rtpmap: /a=rtpmap:\d+ H265\/90000\r\n/ },
  },
  audio: {
    opus: { rtpmap: /a=rtpmap:\d+ opus\/48000\/2\r\n/ },
    G722: { rtpmap: /a=rtpmap:9 G722\/8000\r\n/ },
    PCMU: { rtpmap: /a=rtpmap:0 PCMU\/8000\r\n/ },
    PCMA: { rtpmap: /a=rtpmap:8 PCMA\/8000\r\n/ },
  },
};
// What every build of Chromium sends; others depend on how it was built.
const ALWAYS = { video: ['VP8', 'VP9', 'AV1'], audio: ['opus', 'G722', 'PCMU', 'PCMA'] };

async function publishWith(t, bench, kind, codec) {
  const call = await Call.create(t, bench);
  await call.addSink(kind);
  await call.trickleFromPage();
  await call.page.evaluate((which) => globalThis.peer.publish({ [which]: true }), kind);
  await call.page.evaluate(([which, name]) => globalThis.peer.prefer(which, name), [kind, codec]);
  await call.pageOffers();
  await call.connected();
  return call;
}

describe('Chromium publishes each codec that it has', () => {
  const bench = new Bench();
  const supported = {};
  before(async () => {
    await bench.start();
    const page = await bench.browser.newPage();
    await page.goto(bench.url);
    for (const kind of ['video', 'audio']) {
      supported[kind] = await page.evaluate((which) => globalThis.peer.codecsToSend(which), kind);
    }
    await page.close();
  });
  after(() => bench.stop());

  for (const kind of ['video', 'audio']) {
    test(`${kind}: all that it has are known here`, TIMEOUT, async (t) => {
      for (const name of ALWAYS[kind]) assert.ok(supported[kind].includes(name), `Chromium has no ${name}`);
      for (const name of supported[kind]) {
        assert.ok(name in CODECS[kind], `Chromium sends ${name}`);
        await t.test(`${name}: every packet arrives${CODECS[kind][name].decoded === false ? '' : ' and is decoded'}`,
          TIMEOUT, (t2) => checkCodec(t2, kind, name));
      }
    });
  }

  async function checkCodec(t, kind, name) {
    const { rtpmap, decoded = true } = CODECS[kind][name];
    const call = await publishWith(t, bench, kind, name);
    const sink = call.sinks[kind];
    await until(`${name} at the sink`, () => sink.packets > 60, { timeoutMs: 40_000 });
    const { sdp } = await call.client.media.getSinkSdp({ peerConnectionId: call.peerConnectionId, sinkIds: [kind] });
    assert.match(sdp, rtpmap);
    if (name === 'H264') assert.match(sdp, /sprop-parameter-sets=\S+,\S+/);
    if (decoded) {
      const decoder = await SinkDecoder.start(t, call, kind);
      await until(`${name} decoded`, () => (kind === 'video' ? decoder.frames >= 20 : decoder.seconds >= 2), {
        timeoutMs: 40_000,
      });
    }
    const sent = await call.stopSending();
    await assertAllArrived(call, { [kind]: sent[kind] });
    assert.equal(sink.payloadTypes.size, 1);
    const codecs = (await call.stats('STATS_TYPE_CODEC')).map(({ codec }) => codec.mimeType.toLowerCase());
    assert.deepEqual(codecs, [`${kind}/${name.toLowerCase()}`]);
  }

  test('telephone events reach the audio sink beside the audio', TIMEOUT, async (t) => {
    const call = await Call.forConnection(t, bench, (await bench.client.peerConnections.create({})).peerConnection.peerConnectionId,
      await openPage(t, bench));
    const sink = await call.addSink('audio');
    await call.trickleFromPage();
    await call.page.evaluate(() => globalThis.peer.publish({ audio: true }));
    await call.pageOffers();
    await call.connected();
    await until('audio', () => sink.packets > 20);
    const { sdp } = await call.client.media.getSinkSdp({ peerConnectionId: call.peerConnectionId, sinkIds: ['audio'] });
    const events = [...sdp.matchAll(/a=rtpmap:(\d+) telephone-event\/\d+\r\n/g)].map(([, type]) => Number(type));
    await call.page.evaluate(() => {
      const [sender] = globalThis.peer.connection.getSenders();
      sender.dtmf.insertDTMF('1#', 100, 50);
    });
    await until('events', () => events.some((type) => sink.payloadTypes.has(type)));
    const sent = await call.stopSending();
    assert.equal(sink.sequence.missing, 0);
    assert.equal(sink.packets, sent.audio.packetsSent);
  });
});
