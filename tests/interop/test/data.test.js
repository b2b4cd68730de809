import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { duration } from '../../../clients/node/dist/index.js';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';
import { DataStream, bytesOf } from '../support/messages.js';

const TIMEOUT = { timeout: 60_000 };
const KIBIBYTE = 1 << 10;

// Text and bytes; nothing; more than one packet, more than one 64 KiB.
const MESSAGES = [
  { text: 'Grüße 🎥' },
  { binary: bytesOf(256) },
  { text: '' },
  { binary: Buffer.alloc(0) },
  { text: 'x'.repeat(5_000) },
  { binary: bytesOf(64 * KIBIBYTE) },
  { binary: bytesOf(200 * KIBIBYTE) },
];

// As the page reports what it received.
const asPageSees = ({ text, binary }) => (text === undefined ? { base64: binary.toString('base64') } : { text });

async function connect(t, bench) {
  const call = await Call.create(t, bench);
  await call.client.dataChannels.createDataChannel({
    peerConnectionId: call.peerConnectionId,
    dataChannelId: 'ours',
    init: { label: 'ours' },
  });
  const data = new DataStream(t, call);
  await call.trickleFromPage();
  await call.page.evaluate(() => globalThis.peer.createChannel('theirs'));
  await call.pageOffers();
  await call.connected();
  const theirs = await until('the channel of the page is open here', () => data.openChannel('theirs'));
  await until('our channel is open here', () => data.openChannel('ours'));
  for (const label of ['ours', 'theirs']) {
    await until(`${label} is open at the page`, async () => (await channelState(call, label)) === 'open');
  }
  return { call, data, theirs };
}

const channelState = (call, label) => call.page.evaluate((name) => globalThis.peer.channelState(name), label);
const received = (call, label) => call.page.evaluate((name) => globalThis.peer.received(name), label);

function sendFromPage(call, label, { text, binary }) {
  if (text !== undefined) {
    return call.page.evaluate(([name, value]) => globalThis.peer.sendText(name, value), [label, text]);
  }
  return call.page.evaluate(([name, value]) => globalThis.peer.sendBytes(name, value), [label, binary.toString('base64')]);
}

describe('data channels with Chromium', () => {
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  test('every kind of message passes both ways, whoever opened the channel', TIMEOUT, async (t) => {
    const { call, data, theirs } = await connect(t, bench);
    for (const [label, dataChannelId] of [['ours', 'ours'], ['theirs', theirs]]) {
      const before = data.messages.length;
      for (const message of MESSAGES) await data.send(dataChannelId, message);
      for (const message of MESSAGES) await sendFromPage(call, label, message);
      await until(`messages at the page on ${label}`, async () => (await received(call, label)).length === MESSAGES.length);
      await until(`messages at the service on ${label}`, () => data.messages.length - before === MESSAGES.length);
      assert.deepEqual(await received(call, label), MESSAGES.map(asPageSees));
      assert.deepEqual(data.messages.slice(before), MESSAGES.map((message) => ({ dataChannelId, ...message })));
    }
    assert.deepEqual(data.refused, []);
  });

  test('thousands of messages keep their order', TIMEOUT, async (t) => {
    const { call, data } = await connect(t, bench);
    const texts = Array.from({ length: 3_000 }, (_, i) => `message ${i}`);
    for (const text of texts) await data.send('ours', { text });
    await until('all of them', async () => (await received(call, 'ours')).length >= texts.length, { timeoutMs: 30_000 });
    assert.deepEqual((await received(call, 'ours')).map(({ text }) => text), texts);
  });

  test('a message is sent by the unary call, too', TIMEOUT, async (t) => {
    const { call } = await connect(t, bench);
    const { peerConnectionId } = call;
    await call.client.dataChannels.send({ peerConnectionId, dataChannelId: 'ours', message: { text: 'one' } });
    await until('the message', async () => (await received(call, 'ours')).length === 1);
    assert.deepEqual(await received(call, 'ours'), [{ text: 'one' }]);
  });

  test('closing reaches the other side, from either end', TIMEOUT, async (t) => {
    const { call, data, theirs } = await connect(t, bench);
    const { peerConnectionId } = call;
    await call.client.dataChannels.closeDataChannel({ peerConnectionId, dataChannelId: 'ours' });
    await until('the page sees our channel closed', async () => (await channelState(call, 'ours')) === 'closed');
    await call.page.evaluate(() => globalThis.peer.closeChannel('theirs'));
    await until('the service sees their channel closed', () =>
      data.channels.get(theirs).readyState === 'DATA_CHANNEL_STATE_CLOSED');
    const { dataChannels } = await call.client.dataChannels.listDataChannels({ peerConnectionId });
    assert.deepEqual(dataChannels, []);
  });

  test('a graceful close delivers what is queued and closes the channels; an abrupt one breaks them', TIMEOUT, async (t) => {
    const MANY = 16; // Of what a connection queues, 4 MiB, as many as fit while none leaves.
    for (const graceful of [true, false]) {
      const { call } = await connect(t, bench);
      const { client, peerConnectionId } = call;
      const binary = bytesOf(200 * KIBIBYTE);
      for (let i = 0; i < MANY; ++i) {
        await client.dataChannels.send({ peerConnectionId, dataChannelId: 'ours', message: { binary } });
      }
      await client.peerConnections.close({ peerConnectionId, graceful, gracefulTimeout: graceful ? duration(30_000) : undefined });
      for (const label of ['ours', 'theirs']) {
        await until(`${label} is closed at the page`, async () => (await channelState(call, label)) === 'closed');
        const errors = await call.page.evaluate((name) => globalThis.peer.channelErrors(name), label);
        assert.deepEqual(errors, graceful ? [] : ['sctp-failure'], label);
      }
      if (graceful) assert.equal((await received(call, 'ours')).length, MANY);
    }
  });

  test('a message beyond what the page takes is refused, and the channel lives on', TIMEOUT, async (t) => {
    const { call } = await connect(t, bench);
    const { peerConnectionId } = call;
    const { peerConnection } = await call.client.peerConnections.get({ peerConnectionId });
    const limit = peerConnection.sctp.maxMessageSize;
    assert.ok(limit >= 64 * KIBIBYTE, `${limit}`);
    const send = (binary) =>
      call.client.dataChannels.send({ peerConnectionId, dataChannelId: 'ours', message: { binary } });
    await assert.rejects(send(Buffer.alloc(limit + 1)), { code: 'INVALID_ARGUMENT', reason: 'MESSAGE_TOO_LARGE' });
    await send(bytesOf(3));
    await until('the message', async () => (await received(call, 'ours')).length === 1);
  });
});
