// What the W3C layer costs beside the raw RPCs, on this machine:  node bench/main.mjs   (service: PEERCONNECTIOND)
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService } from '../demo/lib/service.js';
import { until } from '../demo/lib/wait.js';
import { Client } from '../esm/index.mjs';
import { connect, peerConnectionId, RTCPeerConnection } from '../esm/w3c.mjs';

const ROUNDS = 100;
const EVENTS = 5_000;
const AT_ONCE = 50; // Calls; both processes have something to do.
const MESSAGES = 20_000;
const RUNS = 3; // Odd.
const TRANSCEIVERS = 20;
const DELAY_MS = 10; // Each way.
const SIZES = [16, 1024, 65_536];

async function measure(rounds, operation) {
  await operation(); // The first one pays for the start.
  const begin = performance.now();
  for (let i = 0; i < rounds; ++i) await operation();
  return (performance.now() - begin) / rounds;
}

// The two write alike, so that single runs of them may differ the wrong way round: in turn, and the median of each.
async function alternately(...measurements) {
  const results = measurements.map(() => []);
  for (let run = 0; run < RUNS; ++run) {
    for (const [i, measurement] of measurements.entries()) results[i].push(await measurement());
  }
  return results.map((rates) => rates.sort((x, y) => x - y)[(RUNS - 1) / 2]);
}

const report = (name, w3c, raw, unit) =>
  console.log(`${name.padEnd(48)} w3c ${w3c.toFixed(1).padStart(9)}   raw ${raw.toFixed(1).padStart(9)}   ${unit}`);

// On one connection: an offer may follow an offer.
async function offerRoundTrip(client) {
  const connection = new RTCPeerConnection();
  connection.createDataChannel('x');
  const w3c = await measure(ROUNDS, async () => connection.setLocalDescription(await connection.createOffer()));
  connection.close();
  const { peerConnection: { peerConnectionId: id } } = await client.peerConnections.create({});
  await client.dataChannels.createDataChannel({ peerConnectionId: id, init: { label: 'x' } });
  const raw = await measure(ROUNDS, async () => {
    const { description } = await client.peerConnections.createOffer({ peerConnectionId: id });
    await client.peerConnections.setLocalDescription({ peerConnectionId: id, description });
  });
  await client.peerConnections.close({ peerConnectionId: id });
  report('createOffer, setLocalDescription', w3c, raw, 'ms each');
}

// A way to the service that takes some time, each way: all that it carries comes so much later, in order.
async function startDelay(address, delayMs) {
  const [host, port] = address.split(':');
  const sockets = new Set();
  const carry = (from, to) => {
    sockets.add(from);
    from.on('data', (data) => setTimeout(() => to.write(data), delayMs));
    from.on('close', () => setTimeout(() => to.destroy(), delayMs));
    from.on('error', () => {});
  };
  const server = createServer((client) => {
    const upstream = createConnection(Number(port), host);
    carry(client, upstream);
    carry(upstream, client);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${server.address().port}`,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

// 20 transceivers and an offer: here all calls leave at once, there each after the answer of the one before, as it was here
// before calls were sent ahead.
async function manyTransceivers(name, client) {
  const w3cOnce = async () => {
    const connection = new RTCPeerConnection();
    await peerConnectionId(connection);
    const begin = performance.now();
    for (let i = 0; i < TRANSCEIVERS; ++i) connection.addTransceiver('audio');
    await connection.createOffer();
    const time = performance.now() - begin;
    connection.close();
    return time;
  };
  const rawOnce = async () => {
    const { peerConnection: { peerConnectionId: id } } = await client.peerConnections.create({});
    const begin = performance.now();
    for (let i = 0; i < TRANSCEIVERS; ++i) await client.peerConnections.addTransceiver({ peerConnectionId: id, kind: 'MEDIA_KIND_AUDIO' });
    await client.peerConnections.createOffer({ peerConnectionId: id });
    const time = performance.now() - begin;
    await client.peerConnections.close({ peerConnectionId: id });
    return time;
  };
  await w3cOnce(); // The first one pays for the start.
  const [w3c, raw] = await alternately(w3cOnce, rawOnce);
  report(name, w3c, raw, 'ms');
}

async function newConnections(client) {
  const w3c = await measure(ROUNDS, async () => {
    const connection = new RTCPeerConnection();
    connection.createDataChannel('x');
    await connection.setLocalDescription(await connection.createOffer());
    connection.close();
  });
  const raw = await measure(ROUNDS, async () => {
    const { peerConnection } = await client.peerConnections.create({});
    const id = { peerConnectionId: peerConnection.peerConnectionId };
    await client.dataChannels.createDataChannel({ ...id, init: { label: 'x' } });
    const { description } = await client.peerConnections.createOffer(id);
    await client.peerConnections.setLocalDescription({ ...id, description });
    await client.peerConnections.close(id);
  });
  report('a new connection, a channel, an offer, its end', w3c, raw, 'ms each');
}

// Both sides see the same events: another client changes a direction, again and again.
async function makeEvents(client, peerConnectionId) {
  const { transceivers: [{ transceiverId }] } = await client.peerConnections.listTransceivers({ peerConnectionId });
  const set = (name) => client.peerConnections.setTransceiverDirection(
    { peerConnectionId, transceiverId, direction: `RTP_TRANSCEIVER_DIRECTION_${name}` });
  for (let i = 0; i < EVENTS; i += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, j) => set(j % 2 ? 'SENDONLY' : 'INACTIVE')));
  }
  await set('RECVONLY');
}

async function eventsW3c(other) {
  const connection = new RTCPeerConnection();
  const transceiver = connection.addTransceiver('audio');
  await connection.getStats();
  const id = await peerConnectionId(connection);
  const begin = performance.now();
  await makeEvents(other, id);
  await until('the last', () => transceiver.direction === 'recvonly', { timeoutMs: 60_000, intervalMs: 1 });
  const rate = EVENTS / ((performance.now() - begin) / 1000);
  connection.close();
  return rate;
}

async function eventsRaw(client, other) {
  const { peerConnection: { peerConnectionId: id } } = await client.peerConnections.create({});
  await client.peerConnections.addTransceiver({ peerConnectionId: id, kind: 'MEDIA_KIND_AUDIO' });
  const begin = performance.now();
  const made = makeEvents(other, id);
  for await (const { event } of client.follow({ peerConnectionIds: [id], resumeAfter: { [id]: 0 } })) {
    if (event?.transceiverChange?.transceivers[0].direction === 'RTP_TRANSCEIVER_DIRECTION_RECVONLY') break;
  }
  const rate = EVENTS / ((performance.now() - begin) / 1000);
  await made;
  await client.peerConnections.close({ peerConnectionId: id });
  return rate;
}

async function connected() {
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
  for (const [from, to] of [[a, b], [b, a]]) {
    const early = [];
    from.onicecandidate = ({ candidate }) => (to.remoteDescription ? to.addIceCandidate(candidate ?? undefined) : early.push(candidate));
    to.onsignalingstatechange = () => to.remoteDescription && early.splice(0).forEach((c) => to.addIceCandidate(c ?? undefined));
  }
  const ours = a.createDataChannel('bench');
  const arrived = new Promise((resolve) => (b.ondatachannel = ({ channel }) => resolve(channel)));
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription(b.localDescription);
  const theirs = await arrived;
  await until('open', () => ours.readyState === 'open');
  return { a, b, ours, theirs };
}

const waitLow = (channel) => new Promise((resolve) => channel.addEventListener('bufferedamountlow', resolve, { once: true }));

async function messagesW3c(size, count) {
  const { a, b, ours, theirs } = await connected();
  let received = 0;
  theirs.onmessage = () => ++received;
  ours.bufferedAmountLowThreshold = 1 << 20;
  const data = new Uint8Array(size);
  const begin = performance.now();
  for (let i = 0; i < count; ++i) {
    ours.send(data);
    if (ours.bufferedAmount > 4 << 20) await waitLow(ours);
  }
  await until('all', () => received === count, { timeoutMs: 60_000, intervalMs: 1 });
  const rate = count / ((performance.now() - begin) / 1000);
  a.close();
  b.close();
  return rate;
}

async function messagesRaw(client, size, count) {
  const { a, b } = await connected();
  const [aId, bId] = [await peerConnectionId(a), await peerConnectionId(b)];
  const [sender, receiver] = [client.dataChannels.stream(), client.dataChannels.stream()];
  await receiver.write({ open: { peerConnectionId: bId, initialReceiveCredit: 2 ** 40, takeOver: true } });
  await sender.write({ open: { peerConnectionId: aId, takeOver: true } });
  let received = 0;
  let credit = 0;
  let dataChannelId = '';
  let wake = () => {};
  const reading = [
    (async () => { for await (const { message } of receiver) if (message) ++received; })(),
    (async () => {
      for await (const { opened, sendCredit } of sender) {
        if (opened) dataChannelId = opened.dataChannels[0].dataChannelId;
        credit += opened?.initialSendCredit ?? sendCredit?.bytes ?? 0;
        wake();
      }
    })(),
  ];
  await until('the stream is open', () => credit > 0);
  const binary = Buffer.alloc(size);
  const begin = performance.now();
  // As RTCDataChannel does it: one write after the other, each as soon as there is credit and room in the stream.
  for (let i = 0; i < count; ++i) {
    while (credit <= 0) await new Promise((resolve) => (wake = resolve));
    credit -= size;
    await sender.write({ message: { dataChannelId, message: { binary } } });
  }
  await until('all', () => received === count, { timeoutMs: 60_000, intervalMs: 1 });
  const rate = count / ((performance.now() - begin) / 1000);
  sender.cancel();
  receiver.cancel();
  await Promise.all(reading);
  a.close();
  b.close();
  return rate;
}

// What a sender holds that never waits: it is stopped by the limit of send(), 16 MiB. The receiver is in this process, too.
async function memoryOfQueue() {
  const { a, b, ours, theirs } = await connected();
  let received = 0;
  theirs.onmessage = () => ++received;
  const data = new Uint8Array(65_536).fill(1);
  const rss = () => process.memoryUsage.rss() / (1 << 20);
  const before = rss();
  let count = 0;
  try {
    for (;;) {
      ours.send(data);
      ++count;
    }
  } catch (error) {
    if (error.name !== 'OperationError') throw error;
  }
  const queued = rss();
  let most = queued;
  await until('all', () => {
    most = Math.max(most, rss());
    return received === count;
  }, { timeoutMs: 60_000, intervalMs: 1 });
  const name = `a sender that never waits, ${(count * data.length) / (1 << 20)} MiB queued`;
  console.log(`${name.padEnd(48)} RSS ${before.toFixed(1)} before, ${queued.toFixed(1)} queued, ${most.toFixed(1)} at most, until all has arrived   MiB`);
  a.close();
  b.close();
}

const folder = await mkdtemp(join(tmpdir(), 'pcd-bench-'));
const { address, child } = await startService({ logFile: join(folder, 'service.log') });
const service = await connect(address);
try {
  await memoryOfQueue(); // First: later the process has room that it has used before.
  await offerRoundTrip(service.client);
  await newConnections(service.client);
  await manyTransceivers(`${TRANSCEIVERS} addTransceiver, createOffer`, service.client);
  const delay = await startDelay(address, DELAY_MS);
  const far = await connect(delay.address);
  await manyTransceivers(`the same, ${2 * DELAY_MS} ms there and back`, far.client);
  far.close();
  delay.stop();
  await connect(address); // As before.
  const other = new Client({ address });
  report('events, made by as many calls', await eventsW3c(other), await eventsRaw(service.client, other), 'per second');
  other.close();
  for (const size of SIZES) {
    const count = Math.min(MESSAGES, (256 << 20) / size);
    const [w3c, raw] = await alternately(() => messagesW3c(size, count), () => messagesRaw(service.client, size, count));
    report(`messages of ${size} bytes`, w3c, raw, 'per second');
  }
} finally {
  service.close();
  await child.stop();
  await rm(folder, { recursive: true });
}
