import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until, within } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';

const TIMEOUT = { timeout: 60_000 };

// Collects all that a watch delivers.
class Watch {
  items = [];

  constructor(t, bench, request) {
    this.stream = bench.client.events.watchEvents(request);
    t.after(() => this.stream.cancel());
    this.ended = this.#run();
    this.ended.catch(() => {}); // A test that cares waits for it.
  }

  async #run() {
    for await (const item of this.stream) this.items.push(item);
  }

  events(id) {
    return this.items.filter(({ event }) => event?.peerConnectionId === id).map(({ event }) => event);
  }

  of(response) {
    return this.items.filter((item) => item.response === response).map((item) => item[response]);
  }
}

async function connectedCall(t, bench) {
  const call = await Call.create(t, bench);
  await call.trickleFromPage();
  await call.page.evaluate(() => globalThis.peer.publish({ audio: true }));
  await call.pageOffers();
  await call.connected();
  return call;
}

const sequences = (events) => events.map(({ sequence }) => sequence);
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('WatchEvents during a call', () => {
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  test('a watch of all connections sees a call from its creation to its end, without gap', TIMEOUT, async (t) => {
    const watch = new Watch(t, bench, {});
    await until('the watch is synced', () => watch.of('synced').length === 1);
    const call = await connectedCall(t, bench);
    const id = call.peerConnectionId;
    await until('the first packet', () => watch.events(id).some(({ event }) => event === 'firstPacket'));
    await call.client.peerConnections.close({ peerConnectionId: id });
    await until('the end', () => watch.events(id).some(({ event }) => event === 'closed'));

    const events = watch.events(id);
    assert.deepEqual(sequences(events), range(1, events.length));
    assert.equal(events[0].event, 'created');
    assert.equal(events[events.length - 1].event, 'closed');
    const kinds = new Set(events.map(({ event }) => event));
    for (const kind of ['signalingStateChange', 'iceGatheringStateChange', 'iceCandidate', 'iceConnectionStateChange',
      'connectionStateChange', 'descriptionChange', 'track', 'firstPacket', 'trackUnmuted']) {
      assert.ok(kinds.has(kind), `no ${kind} among ${[...kinds].join(', ')}`);
    }
    const states = events.filter(({ event }) => event === 'connectionStateChange')
      .map(({ connectionStateChange }) => connectionStateChange.connectionState);
    assert.deepEqual(states.slice(0, 2), ['PEER_CONNECTION_STATE_CONNECTING', 'PEER_CONNECTION_STATE_CONNECTED']);
  });

  test('a track whose media ceases is muted, and unmuted when it is back', TIMEOUT, async (t) => {
    const watch = new Watch(t, bench, {});
    await until('the watch is synced', () => watch.of('synced').length === 1);
    const call = await connectedCall(t, bench);
    const told = () => watch.events(call.peerConnectionId).map(({ event }) => event).filter((event) => /^track(Unm|M)uted$/.test(event));
    await until('unmuted', () => told().at(-1) === 'trackUnmuted');
    await call.page.evaluate(async () => {
      const [sender] = globalThis.peer.connection.getSenders();
      globalThis.kept = sender.track;
      await sender.replaceTrack(null);
    });
    await until('muted', () => told().at(-1) === 'trackMuted');
    await call.page.evaluate(() => globalThis.peer.connection.getSenders()[0].replaceTrack(globalThis.kept));
    await until('unmuted again', () => told().at(-1) === 'trackUnmuted');
    assert.deepEqual(told(), told().map((_, i) => (i % 2 ? 'trackMuted' : 'trackUnmuted')), 'each in its turn');
  });

  test('a late watch begins with a snapshot, and its events follow on it', TIMEOUT, async (t) => {
    const call = await connectedCall(t, bench);
    const { peerConnectionId } = call;
    const watch = new Watch(t, bench, { peerConnectionIds: [peerConnectionId] });
    await until('the snapshot', () => watch.of('synced').length === 1);
    const [{ peerConnection, transceivers, tracks }] = watch.of('snapshot');
    assert.equal(peerConnection.peerConnectionId, peerConnectionId);
    assert.equal(peerConnection.connectionState, 'PEER_CONNECTION_STATE_CONNECTED');
    assert.equal(transceivers.length, 1);
    assert.equal(tracks.length, 1);

    await call.client.peerConnections.close({ peerConnectionId });
    await within(watch.ended, 'end of the watch', 10_000);
    const events = watch.events(peerConnectionId);
    assert.ok(events.length > 0);
    const first = peerConnection.lastEventSequence + 1;
    assert.deepEqual(sequences(events), range(first, first + events.length - 1));
  });

  test('a watch that resumes gets exactly what came after', TIMEOUT, async (t) => {
    const whole = new Watch(t, bench, {});
    await until('the watch is synced', () => whole.of('synced').length === 1);
    const call = await connectedCall(t, bench);
    const id = call.peerConnectionId;
    const before = whole.events(id);
    assert.ok(before.length > 4);
    const seen = 3;
    const resumed = new Watch(t, bench, { peerConnectionIds: [id], resumeAfter: { [id]: seen } });
    await until('the replay', () => resumed.of('synced').length === 1);
    assert.equal(resumed.of('snapshot').length, 0);
    assert.equal(resumed.of('gap').length, 0);

    await call.client.peerConnections.close({ peerConnectionId: id });
    await within(resumed.ended, 'end of the watch', 10_000);
    await until('the end', () => whole.events(id).some(({ event }) => event === 'closed'));
    assert.deepEqual(resumed.events(id), whole.events(id).slice(seen));
  });

  test('a sequence that was never reached is refused', TIMEOUT, async (t) => {
    const { peerConnection } = await bench.client.peerConnections.create({});
    const { peerConnectionId } = peerConnection;
    t.after(() => bench.client.peerConnections.close({ peerConnectionId }));
    const watch = new Watch(t, bench, { peerConnectionIds: [peerConnectionId], resumeAfter: { [peerConnectionId]: 9_999 } });
    await assert.rejects(within(watch.ended, 'refusal', 10_000), { code: 'OUT_OF_RANGE', reason: 'EVENT_SEQUENCE_UNKNOWN' });
  });

  test('a heartbeat says up to where nothing was lost', TIMEOUT, async (t) => {
    const { peerConnection } = await bench.client.peerConnections.create({});
    const { peerConnectionId } = peerConnection;
    t.after(() => bench.client.peerConnections.close({ peerConnectionId }));
    const watch = new Watch(t, bench, { peerConnectionIds: [peerConnectionId], heartbeatInterval: { seconds: 1, nanos: 0 } });
    const [heartbeat] = await until('a heartbeat', () => watch.of('heartbeat').length > 0 && watch.of('heartbeat'));
    assert.equal(heartbeat.lastSequences[peerConnectionId], peerConnection.lastEventSequence);
  });
});
