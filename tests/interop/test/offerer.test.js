import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';
import { assertAllArrived, assertReportsMatch, assertUnbroken } from '../support/media.js';

const TIMEOUT = { timeout: 90_000 };

describe('Chromium offers', () => {
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  test('every packet that it sends arrives at the sinks', TIMEOUT, async (t) => {
    const call = await Call.create(t, bench);
    const [video, audio] = [await call.addSink('video'), await call.addSink('audio')];
    await call.trickleFromPage();
    await call.page.evaluate(() => globalThis.peer.publish({ audio: true, video: true }));
    await call.pageOffers();
    await call.connected();
    await until('media and reports', () =>
      video.packets > 300 && audio.packets > 200 && video.clock.result().reports >= 3 && audio.clock.result().reports >= 3, {
      timeoutMs: 40_000,
    });
    const sent = await call.stopSending();
    await assertAllArrived(call, sent);
    for (const [kind, receiver] of Object.entries({ video, audio })) assertReportsMatch(kind, receiver);
  });

  test('a paused sink gets nothing, then begins with a key frame', TIMEOUT, async (t) => {
    const call = await Call.create(t, bench);
    const video = await call.addSink('video', { paused: true });
    const first = await call.addSink('video', { sinkId: 'other' });
    await call.trickleFromPage();
    await call.page.evaluate(() => globalThis.peer.publish({ video: true }));
    await call.pageOffers();
    await call.connected();
    await until('packets at the sink that is not paused', () => first.packets > 100);
    assert.equal(video.datagrams, 0);
    const keyFrames = (await call.outbound()).video.keyFramesEncoded;

    await call.client.media.updateSink({
      peerConnectionId: call.peerConnectionId,
      sinkId: 'video',
      spec: { paused: false },
      updateMask: { paths: ['paused'] },
    });
    await until('packets at the sink that was paused', () => video.packets > 30);
    assert.ok((await call.outbound()).video.keyFramesEncoded > keyFrames, 'no key frame was asked for');
    assertUnbroken('video', video);
  });

  test('statistics name the transport, its candidates and the codecs', TIMEOUT, async (t) => {
    const call = await Call.create(t, bench);
    const audio = await call.addSink('audio');
    await call.trickleFromPage();
    await call.page.evaluate(() => globalThis.peer.publish({ audio: true, video: true }));
    await call.pageOffers();
    await call.connected();
    await until('audio', () => audio.packets > 20);

    const entries = await call.stats();
    const byId = new Map(entries.map((entry) => [entry.id, entry]));
    const { transport } = entries.find(({ type }) => type === 'STATS_TYPE_TRANSPORT');
    assert.equal(transport.dtlsState, 'DTLS_TRANSPORT_STATE_CONNECTED');
    assert.equal(transport.srtpCipher, 'SRTP_AEAD_AES_128_GCM');
    const selected = await call.page.evaluate(() => globalThis.peer.selectedPair());
    assert.equal(selected.transport.srtpCipher, 'SRTP_AEAD_AES_128_GCM');

    // Of several pairs that work, Chromium takes the cheapest and the service that of the highest priority; both are told.
    const pair = byId.get(transport.selectedCandidatePairId).candidatePair;
    const local = byId.get(pair.localCandidateId).localCandidate;
    const remote = byId.get(pair.remoteCandidateId).remoteCandidate;
    const working = await call.page.evaluate(() => globalThis.peer.workingPairs());
    assert.ok(working.some((page) => page.remote.port === local.port && page.local.port === remote.port),
      `${local.port} to ${remote.port} is not among ${JSON.stringify(working)}`);
    const mimeTypes = entries.filter(({ codec }) => codec).map(({ codec }) => codec.mimeType.toLowerCase());
    assert.deepEqual(mimeTypes.sort(), ['audio/opus', 'video/vp8']);
    const certificates = entries.filter(({ type }) => type === 'STATS_TYPE_CERTIFICATE');
    assert.equal(certificates.length, 2);
  });
});
