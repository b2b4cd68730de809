import assert from 'node:assert/strict';
import { test } from 'node:test';
import grpc from '@grpc/grpc-js';
import { serve, serviceError } from '../testing/fake_service.js';

const event = (sequence, member = 'negotiationNeeded', id = 'p') =>
  ({ event: { peerConnectionId: id, sequence, [member]: {} } });

// Serves each watch with the next script: responses, then an error or the end.
async function scripted(t, scripts) {
  const requests = [];
  const client = await serve(t, {
    EventService: {
      WatchEvents: (call) => {
        requests.push(call.request);
        const { responses, error } = scripts.shift();
        for (const response of responses) call.write(response);
        if (error) call.emit('error', error);
        else call.end();
      },
    },
  });
  return { client, requests };
}

const unavailable = { code: grpc.status.UNAVAILABLE, details: 'away' };

test('a broken watch resumes after the last event, and nothing comes twice', async (t) => {
  const snapshot = { snapshot: { peerConnection: { peerConnectionId: 'p', lastEventSequence: 4 } } };
  const { client, requests } = await scripted(t, [
    { responses: [snapshot, { synced: {} }, event(5), event(6)], error: unavailable },
    { responses: [event(6), event(7), event(8, 'closed')] },
  ]);
  const seen = [];
  const broken = [];
  const watch = client.follow({ peerConnectionIds: ['p'] }, { onDisconnect: (error) => broken.push(error.code) });
  for await (const { response, event } of watch) seen.push(event?.sequence ?? response);
  assert.deepEqual(seen, ['snapshot', 'synced', 5, 6, 7, 8]);
  assert.deepEqual(broken, ['UNAVAILABLE']);
  assert.deepEqual(requests[1].resumeAfter, { p: 6 });
  assert.deepEqual(requests[1].peerConnectionIds, ['p']);
});

test('connections that have closed are not asked for again; when all have, the watch ends', async (t) => {
  const { client, requests } = await scripted(t, [
    { responses: [event(1, 'created', 'a'), event(1, 'created', 'b'), event(2, 'closed', 'a')], error: unavailable },
    { responses: [event(2, 'closed', 'b')], error: unavailable },
  ]);
  let count = 0;
  for await (const _ of client.follow({ peerConnectionIds: ['a', 'b'] })) ++count;
  assert.equal(count, 4);
  assert.deepEqual(requests[1].peerConnectionIds, ['b']);
  assert.deepEqual(requests[1].resumeAfter, { b: 1 });
});

test('a slow reader resumes; an answer of the service is final', async (t) => {
  const info = (reason) => [['google.rpc.ErrorInfo', { reason, domain: 'peerconnection.v1' }]];
  const { client, requests } = await scripted(t, [
    { responses: [event(1)], error: serviceError(grpc.status.RESOURCE_EXHAUSTED, 'slow', info('SLOW_CONSUMER')) },
    { responses: [], error: serviceError(grpc.status.NOT_FOUND, 'gone', info('PEER_CONNECTION_NOT_FOUND')) },
  ]);
  const seen = [];
  await assert.rejects(async () => {
    for await (const { event } of client.follow({ peerConnectionIds: ['p'] })) seen.push(event.sequence);
  }, { reason: 'PEER_CONNECTION_NOT_FOUND' });
  assert.deepEqual(seen, [1]);
  assert.equal(requests.length, 2);
});

test('an abort ends the watch with its reason, while it waits for the next attempt too', async (t) => {
  const abort = new AbortController();
  const { client } = await scripted(t, Array.from({ length: 20 }, () => ({ responses: [], error: unavailable })));
  let attempts = 0;
  const watch = client.follow({}, {
    signal: abort.signal,
    onDisconnect: () => {
      if (++attempts === 3) abort.abort(new Error('enough'));
    },
  });
  await assert.rejects(watch.next(), { message: 'enough' });
});

test('a watch ends with what the last attempt met when the service is away for too long; each answer begins anew', async (t) => {
  const away = () => ({ responses: [], error: unavailable });
  const { client, requests } = await scripted(t, [
    { responses: [event(1)], error: unavailable }, away(), away(), { responses: [event(2)], error: unavailable },
    ...Array.from({ length: 1000 }, away),
  ]);
  const seen = [];
  await assert.rejects(async () => {
    for await (const { event } of client.follow({ peerConnectionIds: ['p'] }, { maxOutageMs: 2_000, maxDelayMs: 50 })) seen.push(event.sequence);
  }, { code: 'UNAVAILABLE' });
  assert.deepEqual(seen, [1, 2]);
  assert.ok(requests.length > 4);
  assert.deepEqual(requests.at(-1).resumeAfter, { p: 2 });
});

test('so it does when an attempt is not answered at all', async (t) => {
  let attempts = 0;
  const client = await serve(t, {
    EventService: { WatchEvents: (call) => void (++attempts === 1 && call.emit('error', unavailable)) },
  }, { maxOutageMs: 200 });
  await assert.rejects(client.follow({}).next(), { code: 'UNAVAILABLE' });
  assert.ok(attempts > 1);
});

test('a watch whose signal is aborted asks for nothing', async (t) => {
  const { client, requests } = await scripted(t, [{ responses: [event(1)] }]);
  const reason = new Error('enough');
  await assert.rejects(client.follow({}, { signal: AbortSignal.abort(reason) }).next(), reason);
  for await (const _ of client.follow({})); // What was asked for before it would have arrived by now.
  assert.equal(requests.length, 1);
});
