// W3C WebRTC 1.0, 5.3, getSynchronizationSources: how often the service is asked; and firstFrame, which waits for it.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { until } from '../../demo/lib/wait.js';
import { createMediaStreamTrack, firstFrame } from '../../esm/w3c.mjs';
import { makeConnection, makePair, negotiate, nothingHappens, once, useService } from '../../testing/w3c.js';

const require = createRequire(import.meta.url);
const { HeardSources } = require('../../dist/w3c/heard.js');
const TIMEOUT = { timeout: 60_000 };

// The service tells of one source, whose RTP timestamp counts the calls.
function sourcesOf({ receives, refreshMs, idleMs, answers = () => true }) {
  const asked = { count: 0 };
  const listReceiverSources = async () => {
    const timestamp = { seconds: 1_000_000 + ++asked.count, nanos: 0 };
    if (!answers()) throw new Error('out of reach');
    return { receivers: [{
      receiverId: 'receiver', timestamp, synchronizationSources: [{ source: 7, timestamp, rtpTimestamp: asked.count }], contributingSources: [],
    }] };
  };
  const session = { id: Promise.resolve('id'), client: { peerConnections: { listReceiverSources } } };
  const heard = new HeardSources(session, receives, { refreshMs, idleMs });
  return { heard, asked, look: () => heard.list('receiver', 'synchronizationSources') };
}

describe('who was heard (5.3)', () => {
  test('is known when media has begun, whenever somebody looks first', async () => {
    const { heard, asked, look } = sourcesOf({ receives: () => true, refreshMs: 60_000, idleMs: 5 });
    await heard.begin();
    await until('it is asked for again and again', () => asked.count > 5);
    const [{ source, rtpTimestamp }] = look();
    assert.deepEqual([source, rtpTimestamp >= 5], [7, true]);
    await until('a look has it asked for at once', () => look()[0].rtpTimestamp > rtpTimestamp);
    const { count } = asked;
    heard.close();
    await heard.begin();
    assert.equal(asked.count, count + 1);
  });

  test('is asked for while somebody looks, and by nobody when nothing arrives', async () => {
    let arrives = true;
    const { heard, asked, look } = sourcesOf({ receives: () => arrives, refreshMs: 60_000, idleMs: 2 });
    await heard.begin();
    arrives = false;
    await nothingHappens(50); // One may have been on its way.
    const { count } = asked;
    await nothingHappens(50);
    assert.equal(asked.count, count);
    look();
    await until('a look begins it again', () => asked.count === count + 1);
    heard.close();
  });

  test('a service out of reach holds up no first frame for long, and a look asks again', async () => {
    let reachable = false;
    const { heard, look } = sourcesOf({ receives: () => true, refreshMs: 1, idleMs: 60_000, answers: () => reachable });
    await heard.begin();
    assert.deepEqual(look(), []);
    reachable = true;
    await until('a source', () => look().length > 0);
    heard.close();
  });
});

describe('firstFrame', () => {
  useService();

  test('rejects when the track ends before any media has come; afterwards that is too late', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    a.addTransceiver('video'); // Nothing is sent.
    a.addTransceiver(createMediaStreamTrack('audio'));
    const tracks = [];
    b.ontrack = ({ track }) => tracks.push(track);
    await negotiate(a, b);
    const [video, audio] = tracks;
    const copies = [video.clone(), audio.clone()];
    await Promise.all([firstFrame(audio), firstFrame(copies[1])]);
    await firstFrame(audio.clone());
    const stopped = video.clone();
    const waiting = firstFrame(stopped);
    stopped.stop();
    await assert.rejects(waiting, { name: 'InvalidStateError' });
    const ended = once(video, 'ended');
    b.close();
    await ended;
    for (const track of [video, copies[0], video.clone()]) await assert.rejects(firstFrame(track), { name: 'InvalidStateError' });
    for (const track of [audio, copies[1]]) await firstFrame(track);
    const never = makeConnection(t).addTransceiver('audio').receiver.track;
    never.stop();
    await assert.rejects(firstFrame(never), { name: 'InvalidStateError' });
  });
});
