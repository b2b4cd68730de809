// Everything that a call goes through after its first negotiation, with a browser at the other end.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { flows, publishing, publishingAudio } from '../support/publishing.js';

// All of them, unless some are named.
const BROWSERS = (process.env.BROWSERS ?? 'chromium,firefox').split(',');

const KINDS = ['audio', 'video'];
const DIRECTIONS = ['inactive', 'sendonly', 'recvonly', 'sendrecv'];
const REVERSED = { inactive: 'inactive', sendonly: 'recvonly', recvonly: 'sendonly', sendrecv: 'sendrecv' };
const SENDING = ['sendonly', 'sendrecv'];
const RPC_DIRECTION = Object.fromEntries(DIRECTIONS.map((name) => [name, `RTP_TRANSCEIVER_DIRECTION_${name.toUpperCase()}`]));
const LEAST = 20; // Packets of each kind that show that there are some.
const STILL_READINGS = 20; // In a row, 20 ms apart or more: as many packets of sound would have come.

/** Counters of sent and received packets at both ends, by kind and way; what is not there counts as none. */
async function counters({ client, peerConnectionId, page, sinks }) {
  const [{ report }, [outbound, inbound]] = await Promise.all([
    client.peerConnections.getStats({ peerConnectionId, types: ['STATS_TYPE_OUTBOUND_RTP'] }),
    page.evaluate(() => Promise.all([globalThis.peer.outbound(), globalThis.peer.inbound()])),
  ]);
  const ours = Object.values(report.stats).map(({ outboundRtp }) => outboundRtp);
  return KINDS.flatMap((kind) => [
    { kind, way: 'to the service', what: 'sent', count: outbound[kind]?.packetsSent ?? 0 },
    { kind, way: 'to the service', what: 'received', count: sinks[kind].packets },
    { kind, way: 'to the page', what: 'sent',
      count: Number(ours.find((entry) => entry.kind === `MEDIA_KIND_${kind.toUpperCase()}`)?.packetsSent ?? 0) },
    { kind, way: 'to the page', what: 'received', count: inbound[kind]?.packetsReceived ?? 0 },
  ]);
}

/** Goes on until both ends of each way that is on have counted packets, while those of the others have come to rest. */
async function assertFlows(call, direction) {
  const on = { 'to the page': SENDING.includes(direction), 'to the service': SENDING.includes(REVERSED[direction]) };
  let last = await counters(call);
  const more = last.map(() => 0);
  let still = 0;
  let missing = [];
  await until('packets', async () => {
    const now = await counters(call);
    // A browser may count anew when a direction is on again.
    now.forEach(({ count }, i) => (more[i] += Math.max(0, count - last[i].count)));
    const rests = now.every(({ way, count }, i) => on[way] || count === last[i].count);
    still = rests ? still + 1 : 0;
    last = now;
    missing = now.filter(({ way }, i) => on[way] && more[i] < LEAST);
    return missing.length === 0 && still >= STILL_READINGS;
  }).catch((error) => {
    const silent = missing.map(({ kind, way, what }) => `no ${kind} ${way} is ${what}`);
    throw new Error([`${error.message}, ${direction}`, ...silent, ...still < STILL_READINGS ? ['packets where there must be none'] : []].join('; '));
  });
}

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

    test('directions flip, by either side: packets go where they say so, and nowhere else', { timeout: 60_000 }, async (t) => {
      const call = await publishing(t, bench, KINDS, { both: true });
      const { client, peerConnectionId, page } = call;
      const current = async () => [
        (await client.peerConnections.listTransceivers({ peerConnectionId })).transceivers.map(({ currentDirection }) => currentDirection),
        await page.evaluate(() => globalThis.peer.connection.getTransceivers().map(({ currentDirection }) => currentDirection)),
      ];
      const goes = async (direction) => {
        const expected = [RPC_DIRECTION[direction], REVERSED[direction]];
        assert.deepEqual(await current(), expected.map((each) => KINDS.map(() => each)));
        await assertFlows(call, direction);
      };
      await goes('sendrecv');
      for (const direction of DIRECTIONS) {
        const { transceivers } = await client.peerConnections.listTransceivers({ peerConnectionId });
        for (const { transceiverId } of transceivers) {
          await client.peerConnections.setTransceiverDirection({ peerConnectionId, transceiverId, direction: RPC_DIRECTION[direction] });
        }
        assert.equal((await client.peerConnections.get({ peerConnectionId })).peerConnection.negotiationNeeded, true);
        await call.serviceOffers();
        await goes(direction);
      }
      for (const direction of DIRECTIONS) {
        await page.evaluate((wanted) => globalThis.peer.connection.getTransceivers()
          .forEach((transceiver) => (transceiver.direction = wanted)), REVERSED[direction]);
        await call.pageOffers();
        await goes(direction);
      }
    });
  });
}
