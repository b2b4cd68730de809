// The same two cases with every WebRTC implementation that Debian or npm packages: the peer offers, the service offers.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
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
import { PEERS, isOfVersion } from '../support/peers.js';
import { Recording } from '../support/recording.js';

const TIMEOUT = { timeout: 180_000 }; // A compiler may have to run first.
const LEAST = { audio: 100, video: 60 }; // Packets that must have come before the media is stopped.

const MESSAGES = { text: { text: 'Grüße 🎥' }, bytes: { binary: bytesOf(256) }, long: { binary: bytesOf(20_000) } };
const forPeer = ({ text, binary }) => (text === undefined ? { base64: binary.toString('base64') } : { text });
const only = (list, key, value) => list.filter((entry) => entry[key] === value).map(({ [key]: _, ...rest }) => rest);

const ALL = { ours: Object.keys(MESSAGES), theirs: Object.keys(MESSAGES) };
const ofKinds = (kinds) => kinds.map((kind) => MESSAGES[kind]);
const openTheirs = (call, kinds) => call.peer.request('channel', { label: 'theirs', messages: ofKinds(kinds).map(forPeer) });

// Each side opens a channel and sends on it; the other sends everything back.
async function exchangeMessages(call, data, { ours, theirs, late }) {
  await until('our channel opens', () => data.openChannel('ours'));
  const sent = ofKinds(ours);
  for (const message of sent) await data.send('ours', message);
  await until('the echoes of ours', () => only(data.messages, 'dataChannelId', 'ours').length >= sent.length);
  assert.deepEqual(only(data.messages, 'dataChannelId', 'ours'), sent);

  const expected = ofKinds(theirs);
  const fromTheirs = () => data.messages.filter(({ dataChannelId }) => dataChannelId !== 'ours');
  const payloads = () => fromTheirs().map(({ dataChannelId: _, ...message }) => message);
  if (late) {
    await until('their messages', () => fromTheirs().length >= expected.length || openTheirs(call, theirs).then(() => false),
      { intervalMs: 500 });
    assert.deepEqual(payloads().slice(0, expected.length), expected);
    return [`${sent.length} sent back`, `${expected.length} received`];
  }
  await until('their messages', () => fromTheirs().length >= expected.length);
  assert.deepEqual(payloads(), expected);
  for (const message of fromTheirs()) {
    const { dataChannelId, ...payload } = message;
    await data.send(dataChannelId, payload);
  }
  await until('our echoes at the peer', () => only(call.peer.messages, 'label', 'theirs').length >= expected.length);
  assert.deepEqual(only(call.peer.messages, 'label', 'theirs'), expected.map(forPeer));
  return [`${sent.length} sent back`, `${expected.length} sent back`];
}

// What the peer passed on or sent back is at the sinks byte for byte; what it encoded is there to the packet.
async function exchangeMedia(call, feed, recording) {
  const { sinks, captures } = call;
  if (feed) await recording.play(feed);
  else await until('media', () => Object.keys(LEAST).every((kind) => sinks[kind].packets >= LEAST[kind]), { timeoutMs: 30_000 });
  const { sent, inbound } = await call.stopMedia();
  for (const kind of Object.keys(LEAST)) {
    assertUnbroken(kind, sinks[kind]);
    assert.equal(inbound[kind].packetsLost, 0, `${kind} lost`);
    if (feed) assert.deepEqual(captures[kind].payloads, recording.payloads(kind), `${kind} at the sink`);
    if (!sent) continue;
    assert.equal(inbound[kind].packetsReceived, sent[kind], `${kind} packets at the service`);
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
    assert.ok(process.env.INTEROP_NAMESPACE, 'some peers leave out loopback: run it by ./namespace.sh');
    directory = await mkdtemp(join(tmpdir(), 'pcd-peers-'));
    [recording] = await Promise.all([Recording.make(), bench.start({ browser: false })]);
  });
  after(async () => {
    console.log(formatTable([['peer', 'role', 'video at the sink', 'audio at the sink', 'messages from us', 'messages to us', 'time'], ...rows]));
    if (directory) await rm(directory, { recursive: true });
    await bench.stop();
  });

  const exchange = async (t, call, { media, messages = ALL }, negotiate, stem) => {
    const data = await call.openChannel(t, 'ours');
    const { feed } = media === 'echo' ? { feed: await call.sendFromUdp() } : await call.peer.request('publish');
    if (!messages.late && messages.theirs.length > 0) await openTheirs(call, messages.theirs);
    await negotiate(call);
    await call.connected();
    const counts = await exchangeMessages(call, data, messages);
    await exchangeMedia(call, feed, recording);
    return [...await decodeAll(call, stem), ...counts];
  };

  test("the README's table has their versions", async () => {
    const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
    const [, table] = /^## What it is tested with$(.*?)^## /ms.exec(readme);
    // It writes names as code, and Firefox's with its edition.
    const rows = table.replaceAll('`', '').replaceAll('Firefox ESR', 'Firefox').split('\n');
    for (const { version } of PEERS) assert.ok(rows.some((row) => row.startsWith(`| ${version} `)), `no row for ${version}`);
  });

  for (const spec of PEERS) {
    const run = async (t, role, negotiate) => {
      const command = await spec.command();
      const began = performance.now();
      const call = await PeerCall.create(t, bench, command);
      try {
        assert.ok(isOfVersion(spec, call.peer.version), `${call.peer.version} where ${spec.version} is expected`);
        const cells = await exchange(t, call, spec, negotiate, join(directory, `${spec.name}-${role}`));
        rows.push([call.peer.version, role, ...cells, `${((performance.now() - began) / 1000).toFixed(1)} s`]);
      } catch (error) {
        error.message += `\n${call.peer.log}`;
        throw error;
      }
    };
    const { name, roles = ['offers', 'answers'] } = spec;

    if (roles.includes('offers')) {
      test(`${name} offers`, TIMEOUT, (t) => run(t, 'offers', (call) => call.peerOffers(t)));
    }
    if (roles.includes('answers')) {
      test(`${name} answers`, TIMEOUT, (t) => run(t, 'answers', async (call) => {
        for (const kind of spec.media === 'echo' ? [] : Object.keys(LEAST)) await call.receive(kind);
        await call.serviceOffers(t);
      }));
    }
  }
});
