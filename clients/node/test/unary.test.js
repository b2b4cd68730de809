import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import grpc from '@grpc/grpc-js';
import { Client, PeerConnectionError, duration, milliseconds, toDate } from '../dist/index.js';
import { deferred, serve, serviceError } from '../testing/fake_service.js';

test('a request and its response keep every kind of field', async (t) => {
  let seen;
  const client = await serve(t, {
    PeerConnectionService: {
      Create: (call, reply) => {
        seen = call.request;
        reply(null, {
          peerConnection: {
            peerConnectionId: `node.1.2.${call.request.peerConnectionIdSuffix}`,
            labels: call.request.labels,
            signalingState: 'SIGNALING_STATE_STABLE',
            revision: 2 ** 40,
            createTime: { seconds: 1_700_000_000, nanos: 500_000_000 },
            localDescription: { type: 'SDP_TYPE_OFFER', sdp: 'v=0\r\n' },
          },
        });
      },
    },
  });
  const { peerConnection } = await client.peerConnections.create({
    peerConnectionIdSuffix: 'studio',
    labels: { room: '7' },
    configuration: { iceServers: [{ urls: ['stun:192.0.2.1'] }], bundlePolicy: 'BUNDLE_POLICY_MAX_BUNDLE' },
  });
  assert.equal(seen.configuration.bundlePolicy, 'BUNDLE_POLICY_MAX_BUNDLE');
  assert.deepEqual(seen.configuration.iceServers[0].urls, ['stun:192.0.2.1']);
  assert.equal(peerConnection.peerConnectionId, 'node.1.2.studio');
  assert.deepEqual(peerConnection.labels, { room: '7' });
  assert.equal(peerConnection.signalingState, 'SIGNALING_STATE_STABLE');
  assert.equal(peerConnection.revision, 2 ** 40);
  assert.equal(toDate(peerConnection.createTime).toISOString(), '2023-11-14T22:13:20.500Z');
  assert.equal(peerConnection.localDescription.sdp, 'v=0\r\n');
  assert.equal(peerConnection.remoteDescription, null);
});

test('unset optional fields are absent, set ones have their value, and a response can be sent back', async (t) => {
  const client = await serve(t, {
    MediaService: {
      CreateSink: (call, reply) => reply(null, { sink: { sinkId: 's', spec: call.request.spec } }),
    },
  });
  const spec = { sinkId: 's', selector: { mid: '0' }, destination: { host: '127.0.0.1', port: 5004 }, ssrc: 0 };
  const first = await client.media.createSink({ peerConnectionId: 'p', spec });
  assert.equal(first.sink.spec.ssrc, 0);
  assert.equal('payloadType' in first.sink.spec, false);
  assert.equal('_ssrc' in first.sink.spec, false);
  assert.equal(first.sink.spec.selector.selector, 'mid');
  const second = await client.media.createSink({ peerConnectionId: 'p', spec: first.sink.spec });
  assert.deepEqual(second, first);
});

test('bytes arrive as Buffer and may be sent as Buffer or Uint8Array', async (t) => {
  const seen = [];
  const client = await serve(t, {
    DataChannelService: {
      Send: (call, reply) => {
        seen.push(call.request.message);
        reply(null, { bufferedAmount: 3 });
      },
    },
  });
  for (const binary of [Buffer.from([1, 2, 255]), new Uint8Array([1, 2, 255])]) {
    const response = await client.dataChannels.send({ peerConnectionId: 'p', dataChannelId: 'd', message: { binary } });
    assert.equal(response.bufferedAmount, 3);
  }
  await client.dataChannels.send({ peerConnectionId: 'p', dataChannelId: 'd', message: { text: '' } });
  assert.deepEqual(seen[0].binary, Buffer.from([1, 2, 255]));
  assert.deepEqual(seen[1].binary, seen[0].binary);
  assert.equal(seen[2].payload, 'text');
});

test('an error carries code, reason, metadata and the DOMException name', async (t) => {
  const client = await serve(t, {
    PeerConnectionService: {
      SetRemoteDescription: (call, reply) =>
        reply(
          serviceError(grpc.status.INVALID_ARGUMENT, 'line 7: no such thing', [
            [
              'google.rpc.ErrorInfo',
              {
                reason: 'INVALID_SDP',
                domain: 'peerconnection.v1',
                metadata: { domException: 'RTCError', sdpLineNumber: '7', field: 'description.sdp' },
              },
            ],
            ['google.rpc.RetryInfo', { retryDelay: { seconds: 1, nanos: 500_000_000 } }],
            ['google.rpc.BadRequest', { fieldViolations: [{ field: 'description.sdp', description: 'line 7' }] }],
          ]),
        ),
    },
  });
  const error = await client.peerConnections.setRemoteDescription({ peerConnectionId: 'p' }).catch((e) => e);
  assert.ok(error instanceof PeerConnectionError);
  assert.equal(error.message, 'line 7: no such thing');
  assert.equal(error.code, 'INVALID_ARGUMENT');
  assert.equal(error.reason, 'INVALID_SDP');
  assert.equal(error.domain, 'peerconnection.v1');
  assert.equal(error.metadata.field, 'description.sdp');
  assert.equal(error.domException, 'RTCError');
  assert.equal(error.sdpLineNumber, 7);
  assert.equal(error.retryDelayMs, 1500);
  assert.deepEqual(error.fieldViolations, [{ field: 'description.sdp', description: 'line 7' }]);
  assert.equal(error.method, 'PeerConnectionService.SetRemoteDescription');
});

test('an error without details, or with broken ones, still has its code', async (t) => {
  const broken = new grpc.Metadata();
  broken.set('grpc-status-details-bin', Buffer.from([0xff, 0xff, 0xff]));
  const client = await serve(t, {
    PeerConnectionService: {
      Get: (call, reply) => reply({ code: grpc.status.UNAVAILABLE, details: 'away' }),
      Close: (call, reply) => reply({ code: grpc.status.NOT_FOUND, details: 'gone', metadata: broken }),
    },
  });
  await assert.rejects(client.peerConnections.get({ peerConnectionId: 'p' }), { code: 'UNAVAILABLE', reason: '' });
  await assert.rejects(client.peerConnections.close({ peerConnectionId: 'p' }), { code: 'NOT_FOUND', message: 'gone' });
  await assert.rejects(client.peerConnections.list(), { name: 'PeerConnectionError', code: 'UNIMPLEMENTED' });
});

test('unary calls have a deadline of 30 s, or the one given', async (t) => {
  const deadlines = [];
  const client = await serve(t, {
    PeerConnectionService: {
      Get: (call, reply) => {
        deadlines.push(call.getDeadline());
        if (call.request.peerConnectionId !== 'slow') reply(null, {});
      },
    },
  });
  const start = Date.now();
  await client.peerConnections.get({ peerConnectionId: 'p' });
  const left = Number(deadlines[0]) - start;
  assert.ok(left > 20_000 && left < 31_000, `deadline in ${left} ms`);
  await client.peerConnections.get({ peerConnectionId: 'p' }, { timeoutMs: Infinity });
  assert.equal(deadlines[1], Infinity);
  await assert.rejects(client.peerConnections.get({ peerConnectionId: 'slow' }, { timeoutMs: 50 }), {
    code: 'DEADLINE_EXCEEDED',
  });
});

test('an abort signal cancels the call and is what it rejects with', async (t) => {
  const arrived = deferred();
  const cancelled = deferred();
  const client = await serve(t, {
    PeerConnectionService: {
      Get: (call) => {
        call.on('cancelled', cancelled.resolve);
        arrived.resolve();
      },
    },
  });
  const controller = new AbortController();
  const call = client.peerConnections.get({ peerConnectionId: 'p' }, { signal: controller.signal });
  await arrived.promise;
  const reason = new Error('enough');
  controller.abort(reason);
  await assert.rejects(call, reason);
  await cancelled.promise;
  await assert.rejects(client.peerConnections.get({}, { signal: controller.signal }), reason);
});

test('metadata of the client and of the call are sent', async (t) => {
  let seen;
  const client = await serve(
    t,
    {
      AdminService: {
        GetNodeInfo: (call, reply) => {
          seen = call.metadata.getMap();
          reply(null, {});
        },
      },
    },
    { metadata: { 'peerconnection-lease-token': 'secret', who: 'client' } },
  );
  await client.admin.getNodeInfo({}, { metadata: { who: 'call' } });
  assert.equal(seen['peerconnection-lease-token'], 'secret');
  assert.equal(seen.who, 'call');
});

test('unknown fields and enum values are refused before anything is sent', async (t) => {
  const client = await serve(t, { PeerConnectionService: {} });
  const refused = async (request, text) =>
    assert.rejects(client.peerConnections.create(request), (error) => error instanceof TypeError && error.message.includes(text));
  await refused({ suffix: 'x' }, 'CreateRequest.suffix');
  await refused({ configuration: { iceServers: [{ url: 'stun:x' }] } }, 'configuration.iceServers[0].url');
  await refused({ configuration: { bundlePolicy: 'max-bundle' } }, '"max-bundle" is no BundlePolicy');
  await refused({ configuration: { iceServers: {} } }, 'expected an array');
  await refused(null, 'expected an object');
  await assert.rejects(client.admin.setLogLevels({ levels: { ice: 'loud' } }), TypeError);
});

test('every RPC of the contract has a method, and every method an RPC', async () => {
  const folder = new URL('../../../proto/peerconnection/v1/', import.meta.url);
  const contract = {};
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.proto'))) {
    const lines = (await readFile(new URL(file, folder), 'utf8')).split('\n');
    let service = null;
    for (const line of lines) {
      const [, opened] = /^service (\w+) \{/.exec(line) ?? [];
      if (opened) contract[(service = opened)] = [];
      else if (line === '}') service = null;
      const [, rpc] = /^ +rpc (\w+)\(/.exec(line) ?? [];
      if (rpc) contract[service].push(rpc[0].toLowerCase() + rpc.slice(1));
    }
  }
  const client = new Client({ address: '127.0.0.1:1' });
  const members = {
    PeerConnectionService: client.peerConnections, MediaService: client.media, DataChannelService: client.dataChannels,
    EventService: client.events, AdminService: client.admin,
  };
  assert.deepEqual(Object.keys(contract).sort(), Object.keys(members).sort());
  for (const [service, rpcs] of Object.entries(contract)) {
    assert.ok(rpcs.length > 0, service);
    assert.deepEqual(Object.keys(members[service]).sort(), rpcs.sort(), service);
    for (const rpc of rpcs) assert.equal(typeof members[service][rpc], 'function', `${service}.${rpc}`);
  }
  client.close();
  assert.throws(() => new Client({}), TypeError);
});

test('waitForReady resolves when the service can be reached and rejects when not', async (t) => {
  const client = await serve(t, { AdminService: {} });
  await client.waitForReady(5000);
  const nobody = new Client({ address: '127.0.0.1:1' });
  await assert.rejects(nobody.waitForReady(100));
  nobody.close();
});

test('durations convert both ways', () => {
  assert.deepEqual(duration(1500), { seconds: 1, nanos: 500_000_000 });
  assert.deepEqual(duration(0), { seconds: 0, nanos: 0 });
  assert.equal(milliseconds(duration(123_456)), 123_456);
});

const away = { code: grpc.status.UNAVAILABLE, details: 'away' };

test('a call that meets a disconnect is repeated with one request id, if the client is to; an answer is final', async (t) => {
  const requests = [];
  const answers = [];
  const client = await serve(t, {
    PeerConnectionService: {
      Create: (call, reply) => {
        requests.push(call.request);
        reply(answers.shift() ?? null, {});
      },
    },
    MediaService: {
      RequestKeyFrame: (call, reply) => {
        requests.push(call.request);
        reply(away);
      },
    },
  }, { maxOutageMs: 60_000 });
  const refused = serviceError(grpc.status.UNAVAILABLE, 'drains', [['google.rpc.ErrorInfo', { reason: 'DRAINING', domain: 'peerconnection.v1' }]]);
  const stopping = serviceError(grpc.status.UNAVAILABLE, 'stops', [['google.rpc.ErrorInfo', { reason: 'NOT_READY', domain: 'peerconnection.v1' }]]);
  const ids = () => requests.splice(0).map(({ requestId }) => requestId);

  answers.push(away, stopping, away);
  await client.peerConnections.create({ labels: { a: 'b' } });
  const [first, ...others] = ids();
  assert.match(first, /^[\x20-\x7e]{1,36}$/);
  assert.deepEqual(others, [first, first, first]);

  answers.push(away);
  await client.peerConnections.create({ requestId: 'mine' });
  assert.deepEqual(ids(), ['mine', 'mine']);

  answers.push(refused);
  await assert.rejects(client.peerConnections.create({}), { reason: 'DRAINING' });
  const [third, ...none] = ids();
  assert.notEqual(third, first);
  assert.deepEqual(none, []);

  // What could be carried out twice is not repeated.
  await assert.rejects(client.media.requestKeyFrame({ peerConnectionId: 'p' }), { code: 'UNAVAILABLE' });
  assert.equal(requests.splice(0).length, 1);
});

test('repeats end with the longest outage, the signal, stopRepeating, the deadline', async (t) => {
  let count = 0;
  let onCall = () => {};
  const handlers = {
    PeerConnectionService: {
      Get: (_, reply) => {
        ++count;
        onCall();
        reply(away);
      },
    },
  };
  const short = await serve(t, handlers, { maxOutageMs: 100 });
  await assert.rejects(short.peerConnections.get({}), { code: 'UNAVAILABLE' });
  assert.ok(count > 1);

  const long = await serve(t, handlers, { maxOutageMs: 3_600_000 });
  const controller = new AbortController();
  const reason = new Error('enough');
  count = 0;
  onCall = () => count === 3 && controller.abort(reason);
  await assert.rejects(long.peerConnections.get({}, { signal: controller.signal }), reason);
  onCall = () => {};
  await assert.rejects(long.peerConnections.get({}, { timeoutMs: 300 }), { code: 'DEADLINE_EXCEEDED' });
  count = 0;
  onCall = () => count === 2 && long.stopRepeating();
  await assert.rejects(long.peerConnections.get({}), { code: 'UNAVAILABLE' });
  assert.equal(count, 2);

  const never = await serve(t, handlers);
  count = 0;
  await assert.rejects(never.peerConnections.get({}), { code: 'UNAVAILABLE' });
  assert.equal(count, 1);
});
