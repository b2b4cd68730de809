import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';
import { assertUnbroken } from '../support/media.js';

const TIMEOUT = { timeout: 120_000 };
// Small enough for the bandwidth that Chromium begins with, also on a busy machine.
const ENCODINGS = [
  { rid: 'q', scaleResolutionDownBy: 2, maxBitrate: 100_000 },
  { rid: 'f', maxBitrate: 300_000 },
];

describe('Chromium publishes simulcast', () => {
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  test('a plain sink follows the layer that is sent, another keeps its own', TIMEOUT, async (t) => {
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
      globalThis.peer.publishNoise({ width: 320, height: 240, encodings }), ENCODINGS);
    await call.pageOffers();
    await call.connected();
    const activeRid = async (sinkId) => (await client.media.getSink({ peerConnectionId, sinkId })).sink.activeRid;
    await until('a layer', async () => (await activeRid('video')) !== '', { timeoutMs: 40_000 });
    const told = (rid, active) => events.some(({ event, layerActiveChange: change }) =>
      event === 'layerActiveChange' && change.layer.rid === rid && change.layer.active === active);

    await call.page.evaluate(() => globalThis.peer.setActive({ q: false, f: true }));
    await until('the full layer', async () => (await activeRid('video')) === 'f', { timeoutMs: 20_000 });
    await until('the end of the small layer is told', () => told('q', false));
    await call.page.evaluate(() => globalThis.peer.setActive({ q: true, f: false }));
    await until('the small layer', async () => (await activeRid('video')) === 'q', { timeoutMs: 20_000 });
    await until('that it is back is told', () => told('q', true));
    await until('the end of the full layer is told', () => told('f', false));
    assert.equal(await activeRid('low'), 'q');
    const first = events.filter(({ event }) => event === 'firstPacket').map(({ firstPacket }) => firstPacket.layer.rid);
    assert.deepEqual([...first].sort(), ['f', 'q']);
    const { packets } = best;
    await until('more packets', () => best.packets > packets + 30, { timeoutMs: 20_000 });

    await call.page.evaluate(() => globalThis.peer.stopSending());
    assertUnbroken('video', best);
    assertUnbroken('low', low);
    assert.ok(low.packets < best.packets);
  });
});
