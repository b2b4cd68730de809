// The event interfaces and RTCError (W3C WebRTC 1.0, 4.8.2, 4.8.3, 5.7, 6.3, 7.4, 11); MediaStream.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as w3c from '../../esm/w3c.mjs';
import { makeConnection, makePair, once, useService } from '../../testing/w3c.js';

const TIMEOUT = { timeout: 60_000 };

const { RTCError, RTCErrorEvent, RTCIceCandidate, createMediaStreamTrack, MediaStream } = w3c;

describe('RTCError', () => {
  test('is a DOMException of the platform named OperationError, with its details', () => {
    const error = new RTCError({ errorDetail: 'sdp-syntax-error', sdpLineNumber: 7 }, 'line 7');
    assert.ok(error instanceof DOMException);
    assert.ok(error instanceof Error);
    assert.equal(error.name, 'OperationError');
    assert.equal(error.message, 'line 7');
    assert.equal(error.errorDetail, 'sdp-syntax-error');
    assert.equal(error.sdpLineNumber, 7);
    assert.deepEqual([error.sctpCauseCode, error.receivedAlert, error.sentAlert], [null, null, null]);
  });

  test('needs a detail of the enumeration', () => {
    for (const init of [undefined, {}, { errorDetail: 'other' }]) assert.throws(() => new RTCError(init), TypeError);
    assert.equal(new RTCError({ errorDetail: 'dtls-failure', sentAlert: 40 }).sentAlert, 40);
  });
});

describe('events', () => {
  useService();

  test('have the type and the members that they were made with', () => {
    const candidate = new RTCIceCandidate({ sdpMid: '0' });
    const ice = new w3c.RTCPeerConnectionIceEvent('icecandidate', { candidate, url: 'stun:x', bubbles: true });
    assert.deepEqual([ice.type, ice.candidate, ice.url, ice.bubbles], ['icecandidate', candidate, 'stun:x', true]);
    assert.equal(new w3c.RTCPeerConnectionIceEvent('x').candidate, null);
    const failed = new w3c.RTCPeerConnectionIceErrorEvent('icecandidateerror', { errorCode: 701, errorText: 'no answer\ud800' });
    assert.deepEqual([failed.address, failed.port, failed.url, failed.errorCode, failed.errorText], [null, null, '', 701, 'no answer\ufffd']);
    assert.equal(new w3c.RTCDTMFToneChangeEvent('tonechange', { tone: '1' }).tone, '1');
    const error = new RTCError({ errorDetail: 'sctp-failure' });
    assert.equal(new RTCErrorEvent('error', { error }).error, error);
    assert.ok(new RTCErrorEvent('error', { error }) instanceof Event);
  });

  test('refuse to be made without what they require', () => {
    assert.throws(() => new w3c.RTCPeerConnectionIceErrorEvent('x', {}), TypeError);
    assert.throws(() => new RTCErrorEvent('error', {}), TypeError);
    assert.throws(() => new RTCErrorEvent('error', { error: new Error('x') }), TypeError);
    assert.throws(() => new w3c.RTCDataChannelEvent('datachannel', {}), TypeError);
    assert.throws(() => new w3c.RTCTrackEvent('track', {}), TypeError);
    assert.throws(() => new w3c.RTCPeerConnectionIceEvent('x', { candidate: {} }), TypeError);
    assert.throws(() => new w3c.RTCTrackEvent('track'), TypeError);
    for (const value of [null, {}, 3]) {
      assert.throws(() => new w3c.RTCDataChannelEvent('datachannel', { channel: value }), TypeError);
      assert.throws(() => new w3c.RTCErrorEvent('error', { error: value }), TypeError);
    }
  });

  test('of a track have objects of the interfaces that they name', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    a.addTransceiver('audio');
    await a.setLocalDescription();
    const fired = once(b, 'track');
    await b.setRemoteDescription(a.localDescription);
    const { receiver, track, transceiver } = await fired;
    const init = { receiver, track, transceiver };
    const event = new w3c.RTCTrackEvent('track', { ...init, streams: [new MediaStream()] });
    assert.deepEqual([event.receiver, event.track, event.transceiver, event.streams.length], [receiver, track, transceiver, 1]);
    assert.deepEqual(new w3c.RTCTrackEvent('track', init).streams, []);
    for (const member of ['receiver', 'track', 'transceiver']) {
      for (const value of [undefined, null, {}, b]) assert.throws(() => new w3c.RTCTrackEvent('track', { ...init, [member]: value }), TypeError, member);
    }
    for (const streams of [null, [track], [{}], 3]) assert.throws(() => new w3c.RTCTrackEvent('track', { ...init, streams }), TypeError);
  });
});

describe('dictionaries', () => {
  useService();

  // Notes which members are read, and how often.
  const watched = (dictionary, read) => new Proxy(dictionary, {
    get(target, member) {
      if (typeof member === 'string') read.push(member);
      return target[member];
    },
  });

  test('are read as Web IDL has it: each member once, inherited ones first, then by name', TIMEOUT, async (t) => {
    const connection = makeConnection(t);
    const { sender } = connection.addTransceiver('audio');
    const base = ['bubbles', 'cancelable', 'composed'];
    const error = new RTCError({ errorDetail: 'dtls-failure' });
    for (const [members, use, dictionary = {}] of [
      [['bundlePolicy', 'certificates', 'iceCandidatePoolSize', 'iceServers', 'iceTransportPolicy', 'rtcpMuxPolicy'],
        (init) => connection.setConfiguration(init)],
      [['credential', 'urls', 'username'], (init) => connection.setConfiguration({ iceServers: [init] }), { urls: 'stun:192.0.2.1' }],
      [['id', 'maxPacketLifeTime', 'maxRetransmits', 'negotiated', 'ordered', 'priority', 'protocol'],
        (init) => connection.createDataChannel('x', init)],
      [['direction', 'sendEncodings', 'streams'], (init) => connection.addTransceiver('audio', init)],
      [['rid', 'active', 'codec', 'maxBitrate', 'maxFramerate', 'scaleResolutionDownBy'],
        (init) => connection.addTransceiver('audio', { sendEncodings: [init] })],
      [['iceRestart', 'offerToReceiveAudio', 'offerToReceiveVideo'], (init) => connection.createOffer(init)],
      [['sdp', 'type'], (init) => assert.rejects(connection.setLocalDescription(init)), { type: 'answer' }],
      [['sdp', 'type'], (init) => new w3c.RTCSessionDescription(init), { type: 'offer' }],
      [['candidate', 'sdpMLineIndex', 'sdpMid', 'usernameFragment'], (init) => assert.rejects(connection.addIceCandidate(init)), { sdpMid: '0' }],
      [['candidate', 'sdpMLineIndex', 'sdpMid', 'usernameFragment', 'relayProtocol', 'url'], (init) => new RTCIceCandidate(init), { sdpMid: '0' }],
      [['codecs', 'headerExtensions', 'rtcp', 'encodings', 'transactionId'], (init) => sender.setParameters(init), () => sender.getParameters()],
      [['errorDetail', 'receivedAlert', 'sctpCauseCode', 'sdpLineNumber', 'sentAlert'], (init) => new RTCError(init), { errorDetail: 'dtls-failure' }],
      [[...base, 'candidate', 'url'], (init) => new w3c.RTCPeerConnectionIceEvent('x', init)],
      [[...base, 'address', 'errorCode', 'errorText', 'port', 'url'], (init) => new w3c.RTCPeerConnectionIceErrorEvent('x', init), { errorCode: 701 }],
      [[...base, 'error'], (init) => new RTCErrorEvent('x', init), { error }],
      [[...base, 'tone'], (init) => new w3c.RTCDTMFToneChangeEvent('x', init)],
    ]) {
      const read = [];
      await use(watched(typeof dictionary === 'function' ? dictionary() : dictionary, read));
      assert.deepEqual(read, members);
    }
  });
});

describe('event handler attributes', () => {
  test('are null, a function, or null again; others become null', () => {
    const track = createMediaStreamTrack('audio');
    assert.equal(track.onended, null);
    const handler = () => {};
    track.onended = handler;
    assert.equal(track.onended, handler);
    track.onended = 'no function';
    assert.equal(track.onended, null);
  });

  test('keep their place among the listeners when exchanged, and see the target as this', () => {
    const track = createMediaStreamTrack('audio');
    const seen = [];
    track.onmute = () => seen.push('first');
    track.addEventListener('mute', () => seen.push('listener'));
    track.onmute = function () { seen.push(this === track); };
    track.dispatchEvent(new Event('mute'));
    assert.deepEqual(seen, [true, 'listener']);
  });
});

describe('MediaStream and MediaStreamTrack', () => {
  test('a stream is a set of tracks', () => {
    const [audio, video] = [createMediaStreamTrack('audio'), createMediaStreamTrack('video')];
    const stream = new MediaStream([audio, video, audio]);
    assert.deepEqual(stream.getTracks(), [audio, video]);
    assert.deepEqual(stream.getAudioTracks(), [audio]);
    assert.equal(stream.getTrackById(video.id), video);
    assert.equal(stream.getTrackById('none'), null);
    stream.removeTrack(audio);
    assert.deepEqual(new MediaStream(stream).getTracks(), [video]);
    assert.equal(stream.active, true);
    video.stop();
    assert.equal(stream.active, false);
    assert.notEqual(new MediaStream().id, new MediaStream().id);
    assert.throws(() => stream.addTrack({}), TypeError);
  });

  test('a local track is live and not muted; stop ends it without an event', () => {
    const track = createMediaStreamTrack('video');
    assert.deepEqual([track.kind, track.readyState, track.muted, track.enabled], ['video', 'live', false, true]);
    let events = 0;
    track.onended = () => ++events;
    track.stop();
    assert.equal(track.readyState, 'ended');
    assert.equal(events, 0);
    const copy = createMediaStreamTrack('video').clone();
    assert.equal(copy.readyState, 'live');
    assert.throws(() => createMediaStreamTrack('text'), TypeError);
  });
});
