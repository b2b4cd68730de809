// Everything that a call goes through after its first negotiation, with a browser at the other end.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { flows, publishingAudio } from '../support/publishing.js';

// All of them, unless some are named.
const BROWSERS = (process.env.BROWSERS ?? 'chromium,firefox').split(',');

// `recycledFor`: what comes into the place of a video section that was stopped. Firefox puts nothing else there, JSEP
// (RFC 9429, 5.2.2) allows any kind.
for (const { browser, recycledFor } of [
  { browser: 'chromium', recycledFor: 'audio' },
  { browser: 'firefox', recycledFor: 'video' },
].filter((spec) => BROWSERS.includes(spec.browser))) {
  describe(`the renegotiation matrix with ${browser}`, () => {
    const bench = new Bench();
    before(() => bench.start({ browser }));
    after(() => bench.stop());

    test('audio, then video, then data; removed, added again; each side offers in turn', { timeout: 120_000 }, async (t) => {
      const { call, audio } = await publishingAudio(t, bench);
      const { client, peerConnectionId, page } = call;
      const video = await call.addSink('video');
      await page.evaluate(() => globalThis.peer.publish({ video: true }));
      await call.pageOffers();
      await flows(video);

      await client.dataChannels.createDataChannel({ peerConnectionId, init: { label: 'later' } });
      await call.serviceOffers();
      await until('the channel', () => page.evaluate(() => globalThis.peer.channelState('later') === 'open'));

      // Removed by the page: the section stays, the track is muted.
      await page.evaluate(() => {
        const { connection } = globalThis.peer;
        connection.removeTrack(connection.getSenders().find(({ track }) => track?.kind === 'video'));
      });
      await call.pageOffers();
      let { transceivers } = await client.peerConnections.listTransceivers({ peerConnectionId });
      assert.equal(transceivers[1].currentDirection, 'RTP_TRANSCEIVER_DIRECTION_INACTIVE');
      // Added again: a sender that has sent is not used again (W3C addTrack), so that this is one more section.
      const again = await call.addSink('video', {
        sinkId: 'again', selector: { kindAndOrdinal: { kind: 'MEDIA_KIND_VIDEO', ordinal: 1 } },
      });
      await page.evaluate(() => globalThis.peer.publish({ video: true }));
      await call.pageOffers();
      await flows(again);
      ({ transceivers } = await client.peerConnections.listTransceivers({ peerConnectionId }));
      assert.equal(transceivers.filter(({ kind }) => kind === 'MEDIA_KIND_VIDEO')
        .some(({ currentDirection }) => currentDirection === 'RTP_TRANSCEIVER_DIRECTION_RECVONLY'), true);

      // Stopped by the service: the section is rejected and its place is used again. (The first section is a matter of
      // its own: first_section.test.js.)
      const unused = transceivers.find(({ currentDirection }) => currentDirection === 'RTP_TRANSCEIVER_DIRECTION_INACTIVE');
      const { transceiverId } = unused;
      const stopped = await client.peerConnections.stopTransceiver({ peerConnectionId, transceiverId });
      assert.equal(stopped.transceiver.stopping, true);
      await call.serviceOffers();
      const sections = (sdp) => sdp.split('\r\nm=').length - 1;
      const before = sections((await client.peerConnections.get({ peerConnectionId })).peerConnection.localDescription.sdp);
      await page.evaluate((kind) => globalThis.peer.publish({ [kind]: true }), recycledFor);
      await call.pageOffers();
      const { peerConnection } = await client.peerConnections.get({ peerConnectionId });
      assert.equal(sections(peerConnection.localDescription.sdp), before);
      await flows(again);
      await flows(audio);
    });

    test('directions flip, by either side', { timeout: 60_000 }, async (t) => {
      const { call, audio } = await publishingAudio(t, bench);
      const { client, peerConnectionId, page } = call;
      const [{ transceiverId }] = (await client.peerConnections.listTransceivers({ peerConnectionId })).transceivers;
      const current = async () => [
        (await client.peerConnections.listTransceivers({ peerConnectionId })).transceivers[0].currentDirection,
        await page.evaluate(() => globalThis.peer.connection.getTransceivers()[0].currentDirection),
      ];
      assert.deepEqual(await current(), ['RTP_TRANSCEIVER_DIRECTION_RECVONLY', 'sendonly']);
      for (const [direction, expected] of [
        ['RTP_TRANSCEIVER_DIRECTION_INACTIVE', ['RTP_TRANSCEIVER_DIRECTION_INACTIVE', 'inactive']],
        ['RTP_TRANSCEIVER_DIRECTION_SENDRECV', ['RTP_TRANSCEIVER_DIRECTION_SENDRECV', 'sendrecv']],
        ['RTP_TRANSCEIVER_DIRECTION_RECVONLY', ['RTP_TRANSCEIVER_DIRECTION_RECVONLY', 'sendonly']],
      ]) {
        await client.peerConnections.setTransceiverDirection({ peerConnectionId, transceiverId, direction });
        assert.equal((await client.peerConnections.get({ peerConnectionId })).peerConnection.negotiationNeeded, true);
        await call.serviceOffers();
        assert.deepEqual(await current(), expected);
      }
      await flows(audio);
      await page.evaluate(() => (globalThis.peer.connection.getTransceivers()[0].direction = 'inactive'));
      await call.pageOffers();
      assert.deepEqual(await current(), ['RTP_TRANSCEIVER_DIRECTION_INACTIVE', 'inactive']);
      await page.evaluate(() => (globalThis.peer.connection.getTransceivers()[0].direction = 'sendonly'));
      await call.pageOffers();
      await flows(audio);
    });
  });
}
