// W3C WebRTC 1.0, 4.4 (pranswers, trickle), 4.8.3, 5.5, 5.6, 6.1: what becomes of transports when things go wrong, and what they say.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Transports } from '../../dist/w3c/transports.js';
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

// What the service tells of several transports; no browser and no service is needed for that.
describe('sections with transports of their own (4.4.1.5, 6.1.1)', () => {
  const ice = (transportId, mids, state = 'NEW') => ({
    transportId, mids, role: 'ICE_ROLE_CONTROLLING', gatheringState: 'ICE_GATHERING_STATE_NEW', selectedCandidatePair: null,
    state: `ICE_CONNECTION_STATE_${state}`,
  });
  const sctp = (transportId, state = 'CONNECTING') => ({ transportId, state: `SCTP_TRANSPORT_STATE_${state}`, maxMessageSize: 0, maxChannels: 0 });
  const SDP = ['v=0', 'm=audio 9 UDP/TLS/RTP/SAVPF 0', 'a=mid:0', 'a=ice-ufrag:zero', 'a=ice-pwd:a',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'a=mid:1', 'a=ice-ufrag:one', 'a=ice-pwd:b', ''].join('\r\n');
  const make = () => new Transports({ local: () => SDP, remote: () => SDP });

  test('each is an object of its own, with the parameters of its section', () => {
    const transports = make();
    transports.describe([ice('T0', ['0']), ice('T1', ['1'])]);
    const [first, second] = ['T0', 'T1'].map((id) => transports.dtls(id).object);
    assert.notEqual(first, second);
    assert.notEqual(first.iceTransport, second.iceTransport);
    assert.deepEqual([first, second].map(({ iceTransport }) => iceTransport.getLocalParameters().usernameFragment), ['zero', 'one']);
    assert.equal(transports.dtls('T1').object, second);
  });

  test('one that is bundled away is closed and carries nothing; the others go on', () => {
    const transports = make();
    transports.describe([ice('T0', ['0']), ice('T1', ['1'])]);
    transports.setSctp(sctp('T1'));
    const channelTransport = transports.sctp.object;
    const second = transports.dtls('T1').object;
    assert.equal(channelTransport.transport, second);
    const seen = [];
    for (const id of ['T0', 'T1']) transports.ice(id).object.onstatechange = () => seen.push(id);
    for (const tell of transports.ice('T1').take(ice('T1', [], 'CLOSED'))) tell();
    transports.describe([ice('T0', ['0', '1'])]);
    transports.setSctp(sctp('T0'));
    assert.deepEqual(seen, ['T1']);
    assert.deepEqual([second.iceTransport.state, transports.ice('T0').state], ['closed', 'new']);
    assert.deepEqual(transports.all().map(({ mids }) => mids), [['0', '1'], []], 'a remote candidate belongs to one transport');
    assert.equal(transports.sctp.object, channelTransport);
    assert.equal(channelTransport.transport, transports.dtls('T0').object);
  });

  test('an association that moves is told with its state', () => {
    const transports = make();
    transports.describe([ice('T0', ['0']), ice('T1', ['1'])]);
    transports.updateSctp(sctp('T1')); // None is negotiated yet.
    assert.equal(transports.sctp, null);
    transports.setSctp(sctp('T1'));
    const states = [];
    transports.sctp.object.onstatechange = () => states.push(transports.sctp.object.transport === transports.dtls('T0').object);
    transports.updateSctp(sctp('T0', 'CONNECTED'));
    assert.deepEqual(states, [true]);
  });
});

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

describe('gathering (5.6, 4.4.1.4)', () => {
  useService();

  test('its beginning is one task, and so is its end: the last candidate, the transport, the connection, null', TIMEOUT, async (t) => {
    const a = makeConnection(t);
    const { sender } = a.addTransceiver('audio');
    let task = 0;
    let watching = true;
    const count = () => {
      ++task;
      if (watching) setImmediate(count);
    };
    t.after(() => (watching = false));
    const seen = [];
    const ended = new Promise((resolve) => {
      const note = (what) => seen.push([what, sender.transport.iceTransport.gatheringState, a.iceGatheringState, task]);
      a.onicegatheringstatechange = () => note('connection');
      a.onicecandidate = ({ candidate }) => {
        note(candidate === null ? 'null' : candidate.candidate === '' ? 'end' : 'candidate');
        if (candidate === null) resolve();
      };
      a.setLocalDescription().then(() => (sender.transport.iceTransport.ongatheringstatechange = () => note('transport')));
    });
    count();
    await ended;
    const [first, second, ...rest] = seen;
    assert.deepEqual([first.slice(0, 3), second.slice(0, 3)],
      [['transport', 'gathering', 'new'], ['connection', 'gathering', 'gathering']]);
    assert.equal(first[3], second[3]);
    const last = rest.slice(-4);
    assert.deepEqual(last.map((step) => step.slice(0, 3)), [
      ['end', 'gathering', 'gathering'], ['transport', 'complete', 'gathering'], ['connection', 'complete', 'complete'],
      ['null', 'complete', 'complete'],
    ]);
    assert.equal(new Set(last.map((step) => step[3])).size, 1);
    // Each candidate has a task of its own.
    const candidates = rest.slice(0, -4);
    assert.ok(candidates.length > 0);
    assert.equal(new Set([first, ...candidates, last[0]].map((step) => step[3])).size, candidates.length + 2);
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
