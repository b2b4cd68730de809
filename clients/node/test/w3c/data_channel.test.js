// W3C WebRTC 1.0, 6: createDataChannel, RTCDataChannel, RTCSctpTransport.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../../demo/lib/wait.js';
import { RTCErrorEvent } from '../../esm/w3c.mjs';
import { connectedPair, makeConnection, makePair, negotiate, once, record, useService } from '../../testing/w3c.js';

const TIMEOUT = { timeout: 60_000 };
const MEBIBYTE = 1 << 20;

describe('createDataChannel (6.1.1.1)', () => {
  useService();

  test('the channel is there at once, with what was asked for', (t) => {
    const connection = makeConnection(t);
    const channel = connection.createDataChannel('läbel', { ordered: false, maxRetransmits: 3, protocol: 'p', priority: 'medium' });
    assert.deepEqual(
      [channel.label, channel.ordered, channel.maxRetransmits, channel.maxPacketLifeTime, channel.protocol, channel.negotiated, channel.id,
        channel.priority],
      ['läbel', false, 3, null, 'p', false, null, 'medium']);
    assert.deepEqual([channel.readyState, channel.bufferedAmount, channel.bufferedAmountLowThreshold, channel.binaryType],
      ['connecting', 0, 0, 'arraybuffer']);
    assert.equal(connection.createDataChannel(undefined).label, 'undefined');
    assert.equal(connection.createDataChannel('x').priority, 'low');
    assert.equal(connection.createDataChannel('x', { id: 7 }).id, null, 'an id is ignored unless negotiated');
    assert.equal(connection.createDataChannel('x', { negotiated: true, id: 7 }).id, 7);
    assert.equal(connection.createDataChannel('\ud800').label, '\ufffd');
    // Members that are not nullable convert null, to 0.
    assert.equal(connection.createDataChannel('x', { negotiated: true, id: null }).id, 0);
    assert.equal(connection.createDataChannel('x', { maxRetransmits: null }).maxRetransmits, 0);
    assert.equal(connection.createDataChannel('x', { maxPacketLifeTime: null }).maxPacketLifeTime, 0);
  });

  test('what makes no sense is refused', (t) => {
    const connection = makeConnection(t);
    const long = 'x'.repeat(65536);
    for (const [label, init] of [
      [long], ['x', { protocol: long }], ['x', { negotiated: true }], ['x', { negotiated: true, id: 65535 }],
      ['x', { maxRetransmits: 0, maxPacketLifeTime: 0 }], ['x', { maxRetransmits: -1 }], ['x', { maxPacketLifeTime: 65536 }],
      ['x', { negotiated: true, id: 65536 }], ['x', { priority: 'extra' }], ['x', 'no dictionary'],
      ['x', { maxRetransmits: null, maxPacketLifeTime: null }],
    ]) {
      assert.throws(() => connection.createDataChannel(label, init), TypeError, JSON.stringify(init));
    }
    assert.throws(() => connection.createDataChannel(), TypeError);
    connection.createDataChannel('x', { negotiated: true, id: 5 });
    assert.throws(() => connection.createDataChannel('x', { negotiated: true, id: 5 }), { name: 'OperationError' });
    connection.close();
    assert.throws(() => connection.createDataChannel('x'), { name: 'InvalidStateError' });
  });

  test('before it is open nothing can be sent; the checks come in order', (t) => {
    const channel = makeConnection(t).createDataChannel('x');
    assert.throws(() => channel.send(''), { name: 'InvalidStateError' });
    assert.throws(() => channel.send(), TypeError);
    assert.throws(() => channel.send(Symbol('x')), TypeError);
  });

  test('a channel can be closed before it ever opens', async (t) => {
    const channel = makeConnection(t).createDataChannel('x');
    const seen = record(channel, ['closing', 'error', 'close']);
    channel.close();
    assert.equal(channel.readyState, 'closing');
    await once(channel, 'close');
    assert.deepEqual([channel.readyState, seen], ['closed', ['close']]);
  });

  test('a channel that the service refuses has an error, then closes', async (t) => {
    const connection = makeConnection(t);
    const channel = connection.createDataChannel('x'.repeat(60_000));
    const seen = record(channel, ['open', 'error', 'close']);
    const closed = once(channel, 'close');
    const error = await once(channel, 'error');
    assert.ok(error instanceof RTCErrorEvent);
    assert.equal(error.error.errorDetail, 'data-channel-failure');
    await closed;
    assert.deepEqual(seen, ['error', 'close']);
    assert.equal(channel.readyState, 'closed');
  });
});

describe('RTCDataChannel (6.2)', () => {
  useService();

  test('datachannel, then open: attributes match, and sending is possible in the handler already', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const ours = a.createDataChannel('label', { ordered: false, maxPacketLifeTime: 500, protocol: 'proto' });
    const order = [];
    let theirs;
    b.ondatachannel = ({ channel }) => {
      theirs = channel;
      order.push(`datachannel ${channel.readyState}`);
      channel.send('from the handler');
      channel.onopen = () => order.push(`open ${channel.readyState}`);
    };
    const received = once(ours, 'message');
    await negotiate(a, b);
    const { data, target, origin } = await received;
    assert.equal(data, 'from the handler');
    assert.equal(origin, 'null', 'there is no document: the origin is opaque');
    assert.equal(target, ours);
    await until('open', () => order.length === 2);
    assert.deepEqual(order, ['datachannel open', 'open open']);
    const attributes = ['label', 'ordered', 'maxPacketLifeTime', 'maxRetransmits', 'protocol', 'negotiated', 'id'];
    assert.deepEqual(attributes.map((name) => theirs[name]), ['label', false, 500, null, 'proto', false, ours.id]);
    assert.equal(typeof ours.id, 'number');
  });

  test('who awaits datachannel is in time for open', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    a.createDataChannel('x').onopen = ({ target }) => target.send('first');
    const steps = [];
    const arrived = (async () => {
      const { channel } = await once(b, 'datachannel');
      await Promise.resolve();
      for (const type of ['open', 'message']) channel.addEventListener(type, () => steps.push(`${type} ${channel.readyState}`));
    })();
    await negotiate(a, b);
    await arrived;
    await until('the message', () => steps.length === 2);
    assert.deepEqual(steps, ['open open', 'message open']);
  });

  test('every priority reaches the other side (WebRTC Priority Control, 4.2)', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const priorities = ['very-low', 'low', 'medium', 'high'];
    const arrived = new Map();
    b.ondatachannel = ({ channel }) => arrived.set(channel.label, channel.priority);
    for (const priority of priorities) a.createDataChannel(priority, { priority });
    await negotiate(a, b);
    await until('all channels', () => arrived.size === priorities.length);
    for (const priority of priorities) assert.equal(arrived.get(priority), priority);
  });

  test('text, bytes and Blobs arrive as they were sent, in order', TIMEOUT, async (t) => {
    const { ours, theirs } = await connectedPair(t);
    const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => i * 7);
    const sent = ['Grüße 🎥', '', new Blob(['blob ', 'parts']), bytes, bytes.buffer, new DataView(bytes.buffer, 3, 5), new Blob([]), 42, 'x\ud800'];
    const received = [];
    theirs.onmessage = ({ data }) => received.push(data);
    for (const data of sent) ours.send(data);
    await until('all messages', () => received.length === sent.length);
    const asText = received.map((data) => (typeof data === 'string' ? data : Buffer.from(data)));
    assert.deepEqual(asText, ['Grüße 🎥', '', Buffer.from('blob parts'), Buffer.from(bytes), Buffer.from(bytes),
      Buffer.from(bytes.buffer, 3, 5), Buffer.alloc(0), '42', 'x\ufffd']);
    assert.ok(received[2] instanceof ArrayBuffer);
  });

  test('binaryType decides what bytes arrive as; other values are ignored', TIMEOUT, async (t) => {
    const { ours, theirs } = await connectedPair(t);
    theirs.binaryType = 'blob';
    theirs.binaryType = 'something';
    assert.equal(theirs.binaryType, 'blob');
    const arrived = once(theirs, 'message');
    ours.send(new Uint8Array([1, 2, 3]));
    const { data } = await arrived;
    assert.ok(data instanceof Blob);
    assert.deepEqual(Buffer.from(await data.arrayBuffer()), Buffer.from([1, 2, 3]));
  });

  test('what is changed after send() is not what arrives', TIMEOUT, async (t) => {
    const { ours, theirs } = await connectedPair(t);
    const arrived = once(theirs, 'message');
    const bytes = new Uint8Array([1, 2, 3]);
    ours.send(bytes);
    bytes.fill(9);
    assert.deepEqual([...new Uint8Array((await arrived).data)], [1, 2, 3]);
  });

  test('bufferedAmount rises at once, falls when bytes leave, and bufferedamountlow tells', TIMEOUT, async (t) => {
    const { ours } = await connectedPair(t);
    ours.bufferedAmountLowThreshold = 100;
    const low = once(ours, 'bufferedamountlow');
    ours.send(new Uint8Array(1000));
    assert.equal(ours.bufferedAmount, 1000);
    ours.send('äö');
    assert.equal(ours.bufferedAmount, 1004);
    await Promise.resolve();
    assert.equal(ours.bufferedAmount, 1004, 'within the task it does not fall');
    await low;
    assert.ok(ours.bufferedAmount <= 100);
    await until('nothing is left', () => ours.bufferedAmount === 0);
  });

  test('a message beyond the remote\'s limit is a TypeError, and changes nothing', TIMEOUT, async (t) => {
    const { a, ours } = await connectedPair(t);
    const { maxMessageSize } = a.sctp;
    assert.ok(maxMessageSize >= 64 << 10);
    assert.throws(() => ours.send(new Uint8Array(maxMessageSize + 1)), TypeError);
    assert.equal(ours.bufferedAmount, 0);
    assert.equal(ours.readyState, 'open');
  });

  test('a sender that never waits is stopped at 16 MiB, and nothing accepted is lost', TIMEOUT, async (t) => {
    const { ours, theirs } = await connectedPair(t);
    let received = 0;
    theirs.onmessage = ({ data }) => (received += data.byteLength);
    const chunk = new Uint8Array(256 << 10);
    let accepted = 0;
    assert.throws(() => {
      for (;;) {
        ours.send(chunk);
        accepted += chunk.length;
      }
    }, { name: 'OperationError' });
    assert.equal(accepted, 16 * MEBIBYTE);
    assert.equal(ours.bufferedAmount, 16 * MEBIBYTE);
    await until('all has arrived', () => received === accepted, { timeoutMs: 50_000 });
    await until('all has left', () => ours.bufferedAmount === 0);
  });

  test('close(): closing at once, what is queued still goes, close at both ends without error', TIMEOUT, async (t) => {
    const { ours, theirs } = await connectedPair(t);
    const texts = [];
    theirs.onmessage = ({ data }) => texts.push(data);
    const [here, there] = [ours, theirs].map((channel) => record(channel, ['closing', 'error', 'close'], () => channel.readyState));
    const ends = [once(ours, 'close'), once(theirs, 'close')];
    for (let i = 0; i < 200; ++i) ours.send(`message ${i}`);
    ours.close();
    assert.equal(ours.readyState, 'closing');
    assert.throws(() => ours.send('late'), { name: 'InvalidStateError' });
    ours.close();
    await Promise.all(ends);
    assert.equal(texts.length, 200);
    assert.deepEqual(here, ['close closed']);
    assert.deepEqual(there, ['closing closing', 'close closed']);
  });

  test('one that was closed here takes no message any more', TIMEOUT, async (t) => {
    const { ours, theirs } = await connectedPair(t);
    const texts = [];
    theirs.onmessage = ({ data }) => {
      texts.push(data);
      theirs.close();
    };
    const closed = once(theirs, 'close');
    for (let i = 0; i < 50; ++i) ours.send(`message ${i}`);
    await closed;
    assert.deepEqual(texts, ['message 0']);
  });

  test('the threshold is an unsigned long that does not wrap around', (t) => {
    const channel = makeConnection(t).createDataChannel('x');
    channel.bufferedAmountLowThreshold = '7';
    for (const value of [-1, 2 ** 32, NaN, Infinity, 'x']) assert.throws(() => (channel.bufferedAmountLowThreshold = value), TypeError, `${value}`);
    assert.equal(channel.bufferedAmountLowThreshold, 7);
    channel.bufferedAmountLowThreshold = 2 ** 32 - 1;
    assert.equal(channel.bufferedAmountLowThreshold, 2 ** 32 - 1);
  });

  test('a channel can be negotiated by the application', TIMEOUT, async (t) => {
    const { b, ours, theirs } = await connectedPair(t, { negotiated: true, id: 42 });
    assert.deepEqual([ours.id, theirs.id, theirs.negotiated], [42, 42, true]);
    const none = record(b, ['datachannel']);
    const arrived = once(theirs, 'message');
    ours.send('x');
    assert.equal((await arrived).data, 'x');
    assert.deepEqual(none, []);
  });

  test('ids come with the answer, before an event tells of it: even at the DTLS client, odd at the server', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const ours = [a.createDataChannel('1'), a.createDataChannel('2', { negotiated: true, id: 0 }), a.createDataChannel('3')];
    const theirs = b.createDataChannel('4');
    const ids = () => [...ours, theirs].map(({ id }) => id);
    const seen = [a, b].map((connection) => record(connection, ['signalingstatechange'], () => `${connection.signalingState} ${ids()}`));
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    assert.deepEqual(ids(), [null, 0, null, null]);
    const opened = Promise.all([...ours, theirs].map((channel) => once(channel, 'open')));
    await b.setLocalDescription();
    assert.match(b.localDescription.sdp, /a=setup:passive/);
    assert.deepEqual(ids(), [null, 0, null, 65]);
    await a.setRemoteDescription(b.localDescription);
    assert.deepEqual(ids(), [2, 0, 4, 65]);
    assert.deepEqual(seen.map((steps) => steps.at(-1)), ['signalingstatechange stable 2,0,4,65', 'signalingstatechange stable ,0,,65']);
    const started = record(a.sctp, ['statechange'], () => ids());
    await opened;
    assert.deepEqual([started, ids()], [['statechange 2,0,4,65'], [2, 0, 4, 65]]);
  });

  test('once the role is known a channel has its id at once, and the other side sees the same', TIMEOUT, async (t) => {
    const { a, b, ours, theirs } = await connectedPair(t);
    assert.deepEqual([ours.id, theirs.id], [0, 0]);
    const channels = [a, a, b, b].map((connection, i) => connection.createDataChannel(`${i}`));
    const ids = () => channels.map(({ id }) => id);
    assert.deepEqual(ids(), [2, 4, 65, 67]);
    const arrived = [a, b].map((connection) => new Promise((resolve) => {
      const found = [];
      connection.ondatachannel = ({ channel: { label, id } }) => found.push(`${label} ${id}`) === 2 && resolve(found.sort());
    }));
    await Promise.all(channels.map((channel) => once(channel, 'open')));
    assert.deepEqual(await Promise.all(arrived), [['2 65', '3 67'], ['0 2', '1 4']]);
    assert.deepEqual(ids(), [2, 4, 65, 67]);
    const closed = once(ours, 'close');
    ours.close();
    await closed;
    const again = a.createDataChannel('again');
    assert.equal(again.id, 0, 'it is free again');
    await once(again, 'open');
    assert.equal(again.id, 0);
  });

  test('a channel that is made while the answer is on its way has its id in the task of the answer', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const first = a.createDataChannel('first');
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    await b.setLocalDescription();
    const stable = once(a, 'signalingstatechange').then(() => [first.id, second.id]);
    const applied = a.setRemoteDescription(b.localDescription);
    const second = a.createDataChannel('second');
    assert.deepEqual([first.id, second.id], [null, null]);
    await applied;
    assert.deepEqual([await stable, first.id, second.id], [[0, 2], 0, 2]);
    await once(second, 'open');
    assert.equal(second.id, 2);
  });

  test('when its connection is closed a channel is closed, and no event tells; the other side learns of it', TIMEOUT, async (t) => {
    const { a, ours, theirs } = await connectedPair(t);
    const seen = record(ours, ['closing', 'error', 'close']);
    const closed = once(theirs, 'close');
    a.close();
    assert.equal(ours.readyState, 'closed');
    await closed;
    assert.equal(theirs.readyState, 'closed');
    assert.deepEqual(seen, []);
  });

  test('thousands of small messages keep their order, with microtasks between them', TIMEOUT, async (t) => {
    const { ours, theirs } = await connectedPair(t);
    const texts = Array.from({ length: 5_000 }, (_, i) => `${i}`);
    const seen = [];
    theirs.onmessage = ({ data }) => {
      seen.push(data);
      queueMicrotask(() => seen.push('micro'));
    };
    for (const text of texts) ours.send(text);
    await until('all of them', () => seen.length === 2 * texts.length, { timeoutMs: 40_000 });
    assert.deepEqual(seen, texts.flatMap((text) => [text, 'micro']));
  });
});

describe('RTCSctpTransport (6.1)', () => {
  useService();

  test('is null, then connecting, then connected with its limits, then closed', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    assert.equal(a.sctp, null);
    const channel = a.createDataChannel('x');
    assert.equal(a.sctp, null);
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    await b.setLocalDescription();
    await a.setRemoteDescription(b.localDescription);
    const { sctp } = a;
    const states = record(sctp, ['statechange'], () => sctp.state);
    assert.equal(sctp.state, 'connecting');
    assert.equal(sctp.maxChannels, null);
    await once(channel, 'open');
    assert.deepEqual(states, ['statechange connected']);
    assert.ok(sctp.maxChannels >= 1);
    assert.equal(a.sctp, sctp);
    assert.equal(sctp.transport.state, 'connected');
    assert.ok(sctp.transport.getRemoteCertificates()[0] instanceof ArrayBuffer);
    a.close();
    assert.equal(sctp.state, 'closed');
    assert.equal(sctp.transport.state, 'closed');
  });
});
