// What waits on a data channel is bounded, in bytes and in messages, in either direction.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { until } from '../../demo/lib/wait.js';
import { connectedPair, tasksRun, useService } from '../../testing/w3c.js';

const require = createRequire(import.meta.url);
const { Fifo } = require('../../dist/w3c/fifo.js');
const { DataLink } = require('../../dist/w3c/data_link.js');
const { DataSender } = require('../../dist/w3c/data_sender.js');

const TIMEOUT = { timeout: 60_000 };
const LONG = { timeout: 150_000 };
const MOST_MESSAGES = 1 << 18;
const MEBIBYTE = 1 << 20;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
function memory() {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Sends until the channel refuses. @returns How many were taken. */
function sendUntilRefused(channel, data) {
  let count = 0;
  assert.throws(() => {
    for (; count <= 2 * MOST_MESSAGES; ++count) channel.send(data);
  }, { name: 'OperationError' });
  return count;
}

describe('a sender that never waits (6.2, send())', () => {
  useService();

  for (const [name, data] of [['empty texts', ''], ['texts of one byte', 'x'], ['single bytes', new Uint8Array(1)], ['empty Blobs', new Blob([])]]) {
    test(`${name}: 262,144 wait, the next one is refused, and memory stays small`, TIMEOUT, async (t) => {
      const { ours } = await connectedPair(t);
      const before = memory();
      const count = sendUntilRefused(ours, data);
      const grown = memory() - before;
      assert.ok(count >= MOST_MESSAGES && count <= MOST_MESSAGES + 1, `${count} messages`); // One may be on its way.
      assert.ok(grown < 96 * MEBIBYTE, `${grown} bytes for ${count} messages`);
      t.diagnostic(`${(grown / count).toFixed(0)} bytes a message`);
      assert.equal(ours.bufferedAmount, count * (data.length ?? 0), 'bufferedAmount counts payload only');
    });
  }

  test('chunks of 64 KiB: 16 MiB wait, and memory has little more than those', TIMEOUT, async (t) => {
    const { ours } = await connectedPair(t);
    const before = memory();
    const count = sendUntilRefused(ours, new Uint8Array(65_536));
    const grown = memory() - before;
    assert.deepEqual([count, ours.bufferedAmount], [256, 16 * MEBIBYTE]);
    assert.ok(grown > 15 * MEBIBYTE && grown < 24 * MEBIBYTE, `${grown} bytes`);
  });

  test('50,000 messages of 16 bytes that are queued at once arrive, each once and in order', LONG, async (t) => {
    const { ours, theirs } = await connectedPair(t);
    const count = 50_000;
    let next = 0;
    theirs.onmessage = ({ data }) => {
      assert.equal(data.byteLength, 16);
      assert.equal(new DataView(data).getUint32(12), next++);
    };
    const view = new DataView(new ArrayBuffer(16));
    for (let i = 0; i < count; ++i) {
      view.setUint32(12, i);
      ours.send(view);
    }
    assert.equal(ours.bufferedAmount, 16 * count);
    await until('all of them', () => next === count, { timeoutMs: 120_000, intervalMs: 100 });
  });
});

test('200,000 messages that wait go one after the other, each once, in a time that grows with their number only', { timeout: 30_000 }, async () => {
  const count = 200_000;
  let next = 0;
  const write = ({ message: { message: { binary } } }) => {
    assert.equal(new DataView(binary.buffer, binary.byteOffset).getUint32(12), next++);
    return { number: next, ready: Promise.resolve() };
  };
  const sender = new DataSender('channel', { write }, () => {}, assert.ifError, () => sender.sentInAll(16 * next));
  for (let i = 0; i < count; ++i) {
    const binary = Buffer.alloc(16);
    binary.writeUInt32BE(i, 12);
    sender.push(binary, 16);
  }
  sender.open(16 * count);
  await sender.whenWritten();
  await until('all of them', () => next === count);
});

test('the shortest messages do not pile up at the service, whose credit is in bytes: its counters tell what has left', async () => {
  const [count, most] = [100_000, 65_536];
  let written = 0;
  let full = 0;
  let left = 0;
  const sender = new DataSender(
    'channel', { write: () => ({ number: ++written, ready: Promise.resolve() }) }, (bytes) => (left += bytes), assert.ifError, () => ++full);
  sender.open(MEBIBYTE);
  for (let i = 0; i < count; ++i) sender.push('x', 1);
  await until('no more go', () => sender.isFull);
  assert.deepEqual([written, full, sender.queued, left], [most, 1, count - most, 0]);
  sender.sentInAll(1_000);
  await until('as many more go', () => sender.isFull);
  assert.deepEqual([written, full, left], [most + 1_000, 2, 1_000]);
  sender.sentInAll(most + 1_000);
  await sender.whenWritten();
  assert.deepEqual([written, full, sender.isFull, left], [count, 2, false, most + 1_000]);
  sender.addCredit(most + 1_000); // What was known to have left does not leave again.
  assert.equal(left, most + 1_000);
  sender.addCredit(count - most - 1_000);
  assert.deepEqual([left, sender.hasUnsent], [count, false]);
});

test('of what a peer floods us with, no more than 1,024 messages are read before their turn', TIMEOUT, async () => {
  let read = 0;
  let cancelled = false;
  const stream = {
    write: async () => {},
    cancel: () => (cancelled = true),
    async *[Symbol.asyncIterator]() {
      const channel = { dataChannelId: 'flood', label: '', protocol: '', readyState: 'DATA_CHANNEL_STATE_OPEN', openedByRemote: true, priority: 'DATA_CHANNEL_PRIORITY_LOW' };
      yield { opened: { dataChannels: [channel], initialSendCredit: 1 } };
      while (!cancelled) {
        ++read;
        yield { message: { dataChannelId: 'flood', message: { text: '' } } };
      }
    },
  };
  const session = { id: Promise.resolve('id'), client: { dataChannels: { stream: () => stream } }, call: () => new Promise(() => {}) };
  let handled = 0;
  let most = 0;
  const link = new DataLink(session, {
    maxMessageSize: () => Infinity, maxChannels: () => 65_535, sctpStarted: () => true,
    onRemoteChannel: ({ object }) => object.addEventListener('message', () => {
      ++handled;
      most = Math.max(most, read - handled);
    }),
  });
  link.open();
  await until('many are handled', () => handled > 20_000);
  assert.ok(most > 500 && most <= 1_024, `${most} were read ahead`);
  link.closeAll();
  await tasksRun();
});

describe('Fifo', () => {
  const all = (fifo) => [...fifo];

  test('first in, first out, however they were put in', () => {
    const fifo = new Fifo();
    assert.deepEqual([fifo.length, fifo.first, fifo.shift()], [0, undefined, undefined]);
    for (const item of [3, 4, 5]) fifo.push(item);
    fifo.prepend([1, 2]);
    assert.deepEqual([fifo.length, fifo.first, all(fifo)], [5, 1, [1, 2, 3, 4, 5]]);
    assert.deepEqual([fifo.shift(), fifo.shift()], [1, 2]);
    fifo.prepend([2]);
    assert.deepEqual(all(fifo), [2, 3, 4, 5]);
    assert.equal(fifo.take((item) => item > 3), 4);
    assert.equal(fifo.take((item) => item === 2), 2);
    assert.equal(fifo.take((item) => item > 5), undefined);
    assert.deepEqual([all(fifo), fifo.length], [[3, 5], 2]);
    fifo.clear();
    assert.deepEqual([all(fifo), fifo.length, fifo.shift()], [[], 0, undefined]);
  });

  test('is what an array would be, through any operations', () => {
    const [fifo, array] = [new Fifo(), []];
    let state = 7;
    const random = (n) => (state = (state * 48_271) % 2_147_483_647) % n;
    for (let i = 0; i < 30_000; ++i) {
      const choice = random(i < 15_000 ? 4 : 7);
      if (choice < 3) array.push(i), fifo.push(i);
      else if (choice > 3) assert.equal(fifo.shift(), array.shift());
      else if (random(2) === 0) array.unshift(-i, i), fifo.prepend([-i, i]);
      else assert.equal(fifo.take((item) => item % 64 === 5), array.splice(array.findIndex((item) => item % 64 === 5) >>> 0, 1)[0]);
      assert.deepEqual([fifo.length, fifo.first], [array.length, array[0]]);
    }
    assert.deepEqual(all(fifo), array);
  });
});
