// The shared port as a browser meets it: one number for all, another one outside, addresses that change, and silence.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';
import { Impairment } from '../support/impair.js';
import { assertUnbroken } from '../support/media.js';
import { steady } from '../support/steady.js';

const TIMEOUT = { timeout: 60_000 };
const SILENCE_TIMEOUT = { timeout: 90_000 };

// Free a moment ago; the service is about to take it.
async function freePort() {
  const socket = createSocket('udp4');
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise((resolve) => socket.close(resolve));
  return port;
}

const candidatesOf = (sdp) => [...sdp.matchAll(/^a=candidate:(.*)\r$/gm)].map(([, line]) => line.split(' '));
const addressOf = (words) => `${words[4]}:${words[5]}`;

async function get(call) {
  const { peerConnection } = await call.client.peerConnections.get({ peerConnectionId: call.peerConnectionId });
  return peerConnection;
}

async function publishing(t, bench, options) {
  const call = await Call.create(t, bench, options);
  await call.trickleFromPage();
  await call.addSink('video');
  await call.page.evaluate(() => globalThis.peer.publish({ video: true }));
  await call.pageOffers();
  await call.connected();
  await until('media', () => call.sinks.video.packets > 50, { timeoutMs: 30_000 });
  return call;
}

describe('the shared port', () => {
  const bench = new Bench();
  before(() => bench.start({ args: ['--media-loops=1'] }));
  after(() => bench.stop());

  test('carries every connection, as ICE-lite, on one number', TIMEOUT, async (t) => {
    const calls = [await publishing(t, bench), await publishing(t, bench)];
    const ports = new Set();
    for (const call of calls) {
      const { iceBackend, localDescription } = await get(call);
      assert.equal(iceBackend, 'ICE_BACKEND_SHARED_PORT');
      assert.match(localDescription.sdp, /^a=ice-lite\r$/m);
      for (const words of candidatesOf(localDescription.sdp)) ports.add(words[5]);
      const [{ transport }] = await call.stats('STATS_TYPE_TRANSPORT');
      assert.equal(transport.iceBackend, 'ICE_BACKEND_SHARED_PORT');
      assert.equal(transport.iceRole, 'ICE_ROLE_CONTROLLED');
    }
    assert.equal(ports.size, 1);
    for (const call of calls) {
      await call.stopSending();
      assertUnbroken('video', call.sinks.video);
    }
  });

  test('a connection that asks for full ICE has a port of its own beside it', TIMEOUT, async (t) => {
    const shared = await get(await publishing(t, bench));
    const full = await get(await publishing(t, bench, { configuration: { iceBackend: 'ICE_BACKEND_FULL' } }));
    assert.equal(full.iceBackend, 'ICE_BACKEND_FULL');
    assert.doesNotMatch(full.localDescription.sdp, /^a=ice-lite/m);
    const [[, , , , , taken]] = candidatesOf(shared.localDescription.sdp);
    assert.ok(candidatesOf(full.localDescription.sdp).every((words) => words[5] !== taken));
  });
});

describe('the shared port behind a NAT', () => {
  const bench = new Bench();
  let outside;
  // It maps another address and port to ours, as 1:1 NAT and Kubernetes' node ports do, and shows us its own address
  // instead of the page's.
  before(async () => {
    const port = await freePort();
    outside = await Impairment.start(`127.0.0.1:${port}`, []);
    const args = ['--media-loops=1', `--media-port=${port}`, '--ice-address=127.0.0.1',
      `--announce=127.0.0.1=127.0.0.1:${outside.port}`];
    await bench.start({ args });
  });
  after(async () => {
    await bench.stop();
    await outside?.stop();
  });

  test('is offered by its announced address only, and is reached there', TIMEOUT, async (t) => {
    const call = await publishing(t, bench);
    const { localDescription } = await get(call);
    assert.deepEqual(candidatesOf(localDescription.sdp).map(addressOf), [`127.0.0.1:${outside.port}`]);
    assert.ok((await outside.command('counters')).up.delivered > 50);
  });

  test('media goes on when the page comes from another port', TIMEOUT, async (t) => {
    const call = await publishing(t, bench);
    for (let round = 1; round <= 2; ++round) {
      await outside.command('rebind');
      const [{ transport: before }] = await call.stats('STATS_TYPE_TRANSPORT');
      // A browser checks a path that works every 2.5 s: that check is what makes the new address known.
      await until('the new address is taken', async () => {
        const [{ transport }] = await call.stats('STATS_TYPE_TRANSPORT');
        return transport.selectedCandidatePairChanges > before.selectedCandidatePairChanges;
      }, { timeoutMs: 15_000 });
      const packets = call.sinks.video.packets;
      await until('media', () => call.sinks.video.packets > packets + 50, { timeoutMs: 15_000 });
    }
    assert.equal(call.watcher.connectionState, 'connected');
    assert.equal((await call.pageState()).connectionState, 'connected');
  });

  test('30 s of silence end consent: nothing more is sent, and an event tells', SILENCE_TIMEOUT, async (t) => {
    const call = await publishing(t, bench);
    const begin = performance.now();
    await outside.command('--up-loss=1');
    t.after(() => outside.command('--up-loss=0'));
    await until('disconnected', () => call.watcher.connectionState === 'disconnected', { timeoutMs: 20_000 });
    await until('failed', () => call.watcher.connectionState === 'failed', { timeoutMs: 40_000 });
    const seconds = (performance.now() - begin) / 1000;
    assert.ok(seconds > 20 && seconds < 40, `failed after ${seconds} s`);
    const sent = async () => (await call.stats('STATS_TYPE_TRANSPORT'))[0].transport.packetsSent;
    const before = await sent();
    // Longer than from one check of consent to the next (RFC 7675: 4 to 6 s).
    assert.equal(await steady('nothing is sent', sent, { readings: 300 }), before);
  });
});
