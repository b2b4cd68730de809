// The specification's perfect negotiation example (W3C WebRTC 1.0, 10.7) at both ends: RTCPeerConnection of Node and that of
// a browser.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { connect, RTCPeerConnection } from '../../../clients/node/esm/w3c.mjs';
import { Bench } from '../support/bench.js';
import { perfectNegotiation } from '../support/perfect.js';

const TIMEOUT = { timeout: 120_000 };
const ROUNDS = 5;

async function perfectPair(t, bench, polite) {
  const page = await bench.browser.newPage();
  t.after(() => page.close());
  await page.goto(bench.url);
  const connection = new RTCPeerConnection();
  t.after(() => connection.close());
  const signaler = {
    errors: [],
    send: (message) => {
      const deliver = (text) => void globalThis.signaler.onmessage({ data: JSON.parse(text) });
      page.evaluate(deliver, JSON.stringify(message)).catch(() => {}); // The page may have been closed.
    },
  };
  await page.exposeFunction('toNode', (text) => void signaler.onmessage({ data: JSON.parse(text) }));
  await page.evaluate(([source, pagePolite]) => {
    globalThis.connection = new RTCPeerConnection();
    globalThis.signaler = { errors: [], send: (message) => void globalThis.toNode(JSON.stringify(message)) };
    globalThis.publish = async () => {
      const media = await navigator.mediaDevices.getUserMedia({ video: true });
      globalThis.connection.addTrack(media.getTracks()[0], media);
    };
    new Function(`return ${source}`)()(globalThis.connection, globalThis.signaler, pagePolite);
  }, [perfectNegotiation.toString(), !polite]);
  perfectNegotiation(connection, signaler, polite);
  return { page, connection, signaler };
}

// What both ends must agree upon.
const view = (connection) => ({
  signalingState: connection.signalingState,
  mids: connection.getTransceivers().map(({ mid }) => mid).sort(),
});
const viewOfPage = (page) => page.evaluate(() => ({
  signalingState: globalThis.connection.signalingState,
  mids: globalThis.connection.getTransceivers().map(({ mid }) => mid).sort(),
}));

for (const browser of ['chromium', 'firefox']) {
  describe(`perfect negotiation with ${browser}`, () => {
    const bench = new Bench();
    let service;
    before(async () => {
      await bench.start({ browser });
      service = await connect(bench.address);
    });
    after(async () => {
      service.close();
      await bench.stop();
    });

    for (const polite of [true, false]) {
      test(`${polite ? 'ours' : 'the page'} is polite: changes of both sides, at once or not, end in one connection`, TIMEOUT, async (t) => {
        const { page, connection, signaler } = await perfectPair(t, bench, polite);
        // Both offer at once; who is polite gives way.
        const fromPage = new Promise((resolve) => (connection.ondatachannel = ({ channel }) => resolve(channel)));
        const ours = connection.createDataChannel('ours');
        await page.evaluate(() => void globalThis.connection.createDataChannel('theirs'));
        await until('ours is open', () => ours.readyState === 'open', { timeoutMs: 30_000 });
        assert.equal((await fromPage).label, 'theirs');
        const tracks = [];
        connection.ontrack = ({ track }) => tracks.push(track.kind);
        await page.evaluate(() => globalThis.publish());
        await until('the page\'s video arrived', () => tracks.includes('video'));
        connection.addTransceiver('audio', { direction: 'recvonly' });
        const agreed = (count) => until(`${count} sections, stable at both ends`, async () => {
          const [here, there] = [view(connection), await viewOfPage(page)];
          return here.signalingState === 'stable' && there.signalingState === 'stable' && here.mids.length === count &&
            !here.mids.includes(null) && here.mids.join() === there.mids.join();
        }, { timeoutMs: 30_000 });
        await agreed(2);
        for (let round = 1; round <= ROUNDS; ++round) {
          const theirs = page.evaluate(() => void globalThis.connection.addTransceiver('video', { direction: 'recvonly' }));
          connection.addTransceiver('audio', { direction: 'recvonly' });
          await theirs;
          await agreed(2 + 2 * round);
        }
        assert.equal(connection.connectionState, 'connected');
        assert.deepEqual(signaler.errors, []);
        assert.deepEqual(await page.evaluate(() => globalThis.signaler.errors), []);
      });
    }
  });
}
