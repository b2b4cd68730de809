// RTCP that a caller writes, and what the browser makes of it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { publishing } from '../support/publishing.js';
import { steady } from '../support/steady.js';

const OWN_SSRC = 0x01020304; // In the place of who asks.

/** Picture Loss Indication (RFC 4585, 6.3.1) about a stream. */
function pli(mediaSsrc) {
  const packet = Buffer.from([0x81, 206, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
  packet.writeUInt32BE(OWN_SSRC, 4);
  packet.writeUInt32BE(mediaSsrc, 8);
  return packet;
}

describe('WriteRtcp, to Chromium', () => {
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  test('each PLI that is written is counted there, and a key frame comes', { timeout: 60_000 }, async (t) => {
    const call = await publishing(t, bench, ['audio', 'video']);
    const { client, peerConnectionId } = call;
    const video = async () => (await call.outbound()).video;
    const { transceivers } = await client.peerConnections.listTransceivers({ peerConnectionId });
    const { receiver: { transportId } } = transceivers.find(({ kind }) => kind === 'MEDIA_KIND_VIDEO');
    assert.notEqual(transportId, '');
    const { ssrc } = await video();
    const feedback = pli(ssrc);
    // What the service asks for by itself, it has asked for when the sink began.
    let counted = await steady('no PLI any more', async () => (await video()).pliCount);
    const { keyFramesEncoded } = await video();
    // Without an id: the transport of the first section, which is the same one here. libwebrtc answers the first of those
    // that come within 300 ms.
    for (const [packets, selector] of [[[feedback], {}], [[feedback], { transportId }], [[feedback, feedback], { transportId }]]) {
      await client.peerConnections.writeRtcp({ peerConnectionId, packets, ...selector });
      counted += packets.length;
      await until(`${packets.length} PLI more`, async () => (await video()).pliCount >= counted);
    }
    await until('a key frame', async () => (await video()).keyFramesEncoded > keyFramesEncoded);
    // About a stream that the page does not send: nobody's.
    await client.peerConnections.writeRtcp({ peerConnectionId, packets: [pli((ssrc ^ 1) >>> 0)] });
    assert.equal(await steady('no PLI any more', async () => (await video()).pliCount), counted);
    await assert.rejects(client.peerConnections.writeRtcp({ peerConnectionId, packets: [feedback], transportId: 'none' }),
      { code: 'INVALID_ARGUMENT', reason: 'INVALID_ARGUMENT' });
  });
});
