// An SCTP association that the other side aborts (RFC 9260, 3.3.7), as RTCPeerConnection of Node tells of it
// (W3C WebRTC 1.0, 6.2.4): each channel has an error with the cause, then it is closed.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { connect, RTCErrorEvent } from '../../../clients/node/esm/w3c.mjs';
import { Bench } from '../support/bench.js';
import { PEERS } from '../support/peers.js';
import { W3cCall } from '../support/w3c.js';
import { negotiate, startPeer } from '../support/w3c_peer.js';

const TIMEOUT = { timeout: 90_000 };
const USER_INITIATED_ABORT = 12;
const PROTOCOL_VIOLATION = 13;

// What becomes of channels: an array for each, filled in as events come.
function watch(channels) {
  return channels.map((channel) => {
    const seen = [];
    for (const type of ['closing', 'error', 'close']) {
      channel.addEventListener(type, (event) => {
        seen.push([type, channel.readyState]);
        if (type !== 'error') return;
        assert.ok(event instanceof RTCErrorEvent);
        const { name, errorDetail, sctpCauseCode, receivedAlert } = event.error;
        seen.push([name, errorDetail, sctpCauseCode, receivedAlert]);
      });
    }
    return seen;
  });
}

const ended = (cause) => [['error', 'closed'], ['OperationError', 'sctp-failure', cause, null], ['close', 'closed']];

async function assertAborted(connection, channels, seen, cause) {
  await until('all channels are closed', () => seen.every((events) => events.at(-1)?.[0] === 'close'), { timeoutMs: 20_000 });
  for (const [i, events] of seen.entries()) assert.deepEqual(events, ended(cause), channels[i].label);
  await until('the SCTP transport is closed', () => connection.sctp.state === 'closed');
  for (const channel of channels) assert.throws(() => channel.send('x'), { name: 'InvalidStateError' });
}

describe('an association that the peer aborts', () => {
  const bench = new Bench();
  let service;
  before(async () => {
    await bench.start();
    service = await connect(bench.address);
  });
  after(async () => {
    service.close();
    await bench.stop();
  });

  for (const [name, cause] of [['with a cause', PROTOCOL_VIOLATION], ['without a cause', undefined]]) {
    test(`${name}, by werift`, TIMEOUT, async (t) => {
      const { peer, connection } = await startPeer(t, PEERS.find((spec) => spec.name === 'werift'));
      const channels = [connection.createDataChannel('one'), connection.createDataChannel('two', { ordered: false })];
      const errors = await negotiate(connection, peer, true);
      await until('both are open', () => channels.every(({ readyState }) => readyState === 'open'), { timeoutMs: 20_000 });
      const seen = watch(channels);
      await peer.request('abort', { cause, reason: 'for the test' });
      await assertAborted(connection, channels, seen, cause ?? null);
      // What carries it lives.
      assert.equal(connection.sctp.transport.state, 'connected');
      assert.deepEqual(errors, []);
    });
  }

  test('as Chromium closes its connection', TIMEOUT, async (t) => {
    const call = await W3cCall.create(t, bench);
    const channels = [call.connection.createDataChannel('ours')];
    await call.weOffer();
    await call.connected();
    await until('it is open', () => channels[0].readyState === 'open');
    const seen = watch(channels);
    await call.page.evaluate(() => globalThis.peer.connection.close());
    await assertAborted(call.connection, channels, seen, USER_INITIATED_ABORT);
  });
});
