import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';
import { assertUnbroken } from '../support/media.js';

const TIMEOUT = { timeout: 120_000 };
const ENCODINGS = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 400_000 },
  { rid: 'f', maxBitrate: 1_000_000 },
];

describe('Chromium publishes simulcast', () => {
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  test('a plain sink follows the highest layer that is sent, another keeps its own', TIMEOUT, async (t) => {
    const call = await Call.create(t, bench);
    const [best, low] = [await call.addSink('video'), await call.addSink('video', { sinkId: 'low', rid: 'q' })];
    const { client, peerConnectionId } = call;
    const events = [];
    const watching = client.events.watchEvents({ peerConnectionIds: [peerConnectionId] });
    t.after(() => watching.cancel());
    (async () => {
      for await (const { response, event } of watching) if (response === 'event') events.push(event);
    })().catch(() => {});
    await call.trickleFromPage();
    await call.page.evaluate((encodings) =>
      globalThis.peer.publishNoise({ width: 640, height: 480, encodings }), ENCODINGS);
    await call.pageOffers();
    await call.connected();
    const activeRid = async (sinkId) => (await client.media.getSink({ peerConnectionId, sinkId })).sink.activeRid;
    await until('the full layer', async () => (await activeRid('video')) === 'f', { timeoutMs: 40_000 });
    assert.equal(await activeRid('low'), 'q');
    const first = events.filter(({ event }) => event === 'firstPacket').map(({ firstPacket }) => firstPacket.layer.rid);
    assert.deepEqual([...first].sort(), ['f', 'h', 'q']);

    await call.page.evaluate(() => globalThis.peer.setActive({ f: false }));
    await until('the next layer', async () => (await activeRid('video')) === 'h', { timeoutMs: 20_000 });
    await until('the end of the full layer is told', () => events.some(({ event, layerActiveChange }) =>
      event === 'layerActiveChange' && layerActiveChange.layer.rid === 'f' && !layerActiveChange.layer.active));
    await call.page.evaluate(() => globalThis.peer.setActive({ f: true }));
    await until('the full layer again', async () => (await activeRid('video')) === 'f', { timeoutMs: 40_000 });
    await until('that it is back is told', () => events.some(({ event, layerActiveChange }) =>
      event === 'layerActiveChange' && layerActiveChange.layer.rid === 'f' && layerActiveChange.layer.active));
    const { packets } = best;
    await until('more packets', () => best.packets > packets + 60, { timeoutMs: 20_000 });

    await call.page.evaluate(() => globalThis.peer.stopSending());
    assertUnbroken('video', best);
    assertUnbroken('low', low);
    assert.ok(low.payloadBytes < best.payloadBytes / 2);
  });
});
