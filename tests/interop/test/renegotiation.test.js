import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';
import { assertUnbroken } from '../support/media.js';

describe('renegotiation with Chromium', () => {
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  test('video added to a running call reaches its waiting sink, and the audio does not suffer', { timeout: 90_000 }, async (t) => {
    const call = await Call.create(t, bench);
    const { client, peerConnectionId, page } = call;
    const [audio, video] = [await call.addSink('audio'), await call.addSink('video')];
    await call.trickleFromPage();
    await page.evaluate(() => globalThis.peer.publish({ audio: true }));
    await call.pageOffers();
    await call.connected();
    await until('audio', () => audio.packets > 50);
    const waiting = await client.media.getSink({ peerConnectionId, sinkId: 'video' });
    assert.equal(waiting.sink.state, 'SINK_STATE_WAITING');
    await assert.rejects(client.media.getSinkSdp({ peerConnectionId, sinkIds: ['video'] }),
      { code: 'FAILED_PRECONDITION', reason: 'SINK_NOT_NEGOTIATED' });

    await page.evaluate(() => globalThis.peer.publish({ video: true }));
    await call.pageOffers();
    await until('video', () => video.packets > 100);
    const before = audio.packets;
    await until('audio goes on', () => audio.packets > before + 50);
    assertUnbroken('audio', audio);
    assertUnbroken('video', video);
    const { transceivers } = await client.peerConnections.listTransceivers({ peerConnectionId });
    assert.deepEqual(transceivers.map(({ mid, kind }) => [mid, kind]),
      [['0', 'MEDIA_KIND_AUDIO'], ['1', 'MEDIA_KIND_VIDEO']]);
  });

  test('a negotiation is explained: what was kept and dropped of what Chromium offered', { timeout: 60_000 }, async (t) => {
    const call = await Call.create(t, bench);
    const { client, peerConnectionId, page } = call;
    await page.evaluate(() => globalThis.peer.publish({ audio: true, video: true }));
    let lines;
    await call.pageOffers((sdp) => {
      lines = sdp.split('\r\n');
      return sdp;
    });
    const { sections } = await client.peerConnections.explainNegotiation({ peerConnectionId });
    assert.deepEqual(sections.map(({ mid, section: { subject, kept, rule } }) => [mid, subject, kept, rule]),
      [['0', 'audio', true, 'accepted'], ['1', 'video', true, 'accepted']]);
    for (const { section: { subject, sdpLineNumber } } of sections) {
      assert.ok(lines[sdpLineNumber - 1].startsWith(`m=${subject} `), lines[sdpLineNumber - 1]);
    }
    const verdicts = (decisions) =>
      Object.fromEntries(decisions.map(({ subject, kept, rule }) => [subject.split(' ')[0], `${kept} ${rule}`]));
    const [codecs, extensions] = [verdicts(sections[1].codecs), verdicts(sections[1].headerExtensions)];
    assert.equal(codecs['VP8/90000'], 'true supported');
    assert.equal(codecs['ulpfec/90000'], 'false not-supported');
    assert.equal(extensions['urn:ietf:params:rtp-hdrext:sdes:mid'], 'true supported');
    assert.equal(extensions['urn:3gpp:video-orientation'], 'false not-supported');
  });
});
