import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';
import { assertAllArrived, assertReportsMatch } from '../support/media.js';
import { DataStream } from '../support/messages.js';

describe('Chromium answers', () => {
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  test('an offer to receive audio, video and data is answered with all of them', { timeout: 90_000 }, async (t) => {
    const call = await Call.create(t, bench);
    const { client, peerConnectionId, page } = call;
    for (const kind of ['MEDIA_KIND_AUDIO', 'MEDIA_KIND_VIDEO']) {
      await client.peerConnections.addTransceiver({
        peerConnectionId,
        kind,
        direction: 'RTP_TRANSCEIVER_DIRECTION_RECVONLY',
      });
    }
    await client.dataChannels.createDataChannel({ peerConnectionId, dataChannelId: 'ours', init: { label: 'ours' } });
    const [video, audio] = [await call.addSink('video'), await call.addSink('audio')];
    const data = new DataStream(t, call);
    await call.trickleFromPage();
    await page.evaluate(() => globalThis.peer.publish({ audio: true, video: true }));
    const { offer, answer } = await call.serviceOffers();
    assert.match(offer, /a=setup:actpass/);
    assert.equal(answer.match(/^a=sendonly/gm)?.length, 2);
    await call.connected();

    await until('the channel opens', () => data.openChannel('ours'));
    await data.send('ours', { text: 'hello' });
    await until('the message', async () => (await page.evaluate(() => globalThis.peer.received('ours'))).length === 1);
    await page.evaluate(() => globalThis.peer.echo('ours'));
    await until('its echo', () => data.messages.length === 1);
    assert.deepEqual(data.messages, [{ dataChannelId: 'ours', text: 'hello' }]);

    await until('media and reports', () =>
      video.packets > 300 && audio.packets > 200 && video.clock.result().reports >= 3 && audio.clock.result().reports >= 3, {
      timeoutMs: 40_000,
    });
    const sent = await call.stopSending();
    await assertAllArrived(call, sent);
    for (const [kind, receiver] of Object.entries({ video, audio })) assertReportsMatch(kind, receiver);
    const { transceivers } = await client.peerConnections.listTransceivers({ peerConnectionId });
    assert.deepEqual(transceivers.map(({ currentDirection }) => currentDirection),
      ['RTP_TRANSCEIVER_DIRECTION_RECVONLY', 'RTP_TRANSCEIVER_DIRECTION_RECVONLY']);
  });
});
