// Both sides offer at once, again and again (W3C perfect negotiation), with the browsers.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';
import { assertUnbroken } from '../support/media.js';

const ROUNDS = 100;
const LEAST_ROUNDS_OF_GLARE = 80;
const TYPES = { offer: 'SDP_TYPE_OFFER', answer: 'SDP_TYPE_ANSWER' };

/** Goes on until a sink has 50 packets more. */
async function flows(sink) {
  const target = sink.packets + 50;
  await until('media flows', () => sink.packets > target);
}

for (const browser of ['chromium', 'firefox']) {
  describe(`glare with ${browser}`, () => {
    const bench = new Bench();
    before(() => bench.start({ browser }));
    after(() => bench.stop());

    test('a hundred rounds, and no track is lost', { timeout: 240_000 }, async (t) => {
      const call = await Call.create(t, bench);
      const { client, peerConnectionId, page } = call;
      const audio = await call.addSink('audio');
      await call.trickleFromPage();
      await page.evaluate(() => globalThis.peer.publish({ audio: true }));
      await call.pageOffers();
      await call.connected();
      await flows(audio);
      const negotiate = (request) =>
        client.peerConnections.negotiate({ peerConnectionId, gathering: 'GATHERING_MODE_TRICKLE', ...request });
      let both = 0;
      for (let round = 0; round < ROUNDS; ++round) {
        const impolite = round % 2 === 1;
        const glareRole = impolite ? 'GLARE_ROLE_IMPOLITE' : 'GLARE_ROLE_POLITE';
        const [ours, theirs] = await Promise.all([
          negotiate({ glareRole }),
          page.evaluate(() => globalThis.peer.offer()),
        ]);
        const states = [
          (await client.peerConnections.get({ peerConnectionId })).peerConnection.signalingState,
          (await call.pageState()).signalingState,
        ];
        if (states.join() === 'SIGNALING_STATE_HAVE_LOCAL_OFFER,have-local-offer') ++both;
        const reply = await negotiate({ glareRole, description: { type: TYPES.offer, sdp: theirs } });
        assert.equal(reply.offerIgnored, impolite);
        if (impolite) {
          const answer = await page.evaluate((sdp) => globalThis.peer.answer(sdp), ours.description.sdp);
          await negotiate({ glareRole, description: { type: TYPES.answer, sdp: answer } });
        } else {
          await page.evaluate((sdp) => globalThis.peer.accept(sdp), reply.description.sdp);
        }
      }
      t.diagnostic(`${both} of ${ROUNDS} rounds had both sides in have-local-offer`);
      assert.ok(both >= LEAST_ROUNDS_OF_GLARE, `${both} rounds`);
      await flows(audio);
      assertUnbroken('audio', audio);
      const { transceivers } = await client.peerConnections.listTransceivers({ peerConnectionId });
      assert.equal(transceivers.length, 1);
      assert.equal(transceivers[0].currentDirection, 'RTP_TRANSCEIVER_DIRECTION_RECVONLY');
    });
  });
}
