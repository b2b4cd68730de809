// Both sides offer at once, again and again (W3C perfect negotiation), with the browsers, and change what they send meanwhile.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { assertUnbroken } from '../support/media.js';
import { flows, publishingAudio } from '../support/publishing.js';

const ROUNDS = 100;
const LEAST_ROUNDS_OF_GLARE = 80;
const ROUNDS_PER_CHANGE = 5; // Odd: each change meets both roles.
const TYPES = { offer: 'SDP_TYPE_OFFER', answer: 'SDP_TYPE_ANSWER' };

/** The tracks that the service sends, beside the first one. */
class OurTracks {
  #senders = []; // Of those that are there.
  #made = 0;

  constructor({ client, peerConnectionId }) {
    Object.assign(this, { client, peerConnectionId });
  }

  async #clip(kind) {
    const trackId = `clip-${++this.#made}`;
    const { client, peerConnectionId } = this;
    await client.media.createLocalTrack({ peerConnectionId, trackId, kind: `MEDIA_KIND_${kind.toUpperCase()}`, source: { test: {} } });
    return trackId;
  }

  #delete(trackId) {
    return this.client.media.deleteLocalTrack({ peerConnectionId: this.peerConnectionId, trackId });
  }

  async add(kind) {
    const trackId = await this.#clip(kind);
    const { client, peerConnectionId } = this;
    const { transceiver } = await client.peerConnections.addTrack({ peerConnectionId, trackId, streamIds: ['stream'] });
    this.#senders.push({ senderId: transceiver.sender.senderId, kind, trackId });
  }

  async replace() {
    const sender = this.#senders.at(-1);
    const { senderId, kind, trackId: before } = sender;
    sender.trackId = await this.#clip(kind);
    await this.client.peerConnections.replaceTrack({ peerConnectionId: this.peerConnectionId, senderId, trackId: sender.trackId });
    await this.#delete(before);
  }

  async remove() {
    const { senderId, trackId } = this.#senders.pop();
    await this.client.peerConnections.removeTrack({ peerConnectionId: this.peerConnectionId, senderId });
    await this.#delete(trackId);
  }

  get count() {
    return this.#senders.length;
  }
}

/** The same of the page. */
class TheirTracks {
  count = 0;

  constructor({ page }) {
    this.page = page;
  }

  async add(kind) {
    await this.page.evaluate(async (which) => {
      await globalThis.peer.publish({ [which]: true });
      (globalThis.added ??= []).push(globalThis.peer.connection.getSenders().filter(({ track }) => track).at(-1));
    }, kind);
    ++this.count;
  }

  replace() {
    return this.page.evaluate(async () => {
      const sender = globalThis.added.at(-1);
      const [track] = (await navigator.mediaDevices.getUserMedia({ [sender.track.kind]: true })).getTracks();
      await sender.replaceTrack(track);
    });
  }

  async remove() {
    await this.page.evaluate(() => globalThis.peer.connection.removeTrack(globalThis.added.pop()));
    --this.count;
  }
}

// Of each two that are added the first stays.
const CHANGES = [['audio', 'video'], ['video', 'audio'], ['audio', 'video'], ['audio', 'audio']].flatMap(([stays, goes]) => [
  (tracks) => tracks.add(stays), (tracks) => tracks.replace(),
  (tracks) => tracks.add(goes), (tracks) => tracks.replace(), (tracks) => tracks.remove(),
]);

/** Mids on which an end sends, and the packets that the other end has got of each. */
async function ways(call) {
  const { client, peerConnectionId, page } = call;
  const { transceivers } = await client.peerConnections.listTransceivers({ peerConnectionId });
  const ours = transceivers.filter(({ sender, currentDirection }) => sender.trackId && /SEND(ONLY|RECV)$/.test(currentDirection)).map(({ mid }) => mid);
  const { theirs, received } = await page.evaluate(async () => ({
    theirs: globalThis.peer.connection.getTransceivers()
      .filter(({ sender, currentDirection }) => sender.track && currentDirection?.startsWith('send')).map(({ mid }) => mid),
    received: [...(await globalThis.peer.connection.getStats()).values()].filter(({ type }) => type === 'inbound-rtp')
      .map(({ mid, packetsReceived, packetsLost }) => ({ mid, packetsReceived, packetsLost })),
  }));
  const inbound = (await call.stats('STATS_TYPE_INBOUND_RTP')).map(({ inboundRtp }) => inboundRtp);
  const count = (entries, mid) => Number(entries.find((entry) => entry.mid === mid)?.packetsReceived ?? 0);
  // What comes before Firefox has a receiver for it gets there late, and counts as less than none.
  const lost = (entries) => entries.reduce((sum, { packetsLost = 0 }) => sum + Math.max(0, Number(packetsLost)), 0);
  return {
    ours: new Map(ours.map((mid) => [mid, count(received, mid)])), theirs: new Map(theirs.map((mid) => [mid, count(inbound, mid)])),
    lost: { atPage: lost(received), atService: lost(inbound) },
  };
}

for (const browser of ['chromium', 'firefox']) {
  describe(`glare with ${browser}`, () => {
    const bench = new Bench();
    before(() => bench.start({ browser }));
    after(() => bench.stop());

    test('a hundred rounds in which tracks come and go, and none is lost', { timeout: 240_000 }, async (t) => {
      const { call, audio } = await publishingAudio(t, bench, { both: true });
      const { client, peerConnectionId, page } = call;
      const tracks = [new OurTracks(call), new TheirTracks(call)];
      const negotiate = (request) =>
        client.peerConnections.negotiate({ peerConnectionId, gathering: 'GATHERING_MODE_TRICKLE', ...request });
      let both = 0;
      for (let round = 0; round < ROUNDS; ++round) {
        if (round % ROUNDS_PER_CHANGE === 0) {
          const change = CHANGES[round / ROUNDS_PER_CHANGE];
          await Promise.all(tracks.map(change));
        }
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
      const expected = tracks.map(({ count }) => count + 1);
      t.diagnostic(`${both} of ${ROUNDS} rounds had both sides in have-local-offer; ` +
        `${expected[0]} tracks of the service and ${expected[1]} of the page at the end`);
      assert.ok(both >= LEAST_ROUNDS_OF_GLARE, `${both} rounds`);
      const begin = await ways(call);
      assert.deepEqual([begin.ours.size, begin.theirs.size], expected, 'tracks that are sent');
      await until('packets of each', async () => {
        const now = await ways(call);
        return ['ours', 'theirs'].every((side) => [...now[side]].every(([mid, packets]) => packets > begin[side].get(mid)));
      });
      assert.deepEqual((await ways(call)).lost, { atPage: 0, atService: 0 });
      await flows(audio);
      assertUnbroken('audio', audio);
      // With each change both sides had an offer of it, and only one of them was heard at first.
      const { peerConnection } = await client.peerConnections.get({ peerConnectionId });
      assert.equal(peerConnection.negotiationNeeded, false);
    });
  });
}
