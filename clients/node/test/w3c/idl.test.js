// Web IDL: the shape of every interface.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as w3c from '../../esm/w3c.mjs';

// Interface -> [attributes, methods with the number of required arguments, event handlers], as W3C WebRTC 1.0 has them.
const SHAPES = {
  RTCPeerConnection: [
    ['localDescription', 'currentLocalDescription', 'pendingLocalDescription', 'remoteDescription', 'currentRemoteDescription',
      'pendingRemoteDescription', 'signalingState', 'iceGatheringState', 'iceConnectionState', 'connectionState',
      'canTrickleIceCandidates', 'sctp'],
    { createOffer: 0, createAnswer: 0, setLocalDescription: 0, setRemoteDescription: 1, addIceCandidate: 0, restartIce: 0,
      getConfiguration: 0, setConfiguration: 0, close: 0, getSenders: 0, getReceivers: 0, getTransceivers: 0, addTrack: 1,
      removeTrack: 1, addTransceiver: 1, createDataChannel: 1, getStats: 0 },
    ['onnegotiationneeded', 'onicecandidate', 'onicecandidateerror', 'onsignalingstatechange', 'oniceconnectionstatechange',
      'onicegatheringstatechange', 'onconnectionstatechange', 'ontrack', 'ondatachannel']],
  RTCSessionDescription: [['type', 'sdp'], { toJSON: 0 }, []],
  RTCIceCandidate: [
    ['candidate', 'sdpMid', 'sdpMLineIndex', 'foundation', 'component', 'priority', 'address', 'protocol', 'port', 'type', 'tcpType',
      'relatedAddress', 'relatedPort', 'usernameFragment', 'relayProtocol', 'url'], { toJSON: 0 }, []],
  RTCRtpSender: [['track', 'transport', 'dtmf'],
    { getParameters: 0, setParameters: 1, replaceTrack: 1, setStreams: 0, getStats: 0 }, []],
  RTCRtpReceiver: [['track', 'transport', 'jitterBufferTarget'],
    { getParameters: 0, getContributingSources: 0, getSynchronizationSources: 0, getStats: 0 }, []],
  RTCRtpTransceiver: [['mid', 'sender', 'receiver', 'direction', 'currentDirection'], { stop: 0, setCodecPreferences: 1 }, []],
  RTCDataChannel: [
    ['label', 'ordered', 'maxPacketLifeTime', 'maxRetransmits', 'protocol', 'negotiated', 'id', 'priority', 'readyState', 'bufferedAmount',
      'bufferedAmountLowThreshold', 'binaryType'], { close: 0, send: 1 },
    ['onopen', 'onbufferedamountlow', 'onerror', 'onclosing', 'onclose', 'onmessage']],
  RTCDtlsTransport: [['iceTransport', 'state'], { getRemoteCertificates: 0 }, ['onstatechange', 'onerror']],
  RTCIceTransport: [['role', 'component', 'state', 'gatheringState'],
    { getLocalCandidates: 0, getRemoteCandidates: 0, getSelectedCandidatePair: 0, getLocalParameters: 0, getRemoteParameters: 0 },
    ['onstatechange', 'ongatheringstatechange', 'onselectedcandidatepairchange']],
  RTCIceCandidatePair: [['local', 'remote'], {}, []],
  RTCSctpTransport: [['transport', 'state', 'maxMessageSize', 'maxChannels'], {}, ['onstatechange']],
  RTCDTMFSender: [['canInsertDTMF', 'toneBuffer'], { insertDTMF: 1 }, ['ontonechange']],
  RTCCertificate: [['expires'], { getFingerprints: 0 }, []],
  OverconstrainedError: [['constraint'], {}, []],
  RTCError: [['errorDetail', 'sdpLineNumber', 'sctpCauseCode', 'receivedAlert', 'sentAlert'], {}, []],
  RTCPeerConnectionIceEvent: [['candidate', 'url'], {}, []],
  RTCPeerConnectionIceErrorEvent: [['address', 'port', 'url', 'errorCode', 'errorText'], {}, []],
  RTCTrackEvent: [['receiver', 'track', 'streams', 'transceiver'], {}, []],
  RTCDataChannelEvent: [['channel'], {}, []],
  RTCDTMFToneChangeEvent: [['tone'], {}, []],
  RTCErrorEvent: [['error'], {}, []],
  MediaStreamTrackEvent: [['track'], {}, []],
  MediaStreamTrack: [['kind', 'id', 'label', 'enabled', 'muted', 'readyState', 'contentHint'],
    { clone: 0, stop: 0, getCapabilities: 0, getConstraints: 0, getSettings: 0, applyConstraints: 0 }, ['onmute', 'onunmute', 'onended']],
  MediaStream: [['id', 'active'],
    { getAudioTracks: 0, getVideoTracks: 0, getTracks: 0, getTrackById: 1, addTrack: 1, removeTrack: 1, clone: 0 },
    ['onaddtrack', 'onremovetrack']],
  RTCStatsReport: [['size'], { get: 1, has: 1, keys: 0, values: 0, entries: 0, forEach: 1 }, []],
};

const CONSTRUCTIBLE = new Set([
  'RTCPeerConnection', 'RTCSessionDescription', 'RTCIceCandidate', 'RTCError', 'RTCPeerConnectionIceEvent',
  'RTCPeerConnectionIceErrorEvent', 'RTCTrackEvent', 'RTCDataChannelEvent', 'RTCDTMFToneChangeEvent', 'RTCErrorEvent', 'MediaStream',
  'MediaStreamTrackEvent', 'OverconstrainedError',
]);

for (const [name, [attributes, methods, handlers]] of Object.entries(SHAPES)) {
  describe(name, () => {
    const target = w3c[name];
    const { prototype } = target;
    const descriptor = (key) => Object.getOwnPropertyDescriptor(prototype, key);

    test('has its attributes on the prototype, enumerable, with brand checks', () => {
      for (const key of [...attributes, ...handlers]) {
        const found = descriptor(key);
        assert.equal(typeof found?.get, 'function', key);
        assert.equal(found.enumerable, true, key);
        assert.equal(found.configurable, true, key);
        assert.throws(() => found.get.call({}), TypeError, key);
        assert.throws(() => prototype[key], TypeError, key);
      }
    });

    test('has its methods on the prototype, enumerable, of the right length, with brand checks', async () => {
      for (const [key, length] of Object.entries(methods)) {
        const found = descriptor(key);
        assert.equal(typeof found?.value, 'function', key);
        assert.equal(found.enumerable, true, key);
        assert.equal(found.value.length, length, `${key}.length`);
        const call = async () => found.value.call({}, {}, {}, {});
        await assert.rejects(call(), TypeError, key);
      }
    });

    test('has no other members, is named, and can be constructed only if the specification says so', () => {
      const known = new Set(['constructor', ...attributes, ...Object.keys(methods), ...handlers]);
      assert.deepEqual(Object.getOwnPropertyNames(prototype).filter((key) => !known.has(key)), []);
      assert.equal(prototype[Symbol.toStringTag], name);
      assert.equal(target.name, name);
      if (!CONSTRUCTIBLE.has(name)) assert.throws(() => new target(), { name: 'TypeError', message: 'Illegal constructor' });
    });
  });
}

test('read-only attributes cannot be set; install makes globals that are not enumerable', () => {
  const description = new w3c.RTCSessionDescription({ type: 'offer' });
  assert.throws(() => (description.type = 'answer'), TypeError);
  const target = {};
  w3c.install(target);
  for (const name of Object.keys(SHAPES)) {
    assert.deepEqual(Object.getOwnPropertyDescriptor(target, name),
      { value: w3c[name], writable: true, configurable: true, enumerable: false });
  }
});

test('the iterator of a report is its entries', () => {
  const { prototype } = w3c.RTCStatsReport;
  assert.deepEqual(Object.getOwnPropertyDescriptor(prototype, Symbol.iterator),
    { value: prototype.entries, writable: true, configurable: true, enumerable: false });
});

test('statics are enumerable on the interface', () => {
  for (const [target, key] of [
    [w3c.RTCPeerConnection, 'generateCertificate'], [w3c.RTCRtpSender, 'getCapabilities'], [w3c.RTCRtpReceiver, 'getCapabilities'],
  ]) {
    assert.equal(Object.getOwnPropertyDescriptor(target, key).enumerable, true);
    assert.equal(target[key].length, 1);
  }
});

test('without a service there is no connection', () => {
  assert.throws(() => new w3c.RTCPeerConnection(), { name: 'InvalidStateError' });
});
