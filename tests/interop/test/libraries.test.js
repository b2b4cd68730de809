// simple-peer and PeerJS as people use them: in Node with our globals, with Chromium at the other end.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { connect, createMediaStreamTrack, firstFrame, MediaStream } from '../../../clients/node/esm/w3c.mjs';
import { Bench } from '../support/bench.js';
import { fileOf, installGlobals, load } from '../support/libraries.js';
import { startPeerServer } from '../support/peer_server.js';

const TIMEOUT = { timeout: 90_000 };
// Their default STUN servers are on the internet; on one machine nobody needs them.
const CONFIG = { iceServers: [] };

async function openPage(t, bench, script) {
  const page = await bench.browser.newPage();
  t.after(() => page.close());
  await page.goto(bench.url);
  await page.addScriptTag({ path: script });
  return page;
}

describe('libraries over RTCPeerConnection of Node', () => {
  const bench = new Bench();
  let service;
  before(async () => {
    await bench.start();
    service = await connect(bench.address);
    installGlobals();
  });
  after(async () => {
    service.close();
    await bench.stop();
  });

  for (const initiator of [true, false]) {
    test(`simple-peer, ${initiator ? 'ours' : 'the page'} initiates: text and bytes both ways, then the end`, TIMEOUT, async (t) => {
      const SimplePeer = load('simple-peer');
      assert.equal(SimplePeer.WEBRTC_SUPPORT, true);
      const page = await openPage(t, bench, fileOf('simple-peer', 'simplepeer.min.js'));
      let ours;
      await page.exposeFunction('toNode', (signal) => ours.signal(signal));
      await page.evaluate(([begins, config]) => {
        const peer = new globalThis.SimplePeer({ initiator: begins, config });
        peer.received = [];
        peer.on('signal', (signal) => globalThis.toNode(signal));
        peer.on('data', (data) => {
          peer.received.push(data.length);
          peer.send(data);
        });
        peer.on('close', () => (peer.hasClosed = true));
        peer.on('error', () => {});
        globalThis.simplePeer = peer;
      }, [!initiator, CONFIG]);

      ours = new SimplePeer({ initiator, config: CONFIG });
      const errors = [];
      ours.on('error', (error) => errors.push(error));
      ours.on('signal', (signal) => void page.evaluate((value) => globalThis.simplePeer.signal(value), signal));
      await new Promise((resolve, reject) => ours.once('connect', resolve).once('error', reject));
      const received = [];
      ours.on('data', (data) => received.push(Buffer.from(data)));
      const sent = [Buffer.from('Grüße'), Buffer.alloc(60_000, 7)];
      ours.send('Grüße');
      ours.send(sent[1]);
      await until('both come back', () => received.length === 2);
      assert.deepEqual(received, sent);
      assert.deepEqual(errors, []);
      ours.destroy();
      await until('the page sees the end', () => page.evaluate(() => globalThis.simplePeer.hasClosed === true));
    });
  }

  for (const initiator of [true, false]) {
    test(`simple-peer, ${initiator ? 'ours' : 'the page'} initiates: a call, with picture and sound both ways`, TIMEOUT, async (t) => {
      const SimplePeer = load('simple-peer');
      const page = await openPage(t, bench, fileOf('simple-peer', 'simplepeer.min.js'));
      let ours;
      await page.exposeFunction('toNode', (signal) => ours.signal(signal));
      await page.evaluate(async ([begins, config]) => {
        const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
        const peer = new globalThis.SimplePeer({ initiator: begins, config, stream });
        peer.on('signal', (signal) => globalThis.toNode(signal));
        peer.on('stream', (remote) => {
          const video = document.createElement('video');
          Object.assign(video, { srcObject: remote, autoplay: true, muted: true });
          Object.assign(globalThis, { video, kinds: remote.getTracks().map(({ kind }) => kind).sort() });
          document.body.append(video);
        });
        peer.on('error', () => {});
        globalThis.simplePeer = peer;
      }, [!initiator, CONFIG]);

      const stream = new MediaStream([createMediaStreamTrack('audio'), createMediaStreamTrack('video')]);
      ours = new SimplePeer({ initiator, config: CONFIG, stream });
      t.after(() => ours.destroy());
      const errors = [];
      ours.on('error', (error) => errors.push(error));
      const streams = [];
      ours.on('stream', (remote) => streams.push(remote));
      ours.on('signal', (signal) => void page.evaluate((value) => globalThis.simplePeer.signal(value), signal));
      await until('their stream', () => streams.length > 0);
      await until('both tracks', () => streams[0].getTracks().length === 2);
      const tracks = streams[0].getTracks();
      assert.deepEqual(tracks.map(({ kind }) => kind).sort(), ['audio', 'video']);
      await Promise.all(tracks.map(firstFrame));
      await until('our picture and sound', () => page.evaluate(async () => {
        const entries = [...(await globalThis.simplePeer._pc.getStats()).values()];
        const of = (kind) => entries.find((entry) => entry.type === 'inbound-rtp' && entry.kind === kind);
        return globalThis.video?.videoWidth > 0 && of('video')?.framesDecoded > 10 && of('audio')?.totalSamplesReceived > 10_000;
      }), { timeoutMs: 30_000 });
      assert.deepEqual(await page.evaluate(() => globalThis.kinds), ['audio', 'video']);
      assert.equal(streams.length, 1);
      assert.deepEqual(errors, []);
    });
  }

  test('PeerJS: data connections opened by either side', TIMEOUT, async (t) => {
    const { Peer } = load('peerjs');
    const signaling = await startPeerServer();
    t.after(() => signaling.stop());
    const options = { host: '127.0.0.1', port: signaling.port, path: '/', secure: false, key: 'peerjs', config: CONFIG };
    const page = await openPage(t, bench, fileOf('peerjs', 'dist/peerjs.min.js'));
    await page.evaluate(async (settings) => {
      const peer = new globalThis.Peer('page', settings);
      globalThis.peerJs = peer;
      peer.on('connection', (connection) => connection.on('data', (data) => connection.send({ echo: data })));
      await new Promise((resolve, reject) => peer.on('open', resolve).on('error', reject));
    }, options);

    const ours = new Peer('ours', options);
    t.after(() => ours.destroy());
    await new Promise((resolve, reject) => ours.on('open', resolve).on('error', reject));
    const outgoing = ours.connect('page', { reliable: true });
    await new Promise((resolve, reject) => outgoing.on('open', resolve).on('error', reject));
    const echo = new Promise((resolve) => outgoing.on('data', resolve));
    outgoing.send({ text: 'Grüße', list: [1, 2, 3] });
    assert.deepEqual(await echo, { echo: { text: 'Grüße', list: [1, 2, 3] } });

    const incoming = new Promise((resolve) => ours.on('connection', resolve));
    await page.evaluate(() => void globalThis.peerJs.connect('ours').on('open', function () { this.send('from the page'); }));
    const connection = await incoming;
    assert.equal(await new Promise((resolve) => connection.on('data', resolve)), 'from the page');
  });
});
