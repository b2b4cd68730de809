// W3C WebRTC 1.0, 4.4: offer, answer, descriptions, candidates, their states and their order.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  peerConnectionId, RTCError, RTCIceCandidate, RTCIceCandidatePair, RTCPeerConnection, RTCSessionDescription,
} from '../../esm/w3c.mjs';
import {
  connectedPair, makeConnection, makePair, negotiate, nothingHappens, once, reaches, record, useService,
} from '../../testing/w3c.js';

const TIMEOUT = { timeout: 60_000 };
const offerTo = async (t, answerer) => {
  const offerer = makeConnection(t);
  offerer.createDataChannel('x');
  await offerer.setLocalDescription();
  await answerer.setRemoteDescription(offerer.localDescription);
  return offerer;
};

describe('a new connection (4.4.1.1)', () => {
  useService();

  test('has the states of a new connection', (t) => {
    const connection = makeConnection(t);
    assert.deepEqual(
      [connection.signalingState, connection.iceGatheringState, connection.iceConnectionState, connection.connectionState],
      ['stable', 'new', 'new', 'new']);
    for (const name of ['localDescription', 'currentLocalDescription', 'pendingLocalDescription', 'remoteDescription',
      'currentRemoteDescription', 'pendingRemoteDescription', 'canTrickleIceCandidates', 'sctp']) {
      assert.equal(connection[name], null, name);
    }
    for (const name of ['getSenders', 'getReceivers', 'getTransceivers']) assert.deepEqual(connection[name](), []);
  });

  test('is an EventTarget, made with new only', () => {
    assert.throws(() => RTCPeerConnection(), TypeError);
    assert.ok(RTCPeerConnection.prototype instanceof EventTarget);
  });
});

describe('createOffer and createAnswer (4.4.2)', () => {
  useService();

  test('createOffer resolves with a description and changes nothing', async (t) => {
    const connection = makeConnection(t);
    connection.createDataChannel('x');
    const offer = await connection.createOffer();
    assert.equal(offer.type, 'offer');
    assert.match(offer.sdp, /^v=0\r\n[^]*m=application 9 UDP\/DTLS\/SCTP webrtc-datachannel\r\n/);
    assert.equal(connection.signalingState, 'stable');
    assert.equal(connection.localDescription, null);
  });

  test('calls before it are in the offer, calls after it are not', async (t) => {
    const connection = makeConnection(t);
    connection.addTransceiver('audio', { direction: 'recvonly' });
    const first = connection.createOffer();
    connection.addTransceiver('video', { direction: 'recvonly' });
    const second = connection.createOffer();
    const kinds = (sdp) => [...sdp.matchAll(/^m=(\w+)/gm)].map(([, kind]) => kind);
    assert.deepEqual(kinds((await first).sdp), ['audio']);
    assert.deepEqual(kinds((await second).sdp), ['audio', 'video']);
  });

  test('createAnswer without an offer is an InvalidStateError', async (t) => {
    const connection = makeConnection(t);
    await assert.rejects(connection.createAnswer(), { name: 'InvalidStateError' });
    await offerTo(t, connection);
    const answer = await connection.createAnswer();
    assert.equal(answer.type, 'answer');
    assert.equal(connection.signalingState, 'have-remote-offer');
  });

  test('offerToReceive adds a receiver, once', async (t) => {
    const connection = makeConnection(t);
    const { sdp } = await connection.createOffer({ offerToReceiveVideo: true });
    assert.match(sdp, /m=video[^]*a=recvonly/);
    assert.deepEqual(connection.getTransceivers().map(({ direction, receiver }) => [direction, receiver.track.kind]), [['recvonly', 'video']]);
    await connection.createOffer({ offerToReceiveVideo: true });
    assert.equal(connection.getTransceivers().length, 1);
  });

  test('the callbacks of old are called in place of the promise', async (t) => {
    const connection = makeConnection(t);
    connection.createDataChannel('x');
    let result;
    const offer = await new Promise((resolve, reject) => (result = connection.createOffer(resolve, reject)));
    assert.equal(offer.type, 'offer');
    assert.equal(await result, undefined);
    await new Promise((resolve, reject) => connection.setLocalDescription(offer, resolve, reject));
    assert.equal(connection.signalingState, 'have-local-offer');
    const error = await new Promise((resolve) => connection.createAnswer(() => resolve(), resolve));
    assert.equal(error.name, 'InvalidStateError');
    await assert.rejects(connection.createOffer(() => {}), TypeError);
  });

  test('so they are of descriptions and candidates', async (t) => {
    const [offerer, answerer] = [makeConnection(t), makeConnection(t)];
    offerer.createDataChannel('x');
    await offerer.setLocalDescription();
    const called = (method, ...args) => new Promise((resolve, reject) => answerer[method](...args, resolve, reject));
    assert.equal(await called('setRemoteDescription', offerer.localDescription), undefined);
    assert.equal(answerer.signalingState, 'have-remote-offer');
    const answer = await called('createAnswer');
    assert.equal(answer.type, 'answer');
    const candidate = { candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host', sdpMid: '0' };
    assert.equal(await called('addIceCandidate', candidate), undefined);
    assert.equal((await called('addIceCandidate', { ...candidate, sdpMid: 'none' }).catch((error) => error)).name, 'OperationError');
    assert.equal((await called('setRemoteDescription', { type: 'answer', sdp: answer.sdp }).catch((error) => error)).name, 'InvalidStateError');
    assert.equal(await called('setLocalDescription', answer), undefined);
    assert.equal(answerer.signalingState, 'stable');
    await assert.rejects(answerer.addIceCandidate(candidate, () => {}), TypeError);
    await assert.rejects(answerer.setRemoteDescription(answer, () => {}, 'no function'), TypeError);
  });
});

describe('setLocalDescription and setRemoteDescription (4.4.1.5)', () => {
  useService();

  test('attributes, event and promise change in one task, for both sides', async (t) => {
    const [a, b] = [makeConnection(t), makeConnection(t)];
    a.createDataChannel('x');
    const order = [];
    for (const [name, connection] of Object.entries({ a, b })) {
      connection.onsignalingstatechange = () => order.push([
        name, connection.signalingState, connection.localDescription?.type, connection.remoteDescription?.type, connection.pendingLocalDescription?.type,
      ]);
    }
    const offer = await a.createOffer();
    const local = a.setLocalDescription(offer);
    assert.equal(a.signalingState, 'stable');
    await local;
    order.push('resolved');
    await b.setRemoteDescription(a.localDescription);
    order.push('resolved');
    await b.setLocalDescription(await b.createAnswer());
    await a.setRemoteDescription(b.localDescription);
    assert.deepEqual(order, [
      ['a', 'have-local-offer', 'offer', undefined, 'offer'], 'resolved',
      ['b', 'have-remote-offer', undefined, 'offer', undefined], 'resolved',
      ['b', 'stable', 'answer', 'offer', undefined],
      ['a', 'stable', 'offer', 'answer', undefined],
    ]);
    assert.ok(a.currentLocalDescription instanceof RTCSessionDescription);
    assert.equal(a.pendingRemoteDescription, null);
    assert.equal(b.currentRemoteDescription.type, 'offer');
    assert.equal(a.canTrickleIceCandidates, true);
  });

  test('without a description the one that the state calls for is made', async (t) => {
    const [a, b] = [makeConnection(t), makeConnection(t)];
    a.createDataChannel('x');
    await a.setLocalDescription();
    assert.equal(a.localDescription.type, 'offer');
    await b.setRemoteDescription(a.localDescription);
    await b.setLocalDescription({});
    assert.equal(b.localDescription.type, 'answer');
  });

  test('without a type the SDP is taken for what the state calls for', async (t) => {
    const [a, b] = [makeConnection(t), makeConnection(t)];
    a.createDataChannel('x');
    const { sdp } = await a.createOffer();
    await assert.rejects(a.setLocalDescription({ sdp: `${sdp}a=x\r\n` }), { name: 'InvalidModificationError' });
    await a.setLocalDescription({ sdp });
    assert.deepEqual([a.localDescription.type, a.signalingState], ['offer', 'have-local-offer']);
    await b.setRemoteDescription(a.localDescription);
    await assert.rejects(b.setLocalDescription({ sdp }), { name: 'InvalidModificationError' });
    await b.setLocalDescription({ sdp: (await b.createAnswer()).sdp });
    assert.equal(b.localDescription.type, 'answer');
  });

  test('operations wait for each other', async (t) => {
    const connection = makeConnection(t);
    connection.createDataChannel('x');
    const done = [];
    await Promise.all([
      connection.createOffer().then(() => done.push('offer')),
      connection.setLocalDescription().then(() => done.push('local')),
      connection.createAnswer().catch(() => done.push('answer refused')),
      connection.createOffer().then(() => done.push('offer again')),
    ]);
    assert.deepEqual(done, ['offer', 'local', 'answer refused', 'offer again']);
  });

  test('an SDP that does not parse is an RTCError with its line; nothing has changed', async (t) => {
    const connection = makeConnection(t);
    const error = await connection.setRemoteDescription({ type: 'offer', sdp: 'v=0\r\nnonsense\r\n' }).catch((reason) => reason);
    assert.ok(error instanceof RTCError);
    assert.equal(error.errorDetail, 'sdp-syntax-error');
    assert.equal(error.sdpLineNumber, 2);
    assert.equal(error.cause.reason, 'INVALID_SDP');
    assert.equal(connection.signalingState, 'stable');
    assert.equal(connection.remoteDescription, null);
  });

  test('descriptions in the wrong state, changed ones, and those without type are refused', async (t) => {
    const connection = makeConnection(t);
    connection.createDataChannel('x');
    const { sdp } = await connection.createOffer();
    await assert.rejects(connection.setRemoteDescription({ type: 'answer', sdp }), { name: 'InvalidStateError' });
    await assert.rejects(connection.setLocalDescription({ type: 'answer', sdp: '' }), { name: 'InvalidStateError' });
    await assert.rejects(connection.setLocalDescription({ type: 'offer', sdp: sdp.replace('m=application 9', 'm=application 10') }),
      { name: 'InvalidModificationError' });
    await assert.rejects(connection.setRemoteDescription({ sdp }), TypeError);
    await assert.rejects(connection.setRemoteDescription(), TypeError);
    await assert.rejects(connection.setLocalDescription({ type: 'other' }), TypeError);
  });

  test('localDescription has the candidates that events have told of, and no other', TIMEOUT, async (t) => {
    const connection = makeConnection(t);
    connection.createDataChannel('x');
    const told = [];
    connection.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) told.push(candidate.candidate);
      const inside = [...connection.localDescription.sdp.matchAll(/^a=(candidate:.*)\r$/gm)].map(([, line]) => line);
      assert.deepEqual(inside, told);
    };
    await connection.setLocalDescription();
    assert.doesNotMatch(connection.localDescription.sdp, /a=candidate/);
    await reaches(connection, 'icegatheringstatechange', 'iceGatheringState', 'complete');
    assert.ok(told.length > 0);
    assert.match(connection.localDescription.sdp, /a=end-of-candidates\r\n/);
  });
});

describe('gathering and candidates (4.4.1.7, 4.4.2 addIceCandidate, 4.8.2)', () => {
  useService();

  test('gathering begins, candidates come, then their end, then null; states fit at each', TIMEOUT, async (t) => {
    const connection = makeConnection(t);
    connection.createDataChannel('x');
    const order = [];
    connection.onicegatheringstatechange = () => order.push(connection.iceGatheringState);
    connection.onicecandidate = ({ candidate }) => {
      order.push(candidate === null ? 'null' : candidate.candidate === '' ? 'end' : 'candidate');
      if (candidate) {
        assert.ok(candidate instanceof RTCIceCandidate);
        assert.equal(candidate.sdpMid, '0');
        assert.equal(candidate.sdpMLineIndex, 0);
        assert.ok(connection.localDescription.sdp.includes(`a=ice-ufrag:${candidate.usernameFragment}\r\n`));
      }
    };
    await connection.setLocalDescription();
    assert.deepEqual(order, [], 'the promise settles before the first candidate');
    while (order.at(-1) !== 'null') await once(connection, 'icecandidate');
    assert.deepEqual(order.filter((step, i) => step !== order[i - 1]), ['gathering', 'candidate', 'end', 'complete', 'null']);
  });

  test('a candidate before the remote description is an InvalidStateError', async (t) => {
    const connection = makeConnection(t);
    const candidate = { candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host', sdpMid: '0' };
    await assert.rejects(connection.addIceCandidate(candidate), { name: 'InvalidStateError' });
    await assert.rejects(connection.addIceCandidate({ candidate: 'candidate:1' }), TypeError);
    const added = [connection.setRemoteDescription((await offerTo(t, makeConnection(t))).localDescription), connection.addIceCandidate(candidate)];
    await Promise.all(added);
    assert.match(connection.remoteDescription.sdp, /a=candidate:1 1 udp 1 192\.0\.2\.1 9 typ host/);
  });

  test('what does not parse, or names no section, is an OperationError; null and nothing end the candidates', async (t) => {
    const connection = makeConnection(t);
    await offerTo(t, connection);
    await assert.rejects(connection.addIceCandidate({ candidate: 'nonsense', sdpMid: '0' }), { name: 'OperationError' });
    const line = 'candidate:1 1 udp 1 192.0.2.1 9 typ host';
    await assert.rejects(connection.addIceCandidate({ candidate: line, sdpMid: 'none' }), { name: 'OperationError' });
    await assert.rejects(connection.addIceCandidate({ candidate: line, sdpMLineIndex: 9 }), { name: 'OperationError' });
    await assert.rejects(connection.addIceCandidate({ candidate: line, sdpMid: '0', usernameFragment: 'none' }), { name: 'OperationError' });
    for (const end of [undefined, null, {}, { candidate: '' }, { candidate: '', sdpMid: '0' }]) {
      assert.equal(await connection.addIceCandidate(end), undefined);
    }
  });

  test('a section or a generation that is not there is told without asking the service', async (t) => {
    const connection = makeConnection(t);
    await offerTo(t, connection);
    const line = 'candidate:1 1 udp 1 192.0.2.1 9 typ host';
    const [, fragment] = /a=ice-ufrag:(.*)\r/.exec(connection.remoteDescription.sdp);
    for (const init of [{ candidate: line, sdpMid: 'none' }, { candidate: line, sdpMLineIndex: 9 }, { candidate: '', sdpMid: 'none' },
      { candidate: line, sdpMid: '0', usernameFragment: `${fragment}x` }, { candidate: '', usernameFragment: `${fragment}x` }]) {
      let name;
      connection.addIceCandidate(init).catch((error) => (name = error.name));
      for (let turn = 0; turn < 50; ++turn) await null; // No answer can come within.
      assert.equal(name, 'OperationError', JSON.stringify(init));
    }
    for (const init of [{ sdpMid: '0', usernameFragment: fragment }, { sdpMid: '', sdpMLineIndex: 0, usernameFragment: '' }]) {
      assert.equal(await connection.addIceCandidate({ candidate: line, ...init }), undefined);
    }
  });

  test('a candidate gets into the descriptions of its generation', TIMEOUT, async (t) => {
    const [a, b] = [makeConnection(t), makeConnection(t)];
    a.createDataChannel('x');
    await negotiate(a, b);
    await a.setLocalDescription(await a.createOffer({ iceRestart: true }));
    await b.setRemoteDescription(a.localDescription);
    const fragmentOf = ({ sdp }) => /a=ice-ufrag:(.*)\r/.exec(sdp)[1];
    const ports = ({ sdp }) => [...sdp.matchAll(/192\.0\.2\.1 (\d+) typ/g)].map(([, port]) => port);
    const add = (port, usernameFragment) => b.addIceCandidate(
      { candidate: `candidate:1 1 udp 1 192.0.2.1 ${port} typ host`, sdpMid: '0', usernameFragment });
    await add(11, fragmentOf(b.currentRemoteDescription));
    await add(12, fragmentOf(b.pendingRemoteDescription));
    await add(13);
    assert.deepEqual([ports(b.currentRemoteDescription), ports(b.pendingRemoteDescription)], [['11'], ['12', '13']]);
  });

  test('a candidate of a section that has stopped is taken for nothing', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    a.createDataChannel('x');
    const transceiver = a.addTransceiver('audio');
    await negotiate(a, b);
    const { mid } = transceiver;
    transceiver.stop();
    await negotiate(a, b);
    assert.equal(transceiver.currentDirection, 'stopped');
    const candidate = 'candidate:1 1 udp 1 192.0.2.1 9 typ host';
    for (const end of [a, b]) {
      for (const init of [{ candidate }, { candidate, usernameFragment: 'unknown' }, { candidate: '' }]) {
        assert.equal(await end.addIceCandidate({ sdpMid: mid, ...init }), undefined);
      }
      assert.doesNotMatch(end.remoteDescription.sdp, /192\.0\.2\.1/);
    }
  });
});

describe('connecting and closing (4.3.3, 4.4.2 close)', () => {
  const held = useService();

  test('states pass in order, with their transports, and both sides are connected', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    a.createDataChannel('x');
    const states = record(a, ['iceconnectionstatechange', 'connectionstatechange'],
      (type) => a[type === 'connectionstatechange' ? 'connectionState' : 'iceConnectionState']);
    await negotiate(a, b);
    await Promise.all([a, b].map((connection) => reaches(connection, 'connectionstatechange', 'connectionState', 'connected')));
    assert.deepEqual(states.filter((state) => state.startsWith('connectionstatechange')),
      ['connectionstatechange connecting', 'connectionstatechange connected']);
    assert.equal(states[0], 'iceconnectionstatechange checking');
    const ice = a.sctp.transport.iceTransport;
    assert.ok(['connected', 'completed'].includes(ice.state));
    // The service offers ICE-lite, on its one port: whoever answers that has full ICE and controls.
    assert.equal(ice.role, 'controlled');
    assert.equal(b.sctp.transport.iceTransport.role, 'controlling');
    const { local, remote } = ice.getSelectedCandidatePair();
    assert.ok(local instanceof RTCIceCandidate && remote instanceof RTCIceCandidate);
    assert.ok(ice.getLocalCandidates().length > 0 && ice.getRemoteCandidates().length > 0);
    assert.match(a.localDescription.sdp, new RegExp(`a=ice-pwd:${ice.getLocalParameters().password.replace(/[+/]/g, '\\$&')}\r`));
    assert.deepEqual(ice.getRemoteParameters(), b.sctp.transport.iceTransport.getLocalParameters());
  });

  test('transports tell of their states as they change (5.5, 5.6)', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    a.createDataChannel('x');
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    await b.setLocalDescription();
    const dtls = b.sctp.transport;
    const ice = dtls.iceTransport;
    assert.deepEqual([ice.component, ice.state, ice.gatheringState, dtls.state, ice.getSelectedCandidatePair()], ['rtp', 'new', 'new', 'new', null]);
    const seen = [];
    for (const [target, types] of [[ice, ['gatheringstatechange', 'selectedcandidatepairchange', 'statechange']], [dtls, ['statechange', 'error']]]) {
      for (const type of types) {
        target.addEventListener(type, () => seen.push([target === ice ? 'ice' : 'dtls', type,
          type === 'gatheringstatechange' ? ice.gatheringState : type === 'statechange' ? target.state : ice.getSelectedCandidatePair()]));
      }
    }
    await a.setRemoteDescription(b.localDescription);
    await reaches(b, 'connectionstatechange', 'connectionState', 'connected');
    const of = (name, event) => seen.filter(([which, type]) => which === name && type === event).map(([, , value]) => value);
    assert.deepEqual(of('dtls', 'statechange'), ['connecting', 'connected']);
    assert.deepEqual(of('dtls', 'error'), []);
    assert.equal(of('ice', 'statechange')[0], 'checking');
    assert.ok(['connected', 'completed'].includes(of('ice', 'statechange')[1]));
    assert.deepEqual(of('ice', 'gatheringstatechange'), ['gathering', 'complete']);
    const [pair] = of('ice', 'selectedcandidatepairchange');
    assert.ok(pair instanceof RTCIceCandidatePair);
    assert.equal(pair.local.type, 'host');
    const step = (type, value) => seen.findIndex(([which, found, now]) => which === 'ice' && found === type && (value === undefined || now === value));
    assert.ok(step('selectedcandidatepairchange') < step('statechange', of('ice', 'statechange')[1]), 'the pair is there before the state');
    assert.ok(seen.findIndex(([which, , now]) => which === 'dtls' && now === 'connected') > step('selectedcandidatepairchange'));
  });

  test('close() closes at once and silently; later calls are refused, calls under way never settle', TIMEOUT, async (t) => {
    const { a } = await connectedPair(t);
    const transceiver = a.addTransceiver('video', { direction: 'recvonly' });
    const seen = record(a, ['signalingstatechange', 'iceconnectionstatechange', 'connectionstatechange', 'negotiationneeded']);
    let settledEarly = false;
    a.createOffer().finally(() => (settledEarly = true));
    const { track } = transceiver.receiver;
    const ends = record(track, ['ended'], () => track.readyState);
    const ice = a.sctp.transport.iceTransport;
    assert.ok(ice.getSelectedCandidatePair());
    a.close();
    assert.deepEqual([a.signalingState, a.iceConnectionState, a.connectionState], ['closed', 'closed', 'closed']);
    assert.equal(transceiver.direction, 'stopped');
    assert.equal(ice.getSelectedCandidatePair(), null);
    a.close();
    await once(track, 'ended');
    assert.deepEqual(ends, ['ended ended'], 'of this alone an event tells');
    await nothingHappens(300);
    assert.deepEqual(seen, []);
    assert.equal(settledEarly, false);
    for (const call of [
      () => a.createOffer(), () => a.createAnswer(), () => a.setLocalDescription(), () => a.addIceCandidate({ candidate: '' }),
      () => a.setRemoteDescription({ type: 'offer', sdp: '' }),
    ]) {
      await assert.rejects(call(), { name: 'InvalidStateError' });
    }
    assert.throws(() => a.addTransceiver('audio'), { name: 'InvalidStateError' });
    assert.throws(() => a.addTransceiver('audio', { direction: 'x' }), TypeError, 'arguments are converted first');
    assert.throws(() => a.addTransceiver('video', { sendEncodings: [{ rid: '!' }] }), { name: 'InvalidStateError' }, 'and checked later');
    assert.throws(() => a.createDataChannel('x', { id: -1 }), TypeError);
    assert.throws(() => a.createDataChannel('x', { negotiated: true }), { name: 'InvalidStateError' });
    assert.throws(() => transceiver.stop(), { name: 'InvalidStateError' });
    assert.deepEqual(a.getSenders(), []);
  });

  test('a connection that somebody else closes tells it by events', TIMEOUT, async (t) => {
    const { a, ours } = await connectedPair(t);
    const closed = once(ours, 'close');
    const state = reaches(a, 'connectionstatechange', 'connectionState', 'closed');
    const { service } = held;
    await service.client.peerConnections.close({ peerConnectionId: await peerConnectionId(a) });
    await Promise.all([closed, state]);
    assert.equal(a.signalingState, 'closed');
  });
});

describe('negotiationneeded (4.7)', () => {
  useService();

  test('fires once for several changes, when there is time; not for what is negotiated already', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const seen = record(a, ['negotiationneeded'], () => a.signalingState);
    a.createDataChannel('one');
    a.createDataChannel('two');
    a.addTransceiver('audio', { direction: 'recvonly' });
    await once(a, 'negotiationneeded');
    await nothingHappens();
    assert.deepEqual(seen, ['negotiationneeded stable']);
    await negotiate(a, b);
    a.createDataChannel('three');
    await nothingHappens();
    assert.equal(seen.length, 1);
  });

  test('waits for the negotiation under way', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const channel = a.createDataChannel('x');
    await a.setLocalDescription();
    const seen = record(a, ['negotiationneeded'], () => a.signalingState);
    a.addTransceiver('video', { direction: 'recvonly' });
    await nothingHappens();
    assert.deepEqual(seen, []);
    const fired = once(a, 'negotiationneeded');
    await b.setRemoteDescription(a.localDescription);
    await b.setLocalDescription();
    await a.setRemoteDescription(b.localDescription);
    await fired;
    assert.deepEqual(seen, ['negotiationneeded stable']);
    assert.equal(channel.label, 'x');
  });
});
