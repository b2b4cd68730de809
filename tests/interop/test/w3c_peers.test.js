// RTCPeerConnection of Node with other implementations of it: Firefox and @roamhq/wrtc, in both roles, media both ways and
// data.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { connect, createMediaStreamTrack, firstFrame, MediaStream } from '../../../clients/node/esm/w3c.mjs';
import { Bench } from '../support/bench.js';
import { PEERS } from '../support/peers.js';
import { negotiate, startPeer } from '../support/w3c_peer.js';

const TIMEOUT = { timeout: 120_000 };
const NAMES = ['Firefox', 'wrtc'];
const LEAST = { audio: 100, video: 40 }; // Frames that it decodes.

async function connectWith(t, spec, weOffer) {
  const { peer, connection } = await startPeer(t, spec);
  const ours = connection.createDataChannel('ours');
  const tracks = [];
  connection.ontrack = ({ track }) => tracks.push(track);
  const received = [];
  connection.ondatachannel = ({ channel }) => {
    channel.onmessage = ({ data }) => received.push(typeof data === 'string' ? data : Buffer.from(data));
  };
  const stream = new MediaStream();
  for (const kind of ['audio', 'video']) connection.addTrack(createMediaStreamTrack(kind), stream);
  await peer.request('receive', { offers: false }); // What it sends and what it receives share sections.
  await peer.request('publish');
  await peer.request('channel', { label: 'theirs', messages: [{ text: 'Grüße' }, { base64: 'AQID' }] });
  const errors = await negotiate(connection, peer, weOffer);
  return { peer, connection, ours, received, tracks, errors };
}

// What a mixer sends: packets of Opus whose contributing sources are in their headers.
class Mixer {
  #socket = createSocket('udp4');
  #sequence = 0;
  #timer;
  csrcs = [];

  constructor(t, port) {
    this.#timer = setInterval(() => this.#send(port), 20);
    t.after(() => {
      clearInterval(this.#timer);
      this.#socket.close();
    });
  }

  #send(port) {
    const packet = Buffer.alloc(12 + 4 * this.csrcs.length + 3, 1);
    packet[0] = 0x80 | this.csrcs.length;
    packet[1] = 111;
    packet.writeUInt16BE(++this.#sequence, 2);
    packet.writeUInt32BE(960 * this.#sequence, 4);
    packet.writeUInt32BE(1, 8); // The peer puts its own.
    this.csrcs.forEach((csrc, i) => packet.writeUInt32BE(csrc, 12 + 4 * i));
    this.#socket.send(packet, port, '127.0.0.1');
  }
}

describe('RTCPeerConnection of Node with other implementations', () => {
  const bench = new Bench();
  let service;
  before(async () => {
    assert.ok(process.env.INTEROP_NAMESPACE, 'some peers leave out loopback: run it by ./namespace.sh');
    await bench.start({ browser: false });
    service = await connect(bench.address);
  });
  after(async () => {
    service.close();
    await bench.stop();
  });

  test('Pion passes on what a mixer sends: whom it names contributes', { timeout: 180_000 }, async (t) => {
    const { peer, connection } = await startPeer(t, PEERS.find(({ name }) => name === 'Pion'));
    const { feed } = await peer.request('publish');
    const errors = await negotiate(connection, peer, false);
    await until('we are connected', () => connection.connectionState === 'connected', { timeoutMs: 20_000 });
    const mixer = new Mixer(t, feed.audio);
    mixer.csrcs = [111, 222];
    const receiver = connection.getReceivers().find(({ track }) => track.kind === 'audio');
    const ids = () => receiver.getContributingSources().map(({ source }) => source).sort();
    await until('both', () => ids().join() === '111,222');
    mixer.csrcs = [222, 4_000_000_000];
    await until('the third', () => ids().length === 3);
    const [newest, next, silent] = receiver.getContributingSources();
    assert.equal(silent.source, 111);
    assert.deepEqual([newest.rtpTimestamp, newest.audioLevel], [next.rtpTimestamp, undefined]);
    assert.ok(silent.timestamp < newest.timestamp);
    const [{ source, rtpTimestamp }] = receiver.getSynchronizationSources();
    assert.deepEqual([rtpTimestamp, ids().includes(source)], [newest.rtpTimestamp, false]);
    assert.deepEqual(errors, []);
  });

  const specs = PEERS.filter(({ name }) => NAMES.includes(name));
  test('both peers are known', () => assert.deepEqual(specs.map(({ name }) => name).sort(), [...NAMES].sort()));

  for (const spec of specs) {
    for (const weOffer of [true, false]) {
      test(`${spec.name} ${weOffer ? 'answers' : 'offers'}`, TIMEOUT, async (t) => {
        const { peer, connection, ours, received, tracks, errors } = await connectWith(t, spec, weOffer);
        await until('we are connected', () => connection.connectionState === 'connected', { timeoutMs: 20_000 });
        await until('their messages', () => received.length === 2);
        assert.deepEqual(received, ['Grüße', Buffer.from([1, 2, 3])]);
        await until('ours is open', () => ours.readyState === 'open');
        const echoed = [];
        ours.onmessage = ({ data }) => echoed.push(typeof data === 'string' ? data : data.byteLength);
        ours.send('zurück');
        ours.send(new Uint8Array(20_000));
        await until('the echoes', () => echoed.length === 2);
        assert.deepEqual(echoed, ['zurück', 20_000]);
        assert.deepEqual(tracks.map(({ kind }) => kind).sort(), ['audio', 'video']);
        await Promise.all(tracks.map(firstFrame));
        assert.deepEqual(connection.getTransceivers().map(({ currentDirection }) => currentDirection), ['sendrecv', 'sendrecv']);
        await until('ours at the peer', async () => {
          const { decoded } = await peer.request('received');
          return Object.keys(LEAST).every((kind) => decoded[kind] >= LEAST[kind]);
        }, { timeoutMs: 60_000, intervalMs: 200 });
        assert.deepEqual(errors, []);
      });
    }
  }
});
