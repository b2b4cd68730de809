// The first section of a bundle ends while others go on. Chromium then makes a new ICE and a new DTLS transport for
// those, with the credentials and the certificate of the old ones: nothing in its descriptions says so.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';

const BACKENDS = ['ICE_BACKEND_SHARED_PORT', 'ICE_BACKEND_FULL'];
const SIDES = ['page', 'service'];

/** Goes on until a sink has so many packets more. */
async function flows(sink, more = 50) {
  const target = sink.packets + more;
  await until('media flows', () => sink.packets > target, { timeoutMs: 20_000 });
}

/** Audio, video and a channel of each side; audio is the first section. */
async function publishing(t, bench, iceBackend) {
  const call = await Call.create(t, bench, { configuration: { iceBackend } });
  const { client, peerConnectionId, page } = call;
  const [audio, video] = [await call.addSink('audio'), await call.addSink('video')];
  await call.trickleFromPage();
  await page.evaluate(() => globalThis.peer.publish({ audio: true }));
  await page.evaluate(() => globalThis.peer.publish({ video: true }));
  await page.evaluate(() => globalThis.peer.createChannel('page'));
  await client.dataChannels.createDataChannel({ peerConnectionId, init: { label: 'service' }, dataChannelId: 'service' });
  await call.pageOffers();
  await call.connected();
  await Promise.all([flows(audio), flows(video)]);
  await until('the channels', () => page.evaluate(() =>
    ['page', 'service'].every((label) => globalThis.peer.channelState(label) === 'open')));
  return { call, video };
}

/** A message each way on a channel. */
async function echoes(call, label, text) {
  const { client, peerConnectionId, page } = call;
  const { dataChannels } = await client.dataChannels.listDataChannels({ peerConnectionId });
  const channel = dataChannels.find(({ label: name }) => name === label);
  assert.equal(channel?.readyState, 'DATA_CHANNEL_STATE_OPEN');
  const { dataChannelId, counters: { messagesReceived } } = channel;
  await client.dataChannels.send({ peerConnectionId, dataChannelId, message: { text } });
  await until(`the page hears on ${label}`, () => page.evaluate(([name, wanted]) =>
    globalThis.peer.received(name).some(({ text: got }) => got === wanted), [label, text]));
  await page.evaluate(([name, message]) => globalThis.peer.sendText(name, message), [label, text]);
  await until(`the service hears on ${label}`, async () => {
    const now = await client.dataChannels.getDataChannel({ peerConnectionId, dataChannelId });
    return Number(now.dataChannel.counters.messagesReceived) > Number(messagesReceived);
  });
}

describe('the first section of a bundle ends, with Chromium', () => {
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  for (const iceBackend of BACKENDS) {
    for (const side of SIDES) {
      test(`${iceBackend}: ended by the ${side}, media and data go on`, { timeout: 90_000 }, async (t) => {
        const { call, video } = await publishing(t, bench, iceBackend);
        const { client, peerConnectionId, page } = call;
        await echoes(call, 'page', 'before');
        if (side === 'page') {
          await page.evaluate(() => globalThis.peer.connection.getTransceivers()[0].stop());
        } else {
          const { transceivers } = await client.peerConnections.listTransceivers({ peerConnectionId });
          const { transceiverId } = transceivers.find(({ kind }) => kind === 'MEDIA_KIND_AUDIO');
          await client.peerConnections.stopTransceiver({ peerConnectionId, transceiverId });
        }
        const negotiate = () => (side === 'page' ? call.pageOffers() : call.serviceOffers());
        await negotiate();
        const { peerConnection } = await client.peerConnections.get({ peerConnectionId });
        assert.match(peerConnection.localDescription.sdp, /m=audio 0 /);
        await flows(video, 200);
        await call.connected();
        for (const label of ['page', 'service']) await echoes(call, label, 'after');
        // The next negotiation finds all as it should be.
        await negotiate();
        await flows(video, 200);
        for (const label of ['page', 'service']) await echoes(call, label, 'later');
      });
    }

    test(`${iceBackend}: a place in front that the page uses again leads again`, { timeout: 90_000 }, async (t) => {
      const { call, video } = await publishing(t, bench, iceBackend);
      const { page } = call;
      const lead = () => page.evaluate(() => globalThis.peer.connection.currentLocalDescription.sdp.match(/^a=group:BUNDLE (\S+)/m)[1]);
      await page.evaluate(() => globalThis.peer.connection.getTransceivers()[0].stop());
      await call.pageOffers();
      await flows(video, 200);
      const before = await lead();
      await page.evaluate(() => globalThis.peer.publish({ audio: true }));
      await call.pageOffers();
      assert.notEqual(await lead(), before);
      await flows(video, 200);
      await call.connected();
      for (const label of ['page', 'service']) await echoes(call, label, 'after');
    });
  }
});
