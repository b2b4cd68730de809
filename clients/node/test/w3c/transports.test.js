// W3C WebRTC 1.0, 4.4 (pranswers, trickle), 4.8.3, 5.5, 5.6, 6.1: what becomes of transports when things go wrong, and what they say.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RTCError, RTCIceCandidate } from '../../esm/w3c.mjs';
import { connectedPair, makeConnection, makePair, negotiate, once, reaches, record, useService } from '../../testing/w3c.js';

const TIMEOUT = { timeout: 60_000 };

// An offer that is answered; the answer may be changed on its way.
async function negotiateWith(a, b, change) {
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  await a.setRemoteDescription({ type: 'answer', sdp: change(b.localDescription.sdp) });
}

const settled = (description) => description && description.type;

describe('pranswers (4.4.1.5)', () => {
  useService();

  test('both sides pass through the pranswer states, connect with it, and are stable with the answer', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const channel = a.createDataChannel('x');
    const opened = once(channel, 'open');
    const seen = [a, b].map((connection) => record(connection, ['signalingstatechange'], () => connection.signalingState));
    const described = (connection) => ['currentLocalDescription', 'pendingLocalDescription', 'currentRemoteDescription', 'pendingRemoteDescription']
      .map((name) => settled(connection[name]));
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    const { sdp } = await b.createAnswer();
    await b.setLocalDescription({ type: 'pranswer', sdp });
    assert.deepEqual(described(b), [null, 'pranswer', null, 'offer']);
    await a.setRemoteDescription({ type: 'pranswer', sdp: b.localDescription.sdp });
    assert.deepEqual(described(a), [null, 'offer', null, 'pranswer']);
    await opened;
    await assert.rejects(a.setLocalDescription({ type: 'offer', sdp: a.localDescription.sdp }), { name: 'InvalidStateError' });
    await b.setLocalDescription(await b.createAnswer());
    await a.setRemoteDescription(b.localDescription);
    assert.deepEqual([described(a), described(b)], [['offer', null, 'answer', null], ['answer', null, 'offer', null]]);
    assert.deepEqual(seen, [
      ['have-local-offer', 'have-remote-pranswer', 'stable'], ['have-remote-offer', 'have-local-pranswer', 'stable'],
    ].map((states) => states.map((state) => `signalingstatechange ${state}`)));
    assert.equal(channel.readyState, 'open');
  });
});

describe('candidates (4.4.2, 4.8.3, 5.6)', () => {
  useService();

  test('canTrickleIceCandidates says what the remote description says: yes, or no; null without one', TIMEOUT, async (t) => {
    for (const [change, expected] of [[(sdp) => sdp, true], [(sdp) => sdp.replaceAll(/a=ice-options:.*\r\n/g, ''), false]]) {
      const [a, b] = makePair(t);
      a.createDataChannel('x');
      assert.equal(a.canTrickleIceCandidates, null);
      await negotiateWith(a, b, change);
      assert.equal(a.canTrickleIceCandidates, expected);
    }
  });

  test('an address that the service must not use, behind a name, is an icecandidateerror 701; the connection lives', TIMEOUT, async (t) => {
    const [a, b] = makePair(t, { iceServers: [{ urls: 'stun:localhost:3478' }] });
    const channel = a.createDataChannel('x');
    const failed = once(a, 'icecandidateerror');
    const opened = once(channel, 'open');
    await negotiate(a, b);
    const { errorCode, url, errorText } = await failed;
    assert.deepEqual([errorCode, url], [701, 'stun:localhost:3478']);
    assert.notEqual(errorText, '');
    await opened;
  });

  test('remote candidates are those that were added', TIMEOUT, async (t) => {
    const [a, b] = [makeConnection(t), makeConnection(t)];
    a.createDataChannel('x');
    await negotiateWith(a, b, (sdp) => sdp.replaceAll(/a=(candidate:.*|end-of-candidates)\r\n/g, ''));
    const { iceTransport } = a.sctp.transport;
    assert.deepEqual(iceTransport.getRemoteCandidates(), []);
    const candidate = 'candidate:7 1 udp 2122260223 192.0.2.7 7000 typ host';
    await a.addIceCandidate({ candidate, sdpMid: '0' });
    await a.addIceCandidate(); // The end is none.
    const [added, ...none] = iceTransport.getRemoteCandidates();
    assert.ok(added instanceof RTCIceCandidate);
    assert.deepEqual([added.candidate, added.address, added.port, none], [candidate, '192.0.2.7', 7000, []]);
    assert.notEqual(iceTransport.getRemoteCandidates(), iceTransport.getRemoteCandidates(), 'each call has a list of its own');
  });
});

describe('what changes together (5.5, 5.6)', () => {
  useService();

  // What is so whenever an event tells of a change.
  function watch(connection) {
    const { transport } = connection.sctp;
    const { iceTransport } = transport;
    const seen = [];
    for (const [target, types] of [
      [iceTransport, ['selectedcandidatepairchange', 'statechange']],
      [transport, ['statechange']],
      [connection, ['iceconnectionstatechange', 'connectionstatechange']],
    ]) {
      for (const type of types) {
        target.addEventListener(type, () => seen.push({
          type: target === transport ? 'dtls' : type, pair: iceTransport.getSelectedCandidatePair() !== null, ice: iceTransport.state,
          iceConnection: connection.iceConnectionState, dtls: transport.state, connection: connection.connectionState,
        }));
      }
    }
    return seen;
  }

  test('the pair, the state and the connection\'s states are set before the first event tells of one', TIMEOUT, async (t) => {
    const [a, b] = [makeConnection(t), makeConnection(t)];
    const channel = a.createDataChannel('x');
    const opened = once(channel, 'open');
    const candidates = [];
    a.onicecandidate = ({ candidate }) => candidates.push(candidate);
    await a.setLocalDescription();
    await reaches(a, 'icegatheringstatechange', 'iceGatheringState', 'complete');
    await b.setRemoteDescription({ type: 'offer', sdp: a.localDescription.sdp.replaceAll(/a=(candidate:.*|end-of-candidates)\r\n/g, '') });
    await b.setLocalDescription();
    const theirs = watch(b);
    await a.setRemoteDescription(b.localDescription);
    const ours = watch(a);
    // Only now can b know where to: no check of its comes before the answer.
    await Promise.all(candidates.map((candidate) => b.addIceCandidate(candidate ?? undefined)));
    await opened;
    await reaches(b, 'connectionstatechange', 'connectionState', 'connected');
    for (const seen of [ours, theirs]) {
      // One transport: its state is the connection's.
      for (const { type, ice, iceConnection } of seen) assert.equal(iceConnection, ice, type);
      assert.deepEqual(seen.slice(0, 3).map(({ type }) => type), ['statechange', 'iceconnectionstatechange', 'connectionstatechange']);
      for (const step of seen.slice(0, 3)) assert.deepEqual([step.ice, step.connection], ['checking', 'connecting']);
      const secure = seen.findIndex(({ type, dtls }) => type === 'dtls' && dtls === 'connected');
      assert.equal(seen[secure].connection, 'connected');
      assert.equal(seen[secure + 1].type, 'connectionstatechange');
    }
    const found = ours.findIndex(({ type }) => type === 'selectedcandidatepairchange');
    assert.ok(['connected', 'completed'].includes(ours[found].ice));
    assert.deepEqual(ours.slice(found, found + 3).map(({ type, pair }) => `${type} ${pair}`),
      ['selectedcandidatepairchange', 'statechange', 'iceconnectionstatechange'].map((type) => `${type} true`));
  });
});

describe('failures (5.5, 5.6)', () => {
  useService();

  test('a certificate that is not the announced one: error, failed, and the connection failed', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    a.createDataChannel('x');
    const failed = reaches(a, 'connectionstatechange', 'connectionState', 'failed');
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    await b.setLocalDescription();
    const told = once(b.sctp.transport, 'error');
    const sdp = b.localDescription.sdp.replace(/(a=fingerprint:sha-256 )(..)/g, (_, name, first) => name + (first === '00' ? '01' : '00'));
    await a.setRemoteDescription({ type: 'answer', sdp });
    const { transport } = a.sctp;
    const seen = record(transport, ['error', 'statechange'], (type, event) => (type === 'error' ? event.error.errorDetail : transport.state));
    const { error } = await once(transport, 'error');
    assert.ok(error instanceof RTCError);
    const { error: theirs } = await told;
    await failed;
    const BAD_CERTIFICATE = 42; // RFC 8446, 6.
    assert.deepEqual([error.sentAlert, error.receivedAlert], [BAD_CERTIFICATE, null]);
    assert.deepEqual([theirs.errorDetail, theirs.sentAlert, theirs.receivedAlert], ['dtls-failure', null, BAD_CERTIFICATE]);
    assert.equal(transport.state, 'failed');
    assert.deepEqual(seen.slice(-2), ['error fingerprint-failure', 'statechange failed']);
    assert.notEqual(a.iceConnectionState, 'failed', 'ICE is not at fault');
  });
});

describe('RTCSctpTransport (6.1)', () => {
  useService();

  const sizes = [
    ['0, which is any size', (sdp) => sdp.replace(/a=max-message-size:\d+/, 'a=max-message-size:0'), (local) => local],
    ['absent', (sdp) => sdp.replace(/a=max-message-size:\d+\r\n/, ''), () => 65_536],
    ['smaller', (sdp) => sdp.replace(/a=max-message-size:\d+/, 'a=max-message-size:1000'), () => 1000],
    ['larger than what is sent here', (sdp) => sdp.replace(/a=max-message-size:\d+/, 'a=max-message-size:999999999'), (local) => local],
  ];
  for (const [what, change, expected] of sizes) {
    test(`maxMessageSize where the remote's is ${what}`, TIMEOUT, async (t) => {
      const [a, b] = makePair(t);
      const channel = a.createDataChannel('x');
      await negotiateWith(a, b, change);
      const local = Number(/a=max-message-size:(\d+)/.exec(a.localDescription.sdp)[1]);
      assert.equal(a.sctp.maxMessageSize, expected(local));
      await once(channel, 'open');
      assert.equal(a.sctp.maxMessageSize, expected(local));
      const size = a.sctp.maxMessageSize;
      assert.throws(() => channel.send(new Uint8Array(size + 1)), TypeError);
      channel.send(new Uint8Array(size));
    });
  }

  test('ids beyond maxChannels are refused once it is known, and such channels made before it fail', TIMEOUT, async (t) => {
    const { a, ours } = await connectedPair(t);
    const { maxChannels } = a.sctp;
    assert.throws(() => a.createDataChannel('x', { negotiated: true, id: maxChannels }), { name: 'OperationError' });
    const last = a.createDataChannel('x', { negotiated: true, id: maxChannels - 1 });
    await once(last, 'open');
    assert.equal(last.id, maxChannels - 1);
    assert.throws(() => a.createDataChannel('x', { negotiated: true, id: maxChannels - 1 }), { name: 'OperationError' });
    assert.equal(ours.readyState, 'open');

    const [c, d] = makePair(t);
    const early = c.createDataChannel('early', { negotiated: true, id: maxChannels });
    const seen = record(early, ['open', 'error', 'close'], (_, { error }) => error?.errorDetail);
    const closed = once(early, 'close');
    await negotiate(c, d);
    await closed;
    assert.deepEqual(seen, ['error data-channel-failure', 'close']);
  });
});

describe('RTCRtpReceiver.jitterBufferTarget (5.3)', () => {
  useService();

  test('is null, or 0 to 4000 ms', (t) => {
    const { receiver } = makeConnection(t).addTransceiver('audio');
    assert.equal(receiver.jitterBufferTarget, null);
    for (const value of [0, 250.5, 4000, null]) {
      receiver.jitterBufferTarget = value;
      assert.equal(receiver.jitterBufferTarget, value);
    }
    receiver.jitterBufferTarget = 100;
    for (const value of [-1, 4001]) assert.throws(() => (receiver.jitterBufferTarget = value), RangeError);
    for (const value of [NaN, Infinity, 'soon', {}]) assert.throws(() => (receiver.jitterBufferTarget = value), TypeError);
    assert.equal(receiver.jitterBufferTarget, 100);
  });
});
