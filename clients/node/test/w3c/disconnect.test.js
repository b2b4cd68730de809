// What happens to connections when the way to the service, or the service itself, is gone.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startService } from '../../demo/lib/service.js';
import { until } from '../../demo/lib/wait.js';
import { Client } from '../../esm/index.mjs';
import { connect, createMediaStreamTrack, MediaStream, peerConnectionId } from '../../esm/w3c.mjs';
import { startProxy } from '../../testing/tcp_proxy.js';
import { connectedPair, makeConnection, once, reaches, record } from '../../testing/w3c.js';

const TIMEOUT = { timeout: 60_000 };

async function startAll(t, { args = [], ...options } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'pcd-cut-'));
  const { address, child } = await startService({ logFile: join(folder, 'service.log'), args });
  const proxy = await startProxy(address);
  const service = await connect(proxy.address, options);
  t.after(async () => {
    service.close();
    await proxy.stop();
    await child.stop();
    await rm(folder, { recursive: true });
  });
  return { address, child, proxy, service, folder };
}

// So many attempts have failed meanwhile.
async function attempts(proxy, count) {
  const before = proxy.refused();
  await until(`${count} attempts`, () => proxy.refused() >= before + count);
}

test('events go on after a disconnect, none missing', TIMEOUT, async (t) => {
  const { proxy } = await startAll(t);
  const [a, b] = [makeConnection(t), makeConnection(t)];
  a.addTransceiver('audio', { direction: 'recvonly' });
  const candidates = [];
  a.onicecandidate = ({ candidate }) => candidates.push(candidate?.candidate);
  await a.setLocalDescription();
  proxy.cut();
  await until('all candidates and their end', () => candidates.at(-1) === undefined && candidates.length > 1);
  assert.equal(new Set(candidates).size, candidates.length, 'none came twice');
  assert.equal((await a.createOffer()).type, 'offer', 'calls go on, too');
  assert.equal(b.connectionState, 'new');
});

test('data channels end with an error: messages may have been lost; the connection and new channels live', TIMEOUT, async (t) => {
  const { proxy } = await startAll(t);
  const { a, b, ours, theirs } = await connectedPair(t);
  const seen = record(ours, ['error', 'close'], (type, event) => (type === 'error' ? event.error.errorDetail : undefined));
  const ends = [once(ours, 'close'), once(theirs, 'close')];
  proxy.cut();
  await Promise.all(ends);
  assert.deepEqual(seen, ['error data-channel-failure', 'close']);
  assert.equal(a.connectionState, 'connected');
  const arrived = once(b, 'datachannel');
  const next = await until('a new channel', async () => {
    const channel = a.createDataChannel('next');
    await Promise.race([once(channel, 'open'), once(channel, 'close')]);
    return channel.readyState === 'open' && channel;
  });
  const { channel } = await arrived;
  const message = once(channel, 'message');
  next.send('alive');
  assert.equal((await message).data, 'alive');
});

test('channels that ended with the way to the service are closed as soon as it is there again, and do not come back', TIMEOUT, async (t) => {
  const { address, proxy } = await startAll(t);
  const direct = new Client({ address });
  t.after(() => direct.close());
  const { a, b, ours, theirs } = await connectedPair(t);
  const ids = await Promise.all([a, b].map(peerConnectionId));
  const seen = record(b, ['datachannel']);
  const ends = [once(ours, 'close'), once(theirs, 'close')];
  proxy.hold(); // The calls that close them fail, too.
  await Promise.all(ends);
  assert.equal((await direct.dataChannels.listDataChannels({ peerConnectionId: ids[1] })).dataChannels.length, 1);
  proxy.release();
  for (const id of ids) {
    await until('the service has none any more', async () =>
      (await direct.dataChannels.listDataChannels({ peerConnectionId: id })).dataChannels.length === 0);
  }
  await once(a.createDataChannel('next'), 'open');
  await until('the next one', () => seen.length > 0);
  assert.deepEqual(seen, ['datachannel']);
});

test('when events are missing all is as the service says, and what was told is not told again', TIMEOUT, async (t) => {
  const { address, proxy } = await startAll(t, { args: ['--max-events=16'] });
  const direct = new Client({ address });
  t.after(() => direct.close());
  const [a, b] = [makeConnection(t), makeConnection(t)];
  const stream = new MediaStream();
  b.addTrack(createMediaStreamTrack('audio'), stream);
  await b.setLocalDescription();
  const transceiver = a.addTransceiver('video', { direction: 'recvonly' });
  const candidates = record(a, ['icecandidate'],
    (_, { candidate }) => (candidate ? `${candidate.candidate} of ${candidate.usernameFragment}` : 'null'));
  await a.setLocalDescription();
  await until('all candidates', () => candidates.includes('icecandidate null'));
  const tracks = [];
  a.ontrack = ({ track, streams }) => tracks.push([track.kind, streams.map(({ id }) => id)]);
  const states = record(a, ['signalingstatechange'], () => a.signalingState);
  const id = await peerConnectionId(a);

  proxy.hold();
  // Meanwhile another controller goes on with it: its offer is taken back, that of the other side is answered.
  const { peerConnections } = direct;
  await peerConnections.setLocalDescription({ peerConnectionId: id, description: { type: 'SDP_TYPE_ROLLBACK' } });
  await peerConnections.setRemoteDescription(
    { peerConnectionId: id, description: { type: 'SDP_TYPE_OFFER', sdp: b.localDescription.sdp } });
  await peerConnections.setLocalDescription({ peerConnectionId: id });
  const { transceivers } = await peerConnections.listTransceivers({ peerConnectionId: id });
  const { transceiverId } = transceivers.find(({ kind }) => kind === 'MEDIA_KIND_VIDEO');
  for (let i = 0; i < 40; ++i) { // More than the service keeps.
    await peerConnections.setTransceiverDirection(
      { peerConnectionId: id, transceiverId, direction: `RTP_TRANSCEIVER_DIRECTION_${i % 2 ? 'SENDRECV' : 'INACTIVE'}` });
  }
  proxy.release();
  await until('the answer', () => a.localDescription?.type === 'answer');
  assert.deepEqual(states, ['signalingstatechange stable']);
  assert.equal(transceiver.direction, 'sendrecv');
  assert.deepEqual(tracks, [['audio', [stream.id]]]);
  const told = candidates.filter((line) => line.includes('candidate:'));
  assert.equal(new Set(told).size, told.length, 'none came twice');
});

test('a stream that somebody else takes over is not fought for: the channels end', TIMEOUT, async (t) => {
  const { service } = await startAll(t);
  const { a, ours } = await connectedPair(t);
  const closed = once(ours, 'close');
  const other = service.client.dataChannels.stream();
  t.after(() => other.cancel());
  await other.write({ open: { peerConnectionId: await peerConnectionId(a), takeOver: true } });
  const { value } = await other[Symbol.asyncIterator]().next();
  await closed;
  await once(a.createDataChannel('too late'), 'close');
  assert.equal(value.opened.dataChannels[0].readyState, 'DATA_CHANNEL_STATE_OPEN');
  assert.equal(a.connectionState, 'connected');
});

test('what is closed before the way to the service is closed is closed there', TIMEOUT, async (t) => {
  const { address, service } = await startAll(t);
  const direct = new Client({ address });
  t.after(() => direct.close());
  const connection = makeConnection(t);
  const id = await peerConnectionId(connection);
  connection.close();
  service.close();
  await until('it is gone', () => direct.peerConnections.get({ peerConnectionId: id })
    .then(() => false, ({ code }) => code === 'NOT_FOUND'));
});

test('calls made while the service is out of reach wait for it: nobody notices', TIMEOUT, async (t) => {
  const { proxy } = await startAll(t);
  const { a, b } = await connectedPair(t);
  await reaches(a, 'connectionstatechange', 'connectionState', 'connected');
  const states = record(a, ['connectionstatechange'], () => a.connectionState);
  const needed = once(a, 'negotiationneeded');
  proxy.hold();
  const transceiver = a.addTransceiver('audio', { direction: 'recvonly' });
  const sender = a.addTrack(createMediaStreamTrack('video'));
  transceiver.direction = 'inactive';
  const channel = a.createDataChannel('made meanwhile');
  const arrived = once(b, 'datachannel');
  const offered = a.createOffer();
  const later = makeConnection(t);
  later.addTransceiver('audio');
  await attempts(proxy, 3);
  proxy.release();
  const { sdp } = await offered;
  assert.match(sdp, /m=audio[^]*a=inactive[^]*m=video/);
  assert.deepEqual(a.getTransceivers().map(({ direction }) => direction), ['inactive', 'sendrecv']);
  assert.equal(a.getSenders()[1], sender);
  await needed;
  const { channel: theirs } = await arrived;
  const message = once(channel, 'message');
  theirs.send('here'); // Open at the other end, and here.
  assert.equal((await message).data, 'here');
  assert.match((await later.createOffer()).sdp, /m=audio/);
  assert.deepEqual(states, []);
});

test('a call whose answer is lost is carried out once', TIMEOUT, async (t) => {
  const { address, proxy } = await startAll(t);
  const direct = new Client({ address });
  t.after(() => direct.close());
  const list = async () => (await direct.peerConnections.list({})).peerConnections;
  proxy.deafen();
  const connection = makeConnection(t);
  const [{ peerConnectionId: id }] = await until('the service has made it', async () => {
    const found = await list();
    return found.length > 0 && found;
  });
  proxy.cut();
  assert.equal(await peerConnectionId(connection), id);
  assert.equal((await list()).length, 1);

  const transceivers = async () => (await direct.peerConnections.listTransceivers({ peerConnectionId: id })).transceivers;
  proxy.deafen();
  connection.addTransceiver('audio');
  await until('the service has it', async () => (await transceivers()).length > 0);
  proxy.cut();
  const { sdp } = await connection.createOffer();
  assert.equal(sdp.match(/^m=/gm).length, 1);
  assert.equal((await transceivers()).length, 1);
  assert.equal(connection.getTransceivers().length, 1);

  const signalingState = async () => (await direct.peerConnections.get({ peerConnectionId: id })).peerConnection.signalingState;
  proxy.deafen();
  const set = connection.setLocalDescription({ type: 'offer', sdp });
  await until('the service has it', async () => (await signalingState()) === 'SIGNALING_STATE_HAVE_LOCAL_OFFER');
  proxy.cut();
  await set;
  assert.equal(connection.signalingState, 'have-local-offer');
});

test('a channel that opens unheard and has messages then ends with an error; another opens', TIMEOUT, async (t) => {
  const { address, proxy } = await startAll(t);
  const a = makeConnection(t);
  const { client, close } = await connect(address);
  t.after(close);
  const b = makeConnection(t);
  const first = a.createDataChannel('first');
  const opened = once(first, 'open');
  // No candidate is on its way later: what waits for an answer that is lost holds up the calls after it.
  const describe = async (from, to) => {
    await from.setLocalDescription();
    await reaches(from, 'icegatheringstatechange', 'iceGatheringState', 'complete');
    await to.setRemoteDescription(from.localDescription);
  };
  await describe(a, b);
  await describe(b, a);
  await opened;
  const peerConnection = { peerConnectionId: await peerConnectionId(a) };
  const find = async (label) =>
    (await client.dataChannels.listDataChannels(peerConnection)).dataChannels.find((channel) => channel.label === label);
  b.ondatachannel = ({ channel }) => {
    if (channel.label === 'talks') channel.send('before anybody listens');
  };
  proxy.deafen();
  const [talks, silent] = ['talks', 'silent'].map((label) => a.createDataChannel(label));
  const seen = record(talks, ['open', 'message', 'error', 'close'], (_, { error }) => error?.errorDetail);
  const [closed, open] = [once(talks, 'close'), once(silent, 'open')];
  await until('the message is there', async () => (await find('talks'))?.counters.messagesReceived > 0);
  proxy.cut();
  await Promise.all([closed, open]);
  assert.deepEqual(seen, ['error data-channel-failure', 'close']);
});

test('a service that is started anew has none of the connections: they fail at once, and new ones live', TIMEOUT, async (t) => {
  const { address, child, folder } = await startAll(t, { maxOutageMs: 3_600_000 });
  const { a, ours } = await connectedPair(t);
  const order = record(a, ['iceconnectionstatechange', 'connectionstatechange'],
    (type) => (type === 'connectionstatechange' ? a.connectionState : a.iceConnectionState));
  const failed = reaches(a, 'connectionstatechange', 'connectionState', 'failed');
  const closed = once(ours, 'close');
  await child.stop('SIGKILL');
  const again = await startService({ logFile: join(folder, 'again.log'), args: [`--listen=${address}`] });
  t.after(() => again.child.stop());
  await Promise.all([failed, closed]);
  assert.deepEqual(order.slice(-2), ['iceconnectionstatechange failed', 'connectionstatechange failed']);
  const error = await a.createOffer().catch((reason) => reason);
  assert.deepEqual([error.name, error.cause.reason], ['InvalidStateError', 'PEER_CONNECTION_NOT_FOUND']);
  const next = makeConnection(t);
  next.createDataChannel('x');
  assert.equal((await next.createOffer()).type, 'offer');
});

test('a connection that was closed while it could not be told is closed as soon as it can', TIMEOUT, async (t) => {
  const { address, proxy } = await startAll(t);
  const direct = new Client({ address });
  t.after(() => direct.close());
  const connection = makeConnection(t);
  const id = await peerConnectionId(connection);
  proxy.hold();
  connection.close();
  await attempts(proxy, 2);
  proxy.release();
  await until('it is gone', () => direct.peerConnections.get({ peerConnectionId: id })
    .then(() => false, ({ code }) => code === 'NOT_FOUND'));
});

test('when the service is gone its connections fail, channels close, and calls are refused', TIMEOUT, async (t) => {
  const { child } = await startAll(t, { maxOutageMs: 300 });
  const { a, ours } = await connectedPair(t);
  const order = record(a, ['iceconnectionstatechange', 'connectionstatechange'],
    (type) => (type === 'connectionstatechange' ? a.connectionState : a.iceConnectionState));
  const closed = once(ours, 'close');
  await child.stop('SIGKILL');
  await closed;
  await reaches(a, 'connectionstatechange', 'connectionState', 'failed');
  assert.deepEqual(order.slice(-2), ['iceconnectionstatechange failed', 'connectionstatechange failed']);
  const channel = a.createDataChannel('too late');
  await once(channel, 'close');
  const error = await a.createOffer().catch((reason) => reason);
  assert.equal(error.cause.code, 'UNAVAILABLE');
  a.close();
  assert.equal(a.connectionState, 'closed');
});

test('a service that never makes the connection: it fails, and calls tell why', TIMEOUT, async (t) => {
  const { child } = await startAll(t, { maxOutageMs: 300 });
  await child.stop('SIGKILL');
  const connection = makeConnection(t);
  const channel = connection.createDataChannel('x');
  const closed = once(channel, 'close');
  const error = await connection.createOffer().catch((reason) => reason);
  assert.equal(error.name, 'OperationError');
  assert.equal(error.cause.code, 'UNAVAILABLE');
  await reaches(connection, 'connectionstatechange', 'connectionState', 'failed');
  await closed;
});
