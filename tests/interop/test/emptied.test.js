// All sections end, and others come later: both ends close their transport and begin from nothing.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';

const BACKENDS = ['ICE_BACKEND_SHARED_PORT', 'ICE_BACKEND_FULL'];
const ROUNDS = 3;

for (const browser of ['chromium', 'firefox']) {
  describe(`all sections end and others come, with ${browser}`, () => {
    const bench = new Bench();
    before(() => bench.start({ browser }));
    after(() => bench.stop());

    for (const iceBackend of BACKENDS) {
      for (const side of ['page', 'service']) {
        test(`${iceBackend}: the ${side} offers`, { timeout: 120_000 }, async (t) => {
          const call = await Call.create(t, bench, { configuration: { iceBackend } });
          const { client: { peerConnections }, peerConnectionId, page } = call;
          const negotiate = () => (side === 'page' ? call.pageOffers() : call.serviceOffers());
          const ufrags = new Set();
          for (let round = 0; round < ROUNDS; ++round) {
            await page.evaluate(() => globalThis.peer.publish({ video: true }));
            if (side === 'service') {
              await peerConnections.addTransceiver({
                peerConnectionId, kind: 'MEDIA_KIND_VIDEO', direction: 'RTP_TRANSCEIVER_DIRECTION_RECVONLY',
              });
            }
            await negotiate();
            const { peerConnection: { localDescription } } = await peerConnections.get({ peerConnectionId });
            ufrags.add(localDescription.sdp.match(/^a=ice-ufrag:(\S+)/m)[1]);
            await until('media flows', async () => ((await call.inbound()).video?.packetsReceived ?? 0) > 50, { timeoutMs: 20_000 });
            await call.connected();

            if (side === 'page') {
              await page.evaluate(() => globalThis.peer.connection.getTransceivers().forEach((each) => each.stop()));
            } else {
              const { transceivers } = await peerConnections.listTransceivers({ peerConnectionId });
              for (const { transceiverId } of transceivers) await peerConnections.stopTransceiver({ peerConnectionId, transceiverId });
            }
            await negotiate();
            const { peerConnection } = await peerConnections.get({ peerConnectionId });
            assert.deepEqual(peerConnection.iceTransports, []);
            assert.equal(peerConnection.connectionState, 'PEER_CONNECTION_STATE_NEW');
          }
          assert.equal(ufrags.size, ROUNDS);
        });
      }
    }
  });
}
