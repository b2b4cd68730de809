import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { UdpSink } from '../../../clients/node/demo/lib/udp_sink.js';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call, openPage } from '../support/call.js';
import { assertUnbroken } from '../support/media.js';

const TIMEOUT = { timeout: 60_000 };

// One exchange: the page's whole offer in, the service's whole answer out; nothing is trickled.
async function acceptOffer(t, bench, publish = () => globalThis.peer.publish({ audio: true, video: true })) {
  const page = await openPage(t, bench);
  await page.evaluate(publish);
  await page.evaluate(() => globalThis.peer.offer());
  const offer = await page.evaluate(() => globalThis.peer.gathered());
  const receivers = { video: await UdpSink.open(90_000), audio: await UdpSink.open(48_000) };
  t.after(() => Promise.all(Object.values(receivers).map((sink) => sink.close())));
  const response = await bench.client.peerConnections.acceptOffer({
    offer: { type: 'SDP_TYPE_OFFER', sdp: offer },
    sinks: [
      {
        sinkId: 'video',
        selector: { kindAndOrdinal: { kind: 'MEDIA_KIND_VIDEO', ordinal: 0 } },
        destination: receivers.video.destination,
      },
      {
        sinkId: 'audio',
        selector: { kindAndOrdinal: { kind: 'MEDIA_KIND_AUDIO', ordinal: 0 } },
        destination: receivers.audio.destination,
      },
    ],
  });
  return { page, offer, receivers, response };
}

async function assertMediaFlows(t, bench, { page, receivers, response }) {
  const call = await Call.forConnection(t, bench, response.peerConnection.peerConnectionId, page);
  await page.evaluate((sdp) => globalThis.peer.accept(sdp), response.answer.sdp);
  await call.connected();
  await until('media', () => receivers.video.packets > 50 && receivers.audio.packets > 50, { timeoutMs: 30_000 });
  assertUnbroken('video', receivers.video);
  assertUnbroken('audio', receivers.audio);
  return call;
}

describe('AcceptOffer', () => {
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  test('a gathered offer gets a complete answer, and media flows', TIMEOUT, async (t) => {
    const accepted = await acceptOffer(t, bench);
    const { response } = accepted;
    assert.equal(response.gatheringComplete, true);
    assert.match(response.answer.sdp, /^a=candidate:/m);
    assert.deepEqual(response.sinks.map(({ sinkId }) => sinkId), ['video', 'audio']);
    assert.equal(response.peerConnection.signalingState, 'SIGNALING_STATE_STABLE');
    await assertMediaFlows(t, bench, accepted);
  });

  test('an offer that fails leaves nothing behind', TIMEOUT, async (t) => {
    const receiver = await UdpSink.open(90_000);
    t.after(() => receiver.close());
    const list = async () => (await bench.client.peerConnections.list({})).peerConnections.length;
    const before = await list();
    await assert.rejects(
      bench.client.peerConnections.acceptOffer({ offer: { type: 'SDP_TYPE_OFFER', sdp: 'v=0\r\nno sdp\r\n' } }),
      { code: 'INVALID_ARGUMENT', reason: 'INVALID_SDP' });
    assert.equal(await list(), before);
  });
});

describe('AcceptOffer with addresses hidden by mDNS names', () => {
  const bench = new Bench();
  before(() => bench.start({ hideAddresses: true }));
  after(() => bench.stop());

  test('the connection comes about by what the page itself sends', TIMEOUT, async (t) => {
    const accepted = await acceptOffer(t, bench, () => globalThis.peer.publishSynthetic());
    const candidates = accepted.offer.match(/^a=candidate:.*$/gm) ?? [];
    assert.ok(candidates.every((line) => line.includes('.local ')), candidates.join('\n'));
    const call = await assertMediaFlows(t, bench, accepted);
    const remotes = (await call.stats('STATS_TYPE_REMOTE_CANDIDATE')).map(({ remoteCandidate }) => remoteCandidate);
    assert.ok(remotes.some(({ candidateType }) => candidateType === 'ICE_CANDIDATE_TYPE_PRFLX'), JSON.stringify(remotes));
  });
});
