import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import grpc from '@grpc/grpc-js';
import { until } from '../demo/lib/wait.js';
import { deferred, serve, serviceError } from '../testing/fake_service.js';

const event = (sequence, content = { negotiationNeeded: {} }) => ({
  event: { peerConnectionId: 'p', sequence, ...content },
});

test('a server stream is iterated in order and ends with the call', async (t) => {
  const client = await serve(t, {
    EventService: {
      WatchEvents: (call) => {
        assert.deepEqual(call.request.resumeAfter, { p: 4 });
        call.write(event(5, { iceCandidate: { candidate: { candidate: 'candidate:1', sdpMid: '0' } } }));
        call.write(event(6, { iceCandidate: {} }));
        call.write({ heartbeat: { lastSequences: { p: 6 } } });
        call.end();
      },
    },
  });
  const seen = [];
  for await (const message of client.events.watchEvents({ peerConnectionIds: ['p'], resumeAfter: { p: 4 } })) {
    seen.push(message);
  }
  assert.deepEqual(seen.map((message) => message.response), ['event', 'event', 'heartbeat']);
  assert.equal(seen[0].event.event, 'iceCandidate');
  assert.equal(seen[0].event.iceCandidate.candidate.sdpMid, '0');
  assert.equal('sdpMLineIndex' in seen[0].event.iceCandidate.candidate, false);
  assert.equal(seen[1].event.iceCandidate.candidate, null);
  assert.deepEqual(seen[2].heartbeat.lastSequences, { p: 6 });
});

test('leaving the loop cancels the call', async (t) => {
  const cancelled = deferred();
  const client = await serve(t, {
    EventService: {
      WatchEvents: (call) => {
        call.on('cancelled', cancelled.resolve);
        for (let sequence = 1; sequence <= 1000; sequence++) call.write(event(sequence));
      },
    },
  });
  for await (const message of client.events.watchEvents()) {
    if (message.event.sequence === 3) break;
  }
  await cancelled.promise;
});

test('cancel() ends a waiting loop without error', async (t) => {
  const client = await serve(t, { EventService: { WatchEvents: (call) => call.write(event(1)) } });
  const stream = client.events.watchEvents();
  const seen = [];
  for await (const message of stream) {
    seen.push(message.event.sequence);
    setTimeout(() => stream.cancel(), 10);
  }
  assert.deepEqual(seen, [1]);
});

test('what came before an error is delivered, then the error is thrown', async (t) => {
  const client = await serve(t, {
    EventService: {
      WatchEvents: (call) => {
        const error = serviceError(grpc.status.RESOURCE_EXHAUSTED, 'too slow', [
          ['google.rpc.ErrorInfo', { reason: 'SLOW_CONSUMER', domain: 'peerconnection.v1', metadata: {} }],
        ]);
        // An error overtakes messages that the server has not handed to the network yet.
        call.write(event(1), () => call.emit('error', error));
      },
    },
  });
  // The second time nobody listens until the call is over: the error must not get lost.
  for (const late of [false, true]) {
    const stream = client.events.watchEvents();
    if (late) await until('the end of the call', () => stream.error);
    const seen = [];
    const loop = async () => {
      for await (const message of stream) seen.push(message.event.sequence);
    };
    await assert.rejects(loop(), { name: 'PeerConnectionError', code: 'RESOURCE_EXHAUSTED', reason: 'SLOW_CONSUMER' });
    assert.deepEqual(seen, [1]);
    assert.equal(stream.error.reason, 'SLOW_CONSUMER');
  }
});

test('a signal ends a stream with its reason', async (t) => {
  const client = await serve(t, { EventService: { WatchEvents: (call) => call.write(event(1)) } });
  const controller = new AbortController();
  const loop = async (signal) => {
    for await (const message of client.events.watchEvents({}, { signal })) controller.abort(new Error('enough'));
  };
  await assert.rejects(loop(controller.signal), /enough/);
  await assert.rejects(loop(controller.signal), /enough/);
});

test('a bidirectional stream echoes, half-closes and ends', async (t) => {
  const client = await serve(t, {
    DataChannelService: {
      Stream: (call) => {
        call.on('data', ({ open, message }) => {
          if (open) call.write({ opened: { initialSendCredit: open.initialReceiveCredit } });
          if (message) call.write({ message });
        });
        call.on('end', () => call.end());
      },
    },
  });
  const stream = client.dataChannels.stream();
  await stream.write({ open: { peerConnectionId: 'p', initialReceiveCredit: 1000 } });
  const payloads = [{ text: 'hello' }, { text: '' }, { binary: Buffer.from([0, 255]) }, { binary: Buffer.alloc(0) }];
  for (const message of payloads) await stream.write({ message: { dataChannelId: 'd', message } });
  stream.end();
  const seen = [];
  for await (const message of stream) seen.push(message);
  assert.equal(seen[0].opened.initialSendCredit, 1000);
  const echoes = seen.slice(1).map(({ message: { message } }) => ({ [message.payload]: message[message.payload] }));
  assert.deepEqual(echoes, payloads);
  await assert.rejects(stream.write({ receiveCredit: 1 }), /ended/);
});

test('write() waits while the service does not read', async (t) => {
  const open = deferred();
  let received = 0;
  const client = await serve(t, {
    DataChannelService: {
      Stream: async (call) => {
        await open.promise;
        call.on('data', () => received++);
        call.on('end', () => call.end());
      },
    },
  });
  const stream = client.dataChannels.stream();
  const message = { message: { dataChannelId: 'd', message: { binary: Buffer.alloc(64 * 1024) } } };
  let written = 0;
  const total = 200;
  const writer = (async () => {
    for (; written < total; written++) await stream.write(message);
    stream.end();
  })();
  // Time in which all of them would have gone through: that write() goes on waiting has no event.
  await sleep(300);
  assert.ok(written < total, `${written} messages were taken without a reader`);
  open.resolve();
  await writer;
  for await (const answer of stream) assert.fail(`unexpected ${answer}`);
  assert.equal(received, total);
});

test('write() fails when the call has failed, and checks its message', async (t) => {
  const client = await serve(t, {
    DataChannelService: {
      Stream: (call) =>
        call.emit(
          'error',
          serviceError(grpc.status.NOT_FOUND, 'no such channel', [
            ['google.rpc.ErrorInfo', { reason: 'DATA_CHANNEL_NOT_FOUND', domain: 'peerconnection.v1', metadata: {} }],
          ]),
        ),
    },
  });
  const stream = client.dataChannels.stream();
  await assert.rejects(stream.write({ opne: {} }), TypeError);
  await stream.write({ open: { peerConnectionId: 'p' } });
  await assert.rejects(async () => {
    for await (const answer of stream) assert.fail(`unexpected ${answer}`);
  }, { reason: 'DATA_CHANNEL_NOT_FOUND' });
  await assert.rejects(stream.write({ receiveCredit: 1 }), { reason: 'DATA_CHANNEL_NOT_FOUND' });
});

test('a stream that nobody reads and that fails does not end the process', async (t) => {
  const client = await serve(t, {
    EventService: { WatchEvents: (call) => call.emit('error', { code: grpc.status.INTERNAL, details: 'oops' }) },
  });
  const stream = client.events.watchEvents();
  const { code } = await until('the failure', () => stream.error);
  assert.equal(code, 'INTERNAL');
});
