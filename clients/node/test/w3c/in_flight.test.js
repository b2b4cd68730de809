// Calls that are made while a description is on its way: each takes effect in its turn, and the connection is of one mind
// with the service afterwards (W3C WebRTC 1.0, 4.4.1.2, 4.7).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../../demo/lib/wait.js';
import { createMediaStreamTrack, firstFrame, peerConnectionId } from '../../esm/w3c.mjs';
import { makeConnection, makePair, negotiate, once, useService } from '../../testing/w3c.js';

const TIMEOUT = { timeout: 60_000 };
const kinds = ({ sdp }) => [...sdp.matchAll(/^m=(\w+)/gm)].map(([, kind]) => kind);

describe('while a description is applied', () => {
  const held = useService();

  // What the service has, as it is seen here.
  async function agrees(connection) {
    const { transceivers } = await held.service.client.peerConnections.listTransceivers({ peerConnectionId: await peerConnectionId(connection) });
    const name = (value) => value.replace('RTP_TRANSCEIVER_DIRECTION_', '').toLowerCase();
    // Those that were made here at once stand before those that an offer on its way brought.
    assert.deepEqual(
      connection.getTransceivers().map(({ mid, direction, receiver }) => `${mid} ${direction} ${receiver.track.kind}`).sort(),
      transceivers.map(({ mid, direction, kind }) => `${mid || null} ${name(direction)} ${kind.replace('MEDIA_KIND_', '').toLowerCase()}`).sort());
  }

  test('setLocalDescription: what is added or changed meanwhile is in the next offer, and needs one', TIMEOUT, async (t) => {
    const [a, b] = [makeConnection(t), makeConnection(t)]; // No candidate is on its way: the chain of operations is empty.
    const [first, second] = ['audio', 'audio'].map((kind) => a.addTransceiver(kind));
    await negotiate(a, b);
    const applied = a.setLocalDescription();
    const added = a.addTransceiver('video', { direction: 'sendonly' });
    const track = createMediaStreamTrack('video');
    assert.equal(a.addTrack(track), added.sender, 'it has sent nothing yet');
    first.direction = 'recvonly';
    second.stop();
    const channel = a.createDataChannel('meanwhile');
    assert.deepEqual([added.mid, first.direction, second.direction, channel.readyState], [null, 'recvonly', 'stopped', 'connecting']);
    await applied;
    assert.deepEqual(kinds(a.localDescription), ['audio', 'audio']);
    assert.doesNotMatch(a.localDescription.sdp, /a=recvonly|m=audio 0 /);
    const needed = once(a, 'negotiationneeded');
    await b.setRemoteDescription(a.localDescription);
    await b.setLocalDescription();
    await a.setRemoteDescription(b.localDescription);
    await needed;
    assert.deepEqual([first.direction, added.currentDirection], ['recvonly', null]);
    await agrees(a);
    await negotiate(a, b);
    assert.deepEqual(kinds(a.localDescription).sort(), ['application', 'audio', 'audio', 'video']);
    assert.equal(added.sender.track, track);
    assert.deepEqual(
      [first, second, added].map(({ currentDirection }) => currentDirection), ['inactive', 'stopped', 'sendonly']);
    assert.deepEqual(a.getTransceivers(), [first, added]);
    await agrees(a);
  });

  test('setRemoteDescription of an offer: what is added meanwhile is not in the answer, and is offered next', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    a.addTransceiver('audio');
    await a.setLocalDescription();
    const applied = b.setRemoteDescription(a.localDescription);
    const added = b.addTransceiver('video');
    const channel = b.createDataChannel('meanwhile');
    await applied;
    const [theirs] = b.getTransceivers().filter(({ mid }) => mid !== null);
    assert.deepEqual([theirs.direction, added.mid], ['recvonly', null]);
    await b.setLocalDescription();
    assert.deepEqual(kinds(b.localDescription), ['audio']);
    const needed = once(b, 'negotiationneeded');
    await a.setRemoteDescription(b.localDescription);
    await needed;
    const opened = once(channel, 'open');
    await negotiate(b, a);
    assert.deepEqual(kinds(b.localDescription), ['audio', 'video', 'application']);
    assert.notEqual(added.mid, null);
    await opened;
    await agrees(b);
    await agrees(a);
  });

  test('setRemoteDescription of an answer: direction and stop are of the next negotiation', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const [first, second] = ['audio', 'video'].map((kind) => a.addTransceiver(kind));
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    await b.setLocalDescription();
    const applied = a.setRemoteDescription(b.localDescription);
    first.direction = 'inactive';
    second.stop();
    await applied;
    assert.deepEqual([first.direction, first.currentDirection], ['inactive', 'sendonly']);
    assert.deepEqual([second.direction, second.currentDirection], ['stopped', 'sendonly']);
    await negotiate(a, b);
    assert.deepEqual([first.currentDirection, second.currentDirection], ['inactive', 'stopped']);
    assert.deepEqual(a.getTransceivers(), [first]);
    await agrees(a);
    await agrees(b);
  });

  test('setRemoteDescription of an offer: addTrack makes a sender, at the service the same', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    a.addTransceiver('audio');
    await a.setLocalDescription();
    const applied = b.setRemoteDescription(a.localDescription);
    const track = createMediaStreamTrack('audio');
    const sender = b.addTrack(track); // What the offer brings is not here yet.
    const [added] = b.getTransceivers();
    assert.equal(added.sender, sender);
    await applied;
    const [theirs, ...more] = b.getTransceivers().filter((transceiver) => transceiver !== added);
    assert.deepEqual([more, theirs.sender.track, added.mid], [[], null, null]);
    await b.setLocalDescription();
    await a.setRemoteDescription(b.localDescription);
    await agrees(b);
    assert.deepEqual([theirs.currentDirection, sender.track, added.mid], ['recvonly', track, null]);
    await negotiate(b, a);
    assert.deepEqual(kinds(b.localDescription), ['audio', 'audio']);
    assert.deepEqual(b.getTransceivers(), [added, theirs]);
    assert.deepEqual([theirs.mid, added.mid], ['0', '1']);
    assert.equal(added.currentDirection, 'sendonly');
    await agrees(b);
    await agrees(a);
  });

  test('setRemoteDescription of an answer: addTrack takes the sender that has sent nothing yet', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const transceiver = a.addTransceiver('audio');
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    await b.setLocalDescription();
    const applied = a.setRemoteDescription(b.localDescription);
    const track = createMediaStreamTrack('audio');
    assert.equal(a.addTrack(track), transceiver.sender);
    await applied;
    await negotiate(a, b);
    assert.deepEqual([a.getTransceivers(), transceiver.sender.track], [[transceiver], track]);
    await agrees(a);
    const [{ receiver }] = b.getTransceivers();
    await firstFrame(receiver.track);
  });

  test('setRemoteDescription of an offer that ends a transceiver: addTrack takes its sender, and nothing comes of it', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    a.createDataChannel('x'); // The connection goes on.
    const transceiver = a.addTransceiver('audio', { direction: 'recvonly' });
    await negotiate(a, b);
    b.getTransceivers()[0].stop();
    await b.setLocalDescription();
    const applied = a.setRemoteDescription(b.localDescription);
    assert.equal(a.addTrack(createMediaStreamTrack('audio')), transceiver.sender);
    await applied;
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    assert.deepEqual([transceiver.currentDirection, a.getTransceivers(), b.getTransceivers()], ['stopped', [], []]);
    await agrees(a);
    assert.doesNotMatch((await a.createOffer()).sdp, /m=audio [1-9]/);
  });

  test('close(): none of them settles, and nothing is thrown', TIMEOUT, async (t) => {
    const a = makeConnection(t);
    a.addTransceiver('audio');
    let settled = false;
    a.setLocalDescription().finally(() => (settled = true));
    a.addTransceiver('video');
    const channel = a.createDataChannel('x');
    a.close();
    const { client } = held.service;
    const id = await peerConnectionId(a);
    // Its calls have ended when the service has closed it.
    await until('it is gone', () => client.peerConnections.get({ peerConnectionId: id }).then(() => false, ({ code }) => code === 'NOT_FOUND'));
    assert.equal(settled, false);
    assert.deepEqual([a.localDescription, channel.readyState, a.signalingState], [null, 'closed', 'closed']);
  });
});

describe('setParameters (5.2)', () => {
  useService();

  test('an encoding that is not active is not sent; active again it is', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const sender = a.addTrack(createMediaStreamTrack('audio'));
    const arrived = once(b, 'track');
    await negotiate(a, b);
    const { track } = await arrived;
    await firstFrame(track);
    const set = async (active) => {
      const parameters = sender.getParameters();
      parameters.encodings[0].active = active;
      await sender.setParameters(parameters);
      assert.equal(sender.getParameters().encodings[0].active, active);
    };
    const muted = once(track, 'mute');
    await set(false);
    await muted;
    const unmuted = once(track, 'unmute');
    await set(true);
    await unmuted;
    assert.equal(track.muted, false);
  });
});
