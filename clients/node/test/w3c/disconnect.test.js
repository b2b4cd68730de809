// What happens to connections when the way to the service, or the service itself, is gone.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startService } from '../../demo/lib/service.js';
import { until } from '../../demo/lib/wait.js';
import { connect, peerConnectionId } from '../../esm/w3c.mjs';
import { startProxy } from '../../testing/tcp_proxy.js';
import { connectedPair, makeConnection, once, reaches, record } from '../../testing/w3c.js';

const TIMEOUT = { timeout: 60_000 };

async function startAll(t) {
  const folder = await mkdtemp(join(tmpdir(), 'pcd-cut-'));
  const { address, child } = await startService({ logFile: join(folder, 'service.log') });
  const proxy = await startProxy(address);
  const service = await connect(proxy.address);
  t.after(async () => {
    service.close();
    await proxy.stop();
    await child.stop();
    await rm(folder, { recursive: true });
  });
  return { child, proxy, service };
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
  // Calls go on, too, as soon as the channel is there again.
  await until('calls go on', () => a.createOffer().then(() => true, () => false));
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

test('a stream that somebody else takes over is not fought for: the channels end', TIMEOUT, async (t) => {
  const { service } = await startAll(t);
  const { a, ours } = await connectedPair(t);
  const closed = once(ours, 'close');
  const other = service.client.dataChannels.stream();
  t.after(() => other.cancel());
  await other.write({ open: { peerConnectionId: await peerConnectionId(a), takeOver: true } });
  const { value } = await other[Symbol.asyncIterator]().next();
  await closed;
  assert.equal(value.opened.dataChannels[0].readyState, 'DATA_CHANNEL_STATE_OPEN');
  assert.equal(a.connectionState, 'connected');
});

test('when the service is gone its connections fail, channels close, and calls are refused', TIMEOUT, async (t) => {
  const { child } = await startAll(t);
  const { a, ours } = await connectedPair(t);
  const closed = once(ours, 'close');
  await child.stop('SIGKILL');
  await closed;
  const error = await a.createOffer().catch((reason) => reason);
  assert.equal(error.cause.code, 'UNAVAILABLE');
  a.close();
  assert.equal(a.connectionState, 'closed');
});

test('a service that never makes the connection: it fails, and calls tell why', TIMEOUT, async (t) => {
  const { child } = await startAll(t);
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
