// Calls go to the service ahead of their answers, and take effect in the order in which they were made, however they and
// their answers overtake each other on the way.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until, within } from '../../demo/lib/wait.js';
import { connect, createMediaStreamTrack, MediaStream, peerConnectionId } from '../../esm/w3c.mjs';
import { startGrpcProxy } from '../../testing/grpc_proxy.js';
import { makeConnection, makePair, negotiate, once, useService } from '../../testing/w3c.js';

const TIMEOUT = { timeout: 60_000 };
// Less than the service waits for a call that does not come.
const AT_ONCE_MS = 10_000;
const sections = ({ sdp }) => [...sdp.matchAll(/^m=(\w+)/gm)].map(([, kind]) => kind);
const directions = ({ sdp }) => [...sdp.matchAll(/^a=(sendrecv|sendonly|recvonly|inactive)/gm)].map(([, direction]) => direction);

// New connections live behind the proxy.
async function behindProxy(t, held, options) {
  const proxy = await startGrpcProxy(t, held.address, options);
  const service = await connect(proxy.address);
  t.after(() => service.close());
  return { proxy, service };
}

describe('calls that are sent ahead', () => {
  const held = useService();
  const agrees = async (connection) => {
    const { transceivers } = await held.service.client.peerConnections.listTransceivers(
      { peerConnectionId: await peerConnectionId(connection) });
    const name = (value) => value.replace('RTP_TRANSCEIVER_DIRECTION_', '').toLowerCase();
    assert.deepEqual(
      connection.getTransceivers().map(({ direction, receiver }) => `${direction} ${receiver.track.kind}`),
      transceivers.map(({ direction, kind }) => `${name(direction)} ${kind.replace('MEDIA_KIND_', '').toLowerCase()}`));
  };

  test('all are at the service before the first is answered', TIMEOUT, async (t) => {
    const { proxy } = await behindProxy(t, held);
    const a = makeConnection(t);
    const id = await peerConnectionId(a);
    proxy.hold();
    const before = proxy.arrived.length;
    const [audio, video] = ['audio', 'video'].map((kind) => a.addTransceiver(kind));
    audio.direction = 'recvonly';
    video.setCodecPreferences([]);
    const stream = new MediaStream();
    const sender = a.addTrack(createMediaStreamTrack('audio'), stream);
    sender.setStreams();
    a.addTransceiver('video', { direction: 'sendonly' }).stop();
    a.createDataChannel('x');
    const offer = a.createOffer();
    await until('the last', () => proxy.arrived.includes('CreateOffer'));
    assert.deepEqual(proxy.arrived.slice(before).sort(), [
      'AddTrack', 'AddTransceiver', 'AddTransceiver', 'AddTransceiver', 'CreateDataChannel', 'CreateLocalTrack', 'CreateOffer',
      'SetCodecPreferences', 'SetSenderStreams', 'SetTransceiverDirection', 'StopTransceiver',
    ]);
    // Carried out, too.
    const { client } = held.service;
    await until('the channel', async () => (await client.dataChannels.listDataChannels({ peerConnectionId: id })).dataChannels.length === 1);
    assert.equal(await Promise.race([offer, 'not answered']), 'not answered');
    proxy.release();
    const description = await offer;
    assert.deepEqual(sections(description), ['audio', 'video', 'application']);
    assert.deepEqual(directions(description), ['sendrecv', 'sendrecv'], 'addTrack took the first transceiver');
  });

  for (const seed of [1, 2, 3]) {
    test(`calls and answers overtake each other (${seed}): all is as it was made`, TIMEOUT, async (t) => {
      await behindProxy(t, held, { maxDelayMs: 30, seed });
      const [a, b] = makePair(t);
      const made = [];
      for (let i = 0; i < 12; ++i) {
        const kind = i % 3 === 0 ? 'video' : 'audio';
        made.push(a.addTransceiver(kind, { direction: 'sendonly' }));
        if (i % 2 === 0) made[i].direction = 'recvonly';
        if (i % 4 === 0) made[i].direction = 'inactive';
      }
      made[5].stop();
      const track = createMediaStreamTrack('video');
      const sender = a.addTrack(track);
      a.removeTrack(sender);
      const replaced = made[1].sender.replaceTrack(createMediaStreamTrack('audio'));
      const channel = a.createDataChannel('x');
      const offer = await a.createOffer();
      await replaced;
      const expected = made.filter((_, i) => i !== 5);
      assert.deepEqual(a.getTransceivers().filter(({ direction }) => direction !== 'stopped'), expected);
      assert.deepEqual(
        sections(offer), [...expected.map(({ receiver }) => receiver.track.kind), 'application']);
      assert.deepEqual(directions(offer), expected.map(({ direction }) => direction));
      const opened = once(channel, 'open');
      await negotiate(a, b);
      await opened;
      await agrees(a);
      assert.deepEqual(a.getTransceivers().map(({ mid }) => Number(mid)), expected.map((_, i) => i));
    });
  }

  test('operations of the chain that need not wait for each other are sent ahead, too, and end in order', TIMEOUT, async (t) => {
    const { proxy } = await behindProxy(t, held);
    const [a, b] = [makeConnection(t), makeConnection(t)];
    const transceivers = ['audio', 'video'].map((kind) => a.addTransceiver(kind));
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    const candidates = [1, 2, 3].map((port) => ({ candidate: `candidate:${port} 1 udp ${port} 192.0.2.1 ${5000 + port} typ host`, sdpMid: '0' }));
    for (const [connection, operations, name, count] of [
      [b, () => candidates.map((candidate) => b.addIceCandidate(candidate)), 'AddIceCandidate', 3],
      [a, () => transceivers.map(({ sender, receiver }) => sender.replaceTrack(createMediaStreamTrack(receiver.track.kind))), 'ReplaceTrack', 2],
    ]) {
      proxy.arrived.length = 0;
      proxy.hold();
      const settled = [];
      const all = operations().map((operation, i) => operation.then(() => settled.push(i)));
      const after = connection.createOffer().catch(({ name }) => name).then((end) => settled.push(typeof end));
      // Its turn is when all are told.
      const description = connection.setLocalDescription().then(() => settled.push('description'));
      await until('the offer', () => proxy.arrived.includes('CreateOffer'));
      assert.equal(proxy.arrived.filter((one) => one === name).length, count);
      assert.deepEqual([settled, proxy.arrived.includes('SetLocalDescription')], [[], false]);
      proxy.release();
      await Promise.all([...all, after, description]);
      assert.deepEqual(settled.slice(0, count), Array.from({ length: count }, (_, i) => i));
      assert.equal(settled.at(-1), 'description');
    }
    assert.match(b.remoteDescription.sdp, /a=candidate:1 .*\r\na=candidate:2 .*\r\na=candidate:3 /);
  });

  test('promises settle in the order of the calls', TIMEOUT, async (t) => {
    await behindProxy(t, held, { maxDelayMs: 30, seed: 4 });
    const a = makeConnection(t);
    const { sender } = a.addTransceiver('audio');
    const settled = [];
    const note = (name, promise) => promise.finally(() => settled.push(name));
    await Promise.all([
      note('offer', a.createOffer()), note('stats', a.getStats()), note("the sender's", sender.getStats()),
      note('stats again', a.getStats()),
    ]);
    assert.deepEqual(settled, ['offer', 'stats', "the sender's", 'stats again']);
  });

  test('one that gets lost fails, and those after it do not wait for it', TIMEOUT, async (t) => {
    const { proxy } = await behindProxy(t, held);
    const a = makeConnection(t);
    proxy.lose('CreateDataChannel');
    a.addTransceiver('audio');
    const lost = a.createDataChannel('lost');
    a.addTransceiver('video');
    const seen = [once(lost, 'error'), once(lost, 'close')];
    const offer = await within(a.createOffer(), 'an offer', AT_ONCE_MS);
    assert.deepEqual(sections(offer), ['audio', 'video']);
    await Promise.all(seen);
    assert.equal(lost.readyState, 'closed');
    await agrees(a);
  });

  test('a track that gets lost takes its transceiver along, and the next negotiation tells', TIMEOUT, async (t) => {
    const { proxy } = await behindProxy(t, held);
    const a = makeConnection(t);
    proxy.lose('CreateLocalTrack');
    const sender = a.addTrack(createMediaStreamTrack('audio'));
    const other = a.addTransceiver('video');
    await assert.rejects(within(a.createOffer(), 'an answer', AT_ONCE_MS), { name: 'OperationError' });
    assert.deepEqual(a.getTransceivers(), [other]);
    assert.equal(a.getSenders().includes(sender), false);
    assert.deepEqual(sections(await a.createOffer()), ['video']);
    await agrees(a);
  });

  test('close() while calls are on their way: nothing is thrown, and the service closes it', TIMEOUT, async (t) => {
    const { proxy } = await behindProxy(t, held, { maxDelayMs: 20, seed: 5 });
    const a = makeConnection(t);
    const id = await peerConnectionId(a);
    for (let i = 0; i < 8; ++i) a.addTransceiver('audio');
    a.createOffer().then(assert.fail, assert.fail);
    a.close();
    const { client } = held.service;
    await until('it is gone', () =>
      client.peerConnections.get({ peerConnectionId: id }).then(() => false, ({ code }) => code === 'NOT_FOUND'));
    assert.equal(proxy.arrived.filter((name) => name === 'Close').length, 1);
  });
});

describe('a call that the service refuses in the middle', () => {
  useService({ args: ['--max-media-sections=3'] });

  test('those before and after it are carried out; the next offer rejects once', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const [first, second] = ['audio', 'video'].map((kind) => a.addTransceiver(kind));
    for (let i = 0; i < 4; ++i) a.addTransceiver('audio').direction = 'inactive';
    first.direction = 'recvonly';
    await assert.rejects(a.createOffer(), { name: 'OperationError' });
    const [, , third, ...more] = a.getTransceivers();
    assert.deepEqual([a.getTransceivers().slice(0, 2), third.direction, more], [[first, second], 'inactive', []]);
    const offer = await a.createOffer();
    assert.deepEqual(directions(offer), ['recvonly', 'sendrecv', 'inactive']);
    await negotiate(a, b);
    assert.deepEqual(a.getTransceivers().map(({ mid }) => mid), ['0', '1', '2']);
  });

  test('a description waits for what becomes of the calls before it, and is not applied if one was refused', TIMEOUT, async (t) => {
    const a = makeConnection(t);
    for (let i = 0; i < 4; ++i) a.addTransceiver('audio');
    await assert.rejects(a.setLocalDescription(), { name: 'OperationError' });
    assert.deepEqual([a.signalingState, a.localDescription], ['stable', null]);
    await a.setLocalDescription();
    assert.equal(a.signalingState, 'have-local-offer');
  });
});
