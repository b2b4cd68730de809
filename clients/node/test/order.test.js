// Calls that are sent ahead: what tells the service their order, and what happens to those that it may never see.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import grpc from '@grpc/grpc-js';
import { CallOrder } from '../dist/index.js';
import { until } from '../demo/lib/wait.js';
import { serve, serviceError } from '../testing/fake_service.js';

const orderOf = ({ metadata }) => metadata.get('peerconnection-order')[0];
const request = { peerConnectionId: 'p', kind: 'MEDIA_KIND_AUDIO' };

// A service that notes what comes, and answers when the test says so.
async function start(t, options) {
  const [calls, fillers] = [[], []];
  const client = await serve(t, {
    PeerConnectionService: {
      AddTransceiver: (call, reply) => calls.push({ order: orderOf(call), request: call.request, reply }),
      Get: (call, reply) => {
        fillers.push({ order: orderOf(call), peerConnectionId: call.request.peerConnectionId });
        reply(serviceError(grpc.status.ABORTED, 'it had its turn', [
          ['google.rpc.ErrorInfo', { reason: 'CALL_OUT_OF_ORDER', domain: 'peerconnection.v1', metadata: {} }],
        ]));
      },
    },
  }, options);
  const order = new CallOrder();
  const add = (more = {}) => client.peerConnections.addTransceiver(request, { order, ...more });
  const numbers = () => calls.map((call) => Number(call.order.split('/')[1])).sort((x, y) => x - y);
  return { client, order, add, calls, fillers, numbers };
}

test('calls leave before the first is answered, with their places', async (t) => {
  const { add, calls, numbers } = await start(t);
  const answers = Array.from({ length: 5 }, () => add());
  await until('all are there', () => calls.length === 5);
  assert.deepEqual(numbers(), [0, 1, 2, 3, 4]);
  const callers = new Set(calls.map(({ order }) => order.split('/')[0]));
  assert.equal(callers.size, 1);
  assert.match([...callers][0], /^[0-9a-f-]{36}$/);
  for (const { reply } of calls) reply(null, {});
  await Promise.all(answers);
});

test('each order is a caller of its own, and calls without one have no place', async (t) => {
  const { add, calls } = await start(t);
  const answers = [add(), add({ order: new CallOrder() }), add({ order: undefined })];
  await until('all are there', () => calls.length === 3);
  const given = calls.map(({ order }) => order).filter((order) => order !== undefined);
  assert.deepEqual(given.map((order) => order.split('/')[1]), ['0', '0']);
  assert.notEqual(given[0], given[1]);
  for (const { reply } of calls) reply(null, {});
  await Promise.all(answers);
});

test('at most 64 are on their way; the others follow in order as answers come', async (t) => {
  const { add, calls, numbers } = await start(t);
  const answers = Array.from({ length: 70 }, () => add());
  await until('64 are there', () => calls.length === 64);
  calls.find(({ order }) => order.endsWith('/10')).reply(null, {});
  await until('one more', () => calls.length === 65);
  assert.equal(numbers().at(-1), 64);
  for (let i = 0; i < calls.length; ++i) {
    const { reply, order } = calls[i];
    if (!order.endsWith('/10')) reply(null, {});
    if (i === calls.length - 1) await until('the rest', () => calls.length === 70);
  }
  await Promise.all(answers);
  assert.deepEqual(numbers(), Array.from({ length: 70 }, (_, i) => i));
});

test('what the service refused had its turn; in place of what it may not have seen something else is sent', async (t) => {
  const { add, calls, fillers } = await start(t);
  const failures = Promise.allSettled([add(), add(), add(), add()]);
  await until('all are there', () => calls.length === 4);
  const info = (reason) => [['google.rpc.ErrorInfo', { reason, domain: 'peerconnection.v1', metadata: {} }]];
  const errors = [
    serviceError(grpc.status.INVALID_ARGUMENT, 'no', info('INVALID_ARGUMENT')),
    { code: grpc.status.UNAVAILABLE, details: 'no way' },
    serviceError(grpc.status.UNIMPLEMENTED, 'no', info('NOT_IMPLEMENTED')),
    serviceError(grpc.status.ABORTED, 'late', info('CALL_OUT_OF_ORDER')),
  ];
  for (const { order, reply } of calls) reply(errors[Number(order.split('/')[1])]);
  assert.ok((await failures).every(({ status }) => status === 'rejected'));
  await until('both', () => fillers.length === 2);
  assert.deepEqual(fillers.map(({ order, peerConnectionId }) => `${order.split('/')[1]} ${peerConnectionId}`).sort(), ['1 p', '2 p']);
  assert.equal(fillers[0].order.split('/')[0], calls[0].order.split('/')[0]);
});

test('a call that is aborted is made up for; one that has not left yet has no place', async (t) => {
  const { add, calls, fillers, numbers } = await start(t);
  const [first, waiting] = [new AbortController(), new AbortController()];
  const aborted = assert.rejects(add({ signal: first.signal }), /enough/);
  const others = Array.from({ length: 63 }, () => add());
  const never = assert.rejects(add({ signal: waiting.signal }), /not even/);
  const last = add();
  await until('64 are there', () => calls.length === 64);
  waiting.abort(new Error('not even sent'));
  await never;
  first.abort(new Error('enough'));
  await aborted;
  await until('its place is taken', () => fillers.length === 1);
  assert.match(fillers[0].order, /\/0$/);
  await until('there is room for the last', () => calls.length === 65);
  assert.equal(numbers().at(-1), 64);
  for (const { order, reply } of calls) if (!order.endsWith('/0')) reply(null, {});
  await Promise.all([...others, last]);
});

test('a repeat after a disconnect has the place and the requestId of the first attempt', async (t) => {
  const { add, calls, fillers } = await start(t, { maxOutageMs: 10_000 });
  const answers = [add(), add()];
  await until('both are there', () => calls.length === 2);
  const first = calls.find(({ order }) => order.endsWith('/0'));
  first.reply({ code: grpc.status.UNAVAILABLE, details: 'away' });
  await until('it comes again', () => calls.length === 3);
  assert.equal(calls[2].order, first.order);
  assert.equal(calls[2].request.requestId, first.request.requestId);
  for (const call of calls) if (call !== first) call.reply(null, {});
  await Promise.all(answers);
  assert.deepEqual(fillers, []);
});

test('an order is of one connection, and of unary calls', async (t) => {
  const { client, order, add, calls } = await start(t);
  const answer = add();
  await assert.rejects(client.peerConnections.addTransceiver({ peerConnectionId: 'other' }, { order }), TypeError);
  await assert.rejects(client.peerConnections.create({}, { order: new CallOrder() }), TypeError);
  assert.throws(() => client.events.watchEvents({}, { order }), TypeError);
  assert.throws(() => client.dataChannels.stream({ order }), TypeError);
  await until('the one', () => calls.length === 1);
  calls[0].reply(null, {});
  await answer;
});
