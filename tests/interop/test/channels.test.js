// What data channels can be, how many there can be, and what becomes of messages that nobody takes; with browsers.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';
import { impair } from '../support/impair.js';
import { DataStream } from '../support/messages.js';
import { steady } from '../support/steady.js';

const TIMEOUT = { timeout: 90_000 };
const MEBIBYTE = 1 << 20;

// By label: what each end may open, with what W3C's defaults make of it.
const KINDS = {
  plain: {},
  unordered: { ordered: false },
  'not repeated': { ordered: false, maxRetransmits: 0 },
  'repeated three times': { maxRetransmits: 3 },
  'repeated for a second': { ordered: false, maxPacketLifeTime: 1_000 },
  'with a protocol': { protocol: 'chat.example' },
};
// What becomes of it where packets are lost; the same from both ends.
const LOSSY = {
  'for a while': { ordered: false, maxPacketLifeTime: 200 },
  once: { ordered: false, maxRetransmits: 0 },
  'once, in order': { maxRetransmits: 0 },
  reliable: {},
};
const NEGOTIATED = { negotiated: true, id: 1_000, ordered: false, maxRetransmits: 2 };

/** Attributes without the id, as both ends say them. */
function described({ ordered, maxRetransmits, maxPacketLifeTime, protocol, negotiated }) {
  return { ordered, maxRetransmits: maxRetransmits ?? null, maxPacketLifeTime: maxPacketLifeTime ?? null, protocol, negotiated };
}
const expected = (init) => described({ ordered: true, protocol: '', negotiated: false, ...init });

const pageInit = (call, label) => call.page.evaluate((name) => globalThis.peer.channelInit(name), label);
const pageChannels = (call, state) => call.page.evaluate((wanted) => globalThis.peer.countChannels(wanted), state);
const pageReached = (call) => call.page.evaluate(() => globalThis.peer.countReached());
const inState = (data, state) => [...data.channels.values()].filter(({ readyState }) => readyState === state);
const openHere = (data) => inState(data, 'DATA_CHANNEL_STATE_OPEN');
const closedHere = (data) => inState(data, 'DATA_CHANNEL_STATE_CLOSED');

/** A call with the channels that are to be there from the beginning; with `network` through a relay with these flags. */
async function connect(t, bench, { open = {}, ours = {}, theirs = {}, network = null } = {}) {
  const call = await Call.create(t, bench);
  const { client, peerConnectionId } = call;
  for (const [label, init] of Object.entries(ours)) {
    await client.dataChannels.createDataChannel({ peerConnectionId, init: { label, ...init } });
  }
  const data = new DataStream(t, call, open);
  const relayed = network && impair(t, call, network);
  if (!relayed) await call.trickleFromPage();
  await call.page.evaluate((inits) => {
    for (const [label, init] of Object.entries(inits)) globalThis.peer.createChannel(label, init);
  }, theirs);
  await (relayed ?? call).pageOffers();
  await call.connected();
  return { call, data, relay: await relayed?.relay };
}

/** Bytes that the service holds in memory. */
async function residentBytes(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)[1]) * 1024;
}

const named = (prefix, kinds) => Object.fromEntries(Object.entries(kinds).map(([label, init]) => [`${prefix}: ${label}`, init]));

for (const browser of ['chromium', 'firefox']) {
  describe(`data channels with ${browser}`, () => {
    const bench = new Bench();
    before(() => bench.start({ browser }));
    after(() => bench.stop());

    test('both ends say the same of every kind, whoever opened it, and messages pass', TIMEOUT, async (t) => {
      const [ours, theirs] = [named('ours', KINDS), named('theirs', KINDS)];
      const both = { negotiated: NEGOTIATED };
      const { call, data } = await connect(t, bench, { ours: { ...ours, ...both }, theirs: { ...theirs, ...both } });
      const all = { ...ours, ...theirs, ...both };
      const labels = Object.keys(all).sort();
      await until('all are open here', () => openHere(data).length === labels.length);
      await until('all are open at the page', async () => (await pageChannels(call, 'open')) === labels.length);
      const ids = new Set();
      for (const label of labels) {
        const [here, there] = [openHere(data).find((channel) => channel.label === label), await pageInit(call, label)];
        assert.deepEqual(described(here), expected(all[label]), `${label}, here`);
        assert.deepEqual(described(there), expected(all[label]), `${label}, at the page`);
        assert.equal(here.id, there.id, `the id of ${label}`);
        ids.add(here.id);
      }
      assert.equal(ids.size, labels.length);
      assert.ok(ids.has(NEGOTIATED.id));
      for (const { dataChannelId, label } of openHere(data)) await data.send(dataChannelId, { text: label });
      await call.page.evaluate(() => globalThis.peer.sendLabels());
      // On loopback nothing is lost, so that what need not be repeated comes, too.
      await until('each at the page', async () => (await pageReached(call)) === labels.length);
      await until('each here', () => data.messages.length === labels.length);
      for (const label of labels) {
        assert.deepEqual(await call.page.evaluate((name) => globalThis.peer.received(name), label), [{ text: label }]);
        const { dataChannelId } = openHere(data).find((channel) => channel.label === label);
        assert.deepEqual(data.messages.filter((message) => message.dataChannelId === dataChannelId),
          [{ dataChannelId, text: label }]);
      }
    });

    test('messages that nobody takes wait at the page, and all come once somebody does', TIMEOUT, async (t) => {
      const { call, data } = await connect(t, bench, { open: { initialReceiveCredit: MEBIBYTE }, theirs: { theirs: {} } });
      await until('the channel', async () => (await pageChannels(call, 'open')) === 1);
      const [count, length] = [200, 64 << 10];
      const total = count * length;
      const before = await residentBytes(bench.service.process.pid);
      await call.page.evaluate(([messages, bytes]) => globalThis.peer.sendMany('theirs', messages, bytes), [count, length]);
      const waiting = () => call.page.evaluate(() => globalThis.peer.bufferedAmount('theirs'));
      await until('what the credit is for', () => data.messages.length >= MEBIBYTE / length);
      const rest = await steady('nothing moves any more', waiting, { readings: 20 });
      const grown = (await residentBytes(bench.service.process.pid)) - before;
      t.diagnostic(`${data.messages.length} messages taken, ${rest} of ${total} bytes wait at the page, ` +
        `the service has grown by ${(grown / MEBIBYTE).toFixed(1)} MiB`);
      assert.equal(data.messages.length, MEBIBYTE / length, 'messages that the credit is for');
      assert.ok(rest > total / 2, `${rest} bytes wait at the page`);
      assert.ok(grown < 6 * MEBIBYTE, `the service has grown by ${grown} bytes`);
      await data.giveCredit(total);
      await until('all of them', () => data.messages.length === count, { timeoutMs: 60_000 });
      for (const [i, { binary }] of data.messages.entries()) assert.ok(binary.equals(Buffer.alloc(length, i)), `message ${i}`);
      assert.equal(await waiting(), 0);
    });

    // Once is enough: these are the service's numbers, and the way through the relay is by loopback, which Firefox does not take.
    if (browser !== 'chromium') return;
    test('unreliable channels lose what the network loses, a reliable one nothing, and all stay open', TIMEOUT, async (t) => {
      const { call, data, relay } = await connect(t, bench, { theirs: LOSSY, network: ['--delay-ms=5', '--seed=9'] });
      const labels = Object.keys(LOSSY);
      const [COUNT, LENGTH] = [50, 1_000]; // Of which each fills most of a packet, and is full of its number.
      await until('all are open here', () => openHere(data).length === labels.length);
      await until('all are open at the page', async () => (await pageChannels(call, 'open')) === labels.length);
      const ids = Object.fromEntries(labels.map((label) => [label, data.openChannel(label)]));
      const ends = {
        here: async (label) => data.messages.filter(({ dataChannelId }) => dataChannelId === ids[label]),
        'at the page': (label) => call.page.evaluate((name) => globalThis.peer.received(name), label),
      };
      const END = { text: 'the end' };

      await relay.command('--loss=0.3');
      await call.page.evaluate(([names, count, length]) => {
        for (const name of names) globalThis.peer.sendMany(name, count, length);
      }, [labels, COUNT, LENGTH]);
      for (const label of labels) {
        for (let i = 0; i < COUNT; ++i) await data.send(ids[label], { binary: Buffer.alloc(LENGTH, i) });
      }
      const { up, down } = await until('packets are lost each way', async () => {
        const counters = await relay.command('counters');
        return counters.up.lost > 60 && counters.down.lost > 60 && counters;
      }, { timeoutMs: 30_000 });
      t.diagnostic(`${up.lost} of ${up.offered} packets lost on the way here, ${down.lost} of ${down.offered} to the page`);
      await relay.command('--loss=0');
      for (const label of labels) {
        await data.send(ids[label], END);
        await call.page.evaluate(([name, text]) => globalThis.peer.sendText(name, text), [label, END.text]);
      }

      for (const [end, messagesOf] of Object.entries(ends)) {
        for (const label of labels) {
          const all = await until(`the end of ${label} ${end}`, async () => {
            const messages = await messagesOf(label);
            return messages.some(({ text }) => text === END.text) && messages;
          }, { timeoutMs: 30_000 });
          const arrived = all.filter(({ text }) => text === undefined)
            .map(({ binary, base64 }) => binary ?? Buffer.from(base64, 'base64'));
          const numbers = arrived.map((bytes) => bytes[0]);
          t.diagnostic(`${label}: ${numbers.length} of ${COUNT} ${end}`);
          for (const bytes of arrived) assert.ok(bytes.equals(Buffer.alloc(LENGTH, bytes[0])), `a message of ${label} ${end}`);
          assert.equal(new Set(numbers).size, numbers.length, `${label}: one came twice ${end}`);
          if (LOSSY[label].ordered !== false) {
            assert.deepEqual(numbers, [...numbers].sort((a, b) => a - b), `the order of ${label} ${end}`);
          }
          if (label === 'reliable') assert.equal(numbers.length, COUNT, `${label} ${end}`);
          else assert.ok(numbers.length > 0 && numbers.length < COUNT, `${label}: ${numbers.length} ${end}`);
        }
      }
      assert.equal(openHere(data).length, labels.length);
      assert.equal(await pageChannels(call, 'open'), labels.length);
      assert.deepEqual(data.refused, []);
    });

    test('1,024 are open at once, half of them of each side; each carries a message each way', TIMEOUT, async (t) => {
      const HALF = 512;
      const labels = (who) => Array.from({ length: HALF }, (_, i) => `${who} ${i}`);
      const { call, data } = await connect(t, bench, { ours: { 'ours 0': {} }, theirs: { 'theirs 0': {} } });
      const { client, peerConnectionId } = call;
      await call.page.evaluate((names) => names.forEach((name) => globalThis.peer.createChannel(name)),
        labels('theirs').slice(1));
      await Promise.all(labels('ours').slice(1).map((label) =>
        client.dataChannels.createDataChannel({ peerConnectionId, init: { label } })));
      await until('all are open here', () => openHere(data).length === 2 * HALF, { timeoutMs: 30_000 });
      await until('all are open at the page', async () => (await pageChannels(call, 'open')) === 2 * HALF, { timeoutMs: 30_000 });
      assert.equal(new Set(openHere(data).map(({ id }) => id)).size, 2 * HALF);
      await assert.rejects(client.dataChannels.createDataChannel({ peerConnectionId, init: { label: 'one more' } }),
        { code: 'RESOURCE_EXHAUSTED' });

      await call.page.evaluate(() => globalThis.peer.sendLabels());
      await until('a message of each', () => data.messages.length === 2 * HALF, { timeoutMs: 30_000 });
      for (const { dataChannelId, text } of data.messages) assert.equal(text, data.channels.get(dataChannelId).label);
      for (const { dataChannelId, text } of data.messages) await data.send(dataChannelId, { text });
      await until('the echo of each', async () => (await pageReached(call)) === 2 * HALF, { timeoutMs: 30_000 });
      assert.deepEqual(data.refused, []);
      assert.deepEqual(await call.page.evaluate(() => [...globalThis.peer.channels].filter(([label, { messages }]) =>
        messages.length !== 1 || messages[0] !== label)), []);

      await Promise.all(labels('ours').map((label) =>
        client.dataChannels.closeDataChannel({ peerConnectionId, dataChannelId: data.openChannel(label) })));
      await until('ours are closed at the page', async () => (await pageChannels(call, 'closed')) === HALF, {
        timeoutMs: 30_000,
      });
      const dataChannels = await until('ours are gone here', async () => {
        const list = await client.dataChannels.listDataChannels({ peerConnectionId });
        return list.dataChannels.length <= HALF && list.dataChannels;
      });
      assert.deepEqual(dataChannels.map(({ openedByRemote, readyState }) => `${openedByRemote} ${readyState}`),
        Array(HALF).fill('true DATA_CHANNEL_STATE_OPEN'));
    });

    test('a page closes 512 in one task: each closes at both ends, and the ids serve again', TIMEOUT, async (t) => {
      const COUNT = 512;
      const labels = Array.from({ length: COUNT }, (_, i) => `theirs ${i}`);
      // Far away, so that all that is closed while the first reset is under way is in the second.
      const { call, data } = await connect(t, bench, { theirs: { 'theirs 0': {} }, network: ['--delay-ms=50'] });
      const { client, peerConnectionId } = call;
      let ids = null;
      for (const round of [0, 1, 2]) {
        await call.page.evaluate((names) => names.forEach((name) => globalThis.peer.createChannel(name)),
          round === 0 ? labels.slice(1) : labels);
        await until('all are open here', () => openHere(data).length === COUNT, { timeoutMs: 30_000 });
        await until('all are open at the page', async () => (await pageChannels(call, 'open')) === COUNT, { timeoutMs: 30_000 });
        const used = await call.page.evaluate(() => globalThis.peer.channelIds());
        ids ??= used;
        assert.deepEqual(used, ids, `the ids of round ${round}`);

        data.messages.length = 0;
        await call.page.evaluate(() => globalThis.peer.sendLabels());
        await until('a message of each', () => data.messages.length === COUNT, { timeoutMs: 30_000 });
        for (const { dataChannelId, text } of data.messages) assert.equal(text, data.channels.get(dataChannelId).label);
        for (const { dataChannelId, text } of data.messages) await data.send(dataChannelId, { text });
        await until('the echo of each', async () => (await pageReached(call)) === COUNT, { timeoutMs: 30_000 });

        const begin = performance.now();
        await call.page.evaluate(() => globalThis.peer.closeChannels());
        await until('all are closed at the page', async () => (await pageChannels(call, 'closed')) === COUNT);
        await until('all are closed here', () => closedHere(data).length === (round + 1) * COUNT);
        t.diagnostic(`round ${round}: closed at both ends after ${Math.round(performance.now() - begin)} ms`);
        assert.deepEqual((await client.dataChannels.listDataChannels({ peerConnectionId })).dataChannels, []);
      }
      assert.deepEqual(data.refused, []);
    });
  });
}
