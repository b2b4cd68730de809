// The same two cases with every WebRTC implementation that Debian or npm packages: the peer offers, the service offers.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { formatTable } from '../../../clients/node/demo/lib/table.js';
import { Bench } from '../support/bench.js';
import { decodeAudio, decodeVideo, vp8Frames } from '../support/capture.js';
import { assertUnbroken } from '../support/media.js';
import { bytesOf } from '../support/messages.js';
import { PeerCall } from '../support/peer_call.js';
import { PEERS } from '../support/peers.js';
import { Recording } from '../support/recording.js';

const TIMEOUT = { timeout: 90_000 };
const LEAST = { video: 60, audio: 100 }; // Packets that must have come before the media is stopped.

const MESSAGES = [{ text: 'Grüße 🎥' }, { binary: bytesOf(256) }, { binary: bytesOf(20_000) }];
const forPeer = ({ text, binary }) => (text === undefined ? { base64: binary.toString('base64') } : { text });
const only = (list, key, value) => list.filter((entry) => entry[key] === value).map(({ [key]: _, ...rest }) => rest);

// Each side opens a channel and sends on it; the other sends everything back.
async function exchangeMessages(call, data) {
  await until('our channel opens', () => data.openChannel('ours'));
  for (const message of MESSAGES) await data.send('ours', message);
  await until('the echoes of ours', () => only(data.messages, 'dataChannelId', 'ours').length >= MESSAGES.length);
  assert.deepEqual(only(data.messages, 'dataChannelId', 'ours'), MESSAGES);

  const theirs = await until('their channel opens', () => data.openChannel('theirs'));
  await until('their messages', () => only(data.messages, 'dataChannelId', theirs).length >= MESSAGES.length);
  assert.deepEqual(only(data.messages, 'dataChannelId', theirs), MESSAGES);
  for (const message of MESSAGES) await data.send(theirs, message);
  await until('our echoes at the peer', () => only(call.peer.messages, 'label', 'theirs').length >= MESSAGES.length);
  assert.deepEqual(only(call.peer.messages, 'label', 'theirs'), MESSAGES.map(forPeer));
  return `${MESSAGES.length} of ${MESSAGES.length}`;
}

// What the peer passed on is at the sinks byte for byte; what it encoded is there to the packet.
async function exchangeMedia(call, feed, recording) {
  const { sinks, captures, peer } = call;
  if (feed) await recording.play(feed);
  else await until('media', () => Object.keys(LEAST).every((kind) => sinks[kind].packets >= LEAST[kind]), { timeoutMs: 30_000 });
  const { sent } = await peer.request('stop');
  await call.settled();
  const inbound = await call.inbound();
  for (const kind of Object.keys(LEAST)) {
    assertUnbroken(kind, sinks[kind]);
    assert.equal(inbound[kind].packetsLost, 0, `${kind} lost`);
    if (sent) assert.equal(inbound[kind].packetsReceived, sent[kind], `${kind} packets at the service`);
    if (feed) assert.deepEqual(captures[kind].payloads, recording.payloads(kind), `${kind} at the sink`);
  }
}

async function decodeAll({ captures }, stem) {
  const frames = vp8Frames(captures.video);
  assert.equal(await decodeVideo(frames, stem), frames.length, 'frames decoded');
  const packets = captures.audio.payloads;
  assert.equal(await decodeAudio(packets, stem), packets.length, 'Opus packets decoded');
  return [`${captures.video.packets.length} packets, ${frames.length} frames`, `${packets.length} packets`];
}

describe('peers', () => {
  const bench = new Bench();
  const rows = [];
  let directory, recording;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'pcd-peers-'));
    [recording] = await Promise.all([Recording.make(), bench.start({ browser: false })]);
  });
  after(async () => {
    console.log(formatTable([['peer', 'role', 'video at the sink', 'audio at the sink', 'messages and echoes', 'time'], ...rows]));
    await rm(directory, { recursive: true });
    await bench.stop();
  });

  const exchange = async (t, call, negotiate, stem) => {
    const data = await call.openChannel(t, 'ours');
    const { feed } = await call.peer.request('publish');
    await call.peer.request('channel', { label: 'theirs', messages: MESSAGES.map(forPeer) });
    await negotiate(call);
    await call.connected();
    const messages = await exchangeMessages(call, data);
    await exchangeMedia(call, feed, recording);
    return [...await decodeAll(call, stem), messages];
  };

  for (const { name, command, prepare } of PEERS) {
    const run = async (t, role, negotiate) => {
      const began = performance.now();
      await prepare?.();
      const call = await PeerCall.create(t, bench, command);
      try {
        const cells = await exchange(t, call, negotiate, join(directory, `${name}-${role}`));
        rows.push([call.peer.version, role, ...cells, `${((performance.now() - began) / 1000).toFixed(1)} s`]);
      } catch (error) {
        error.message += `\n${call.peer.log}`;
        throw error;
      }
    };

    test(`${name} offers`, TIMEOUT, (t) => run(t, 'offers', (call) => call.peerOffers(t)));

    test(`${name} answers`, TIMEOUT, (t) => run(t, 'answers', async (call) => {
      for (const kind of Object.keys(LEAST)) await call.receive(kind);
      await call.serviceOffers(t);
    }));
  }
});
