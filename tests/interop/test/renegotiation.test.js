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
});
