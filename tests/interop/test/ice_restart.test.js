// ICE restarts while media flows, with a browser at the other end.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Bench } from '../support/bench.js';
import { assertUnbroken } from '../support/media.js';
import { flows, publishingAudio } from '../support/publishing.js';

// All of them, unless some are named.
const BROWSERS = (process.env.BROWSERS ?? 'chromium,firefox').split(',');
const MOST_MS_WITHOUT_PACKETS = 200;

const ufragOf = (sdp) => /a=ice-ufrag:(\S+)/.exec(sdp)[1];

/** The longest time in which a sink got no packet while `action` ran. */
async function longestPause(sink, action) {
  let [last, packets, longest] = [performance.now(), sink.packets, 0];
  const timer = setInterval(() => {
    const now = performance.now();
    if (sink.packets !== packets) [last, packets] = [now, sink.packets];
    longest = Math.max(longest, now - last);
  }, 5);
  try {
    await action();
  } finally {
    clearInterval(timer);
  }
  return longest;
}

// `restarts`: by each side. `mostMs`: without packets meanwhile; of Firefox, whose timing is not ours to state, only that no
// packet is lost.
for (const { browser, restarts, mostMs } of [
  { browser: 'chromium', restarts: 3, mostMs: MOST_MS_WITHOUT_PACKETS },
  { browser: 'firefox', restarts: 1, mostMs: Infinity },
].filter((spec) => BROWSERS.includes(spec.browser))) {
  describe(`ICE restarts with ${browser}`, () => {
    const bench = new Bench();
    before(() => bench.start({ browser }));
    after(() => bench.stop());

    for (const side of ['service', 'page']) {
      test(`ICE restarts under media when the ${side} asks for it`, { timeout: 60_000 }, async (t) => {
        const { call, audio } = await publishingAudio(t, bench);
        const { client, peerConnectionId, page } = call;
        const description = async () =>
          (await client.peerConnections.get({ peerConnectionId })).peerConnection.localDescription.sdp;
        for (let round = 0; round < restarts; ++round) {
          const before = ufragOf(await description());
          const pause = await longestPause(audio, async () => {
            if (side === 'service') {
              await client.peerConnections.restartIce({ peerConnectionId });
              await call.serviceOffers();
            } else {
              await page.evaluate(() => globalThis.peer.connection.restartIce());
              await call.pageOffers();
            }
            assert.notEqual(ufragOf(await description()), before);
            await flows(audio, 150);
          });
          assert.ok(pause <= mostMs, `${pause.toFixed()} ms without packets`);
          await call.connected();
        }
        assertUnbroken('audio', audio);
        const { peerConnection } = await client.peerConnections.get({ peerConnectionId });
        assert.equal(peerConnection.negotiationNeeded, false);
      });
    }
  });
}
