// W3C WebRTC 1.0, 4.4.1.5 and 4.4.2: rollback, explicit and implicit.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../../demo/lib/wait.js';
import { createMediaStreamTrack } from '../../esm/w3c.mjs';
import { makeConnection, makePair, negotiate, once, record, useService } from '../../testing/w3c.js';

const TIMEOUT = { timeout: 60_000 };

describe('rollback', () => {
  useService();

  test('of a local offer: stable again, transceivers stay and have no mid', async (t) => {
    const connection = makeConnection(t);
    const transceiver = connection.addTransceiver('video', { direction: 'recvonly' });
    await connection.setLocalDescription();
    assert.equal(transceiver.mid, '0');
    const states = record(connection, ['signalingstatechange'], () => connection.signalingState);
    await connection.setLocalDescription({ type: 'rollback' });
    assert.deepEqual(states, ['signalingstatechange stable']);
    assert.deepEqual([connection.localDescription, connection.pendingLocalDescription], [null, null]);
    assert.deepEqual(connection.getTransceivers(), [transceiver]);
    assert.equal(transceiver.mid, null);
    await assert.rejects(connection.setLocalDescription({ type: 'rollback' }), { name: 'InvalidStateError' });
  });

  test('of a remote offer: the transceivers that it brought are gone', async (t) => {
    const [a, b] = [makeConnection(t), makeConnection(t)];
    a.addTransceiver('audio');
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    const [transceiver] = b.getTransceivers();
    await b.setRemoteDescription({ type: 'rollback' });
    assert.equal(b.signalingState, 'stable');
    assert.equal(b.remoteDescription, null);
    assert.deepEqual(b.getTransceivers(), []);
    assert.equal(transceiver.direction, 'stopped');
  });

  test('of a remote offer that takes a track away: it is given back, and its media never ceased', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    a.addTrack(createMediaStreamTrack('audio'));
    const tracks = [];
    b.ontrack = ({ track }) => tracks.push(track);
    await negotiate(a, b);
    const [track] = tracks;
    await until('media', () => !track.muted);
    a.getTransceivers()[0].direction = 'inactive';
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    assert.equal(track.muted, true);
    await b.setRemoteDescription({ type: 'rollback' });
    await until('its media again', () => !track.muted);
    assert.deepEqual(tracks, [track, track]);
  });

  test('an offer that meets our offer takes its place, by way of stable', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    a.createDataChannel('a');
    const states = record(a, ['signalingstatechange'], () => a.signalingState);
    await a.setLocalDescription();
    const channel = b.createDataChannel('b');
    await b.setLocalDescription();
    await a.setRemoteDescription(b.localDescription);
    assert.deepEqual(states.map((state) => state.split(' ')[1]), ['have-local-offer', 'stable', 'have-remote-offer']);
    assert.equal(a.pendingLocalDescription, null);
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    await once(channel, 'open');
  });

  test('candidates of an offer that was rolled back are not told of, those of the answer are', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    a.createDataChannel('a');
    const untold = [];
    a.addEventListener('icecandidate', ({ candidate }) => {
      const { sdp = '' } = a.localDescription ?? {};
      if (candidate && !sdp.includes(`a=ice-ufrag:${candidate.usernameFragment}\r\n`)) untold.push(candidate);
    });
    const ended = new Promise((resolve) => a.addEventListener('icecandidate', ({ candidate }) => candidate ?? resolve()));
    const channel = b.createDataChannel('b');
    await Promise.all([a.setLocalDescription(), b.setLocalDescription()]);
    await a.setRemoteDescription(b.localDescription);
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    await Promise.all([once(channel, 'open'), ended]);
    assert.deepEqual(untold, []);
    assert.match(a.localDescription.sdp, /a=candidate:/);
  });
});
