// W3C WebRTC 1.0, 4.3.1, 4.3.3, 5.6.4: the states of a connection whose way breaks. Beside the tests of w3c/, because
// consent takes its 30 s to expire and those run on each Node.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { describe, test } from 'node:test';
import { makeConnection, once, reaches, useService } from '../testing/w3c.js';

const TIMEOUT = { timeout: 120_000 };

// As `reaches`, for what takes its time.
function waitFor(target, type, attribute, value) {
  return new Promise((resolve) => {
    const look = () => target[attribute] === value && (target.removeEventListener(type, look), resolve());
    target.addEventListener(type, look);
    look();
  });
}

describe('a way between two connections', () => {
  useService();

  // The way between two connections: nothing but what `open` lets pass. @returns The candidate that stands for it.
  async function startWay(t, candidate) {
    const way = { open: true };
    const inner = createSocket('udp4'); // Speaks with the connection that the candidate is of.
    const outer = createSocket('udp4');
    let peer = null;
    outer.on('message', (data, from) => {
      peer = from;
      if (way.open) inner.send(data, candidate.port, candidate.address);
    });
    inner.on('message', (data) => {
      if (way.open && peer) outer.send(data, peer.port, peer.address);
    });
    await Promise.all([inner, outer].map((socket) => new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve))));
    t.after(() => [inner, outer].forEach((socket) => socket.close()));
    way.candidate = candidate.candidate.replace(` ${candidate.address} ${candidate.port} `, ` 127.0.0.1 ${outer.address().port} `);
    return way;
  }

  test('that breaks: disconnected, and connected again when it is whole; for good: failed', TIMEOUT, async (t) => {
    const [a, b] = [makeConnection(t), makeConnection(t)];
    const channel = a.createDataChannel('x');
    const arrived = once(b, 'datachannel');
    const candidates = [];
    a.onicecandidate = ({ candidate }) => candidates.push(candidate);
    const complete = reaches(a, 'icegatheringstatechange', 'iceGatheringState', 'complete');
    await a.setLocalDescription();
    await complete;
    const bare = (sdp) => sdp.replaceAll(/a=(candidate:.*|end-of-candidates)\r\n/g, '');
    const way = await startWay(t, candidates.find((candidate) => candidate?.address === '127.0.0.1'));
    await b.setRemoteDescription({ type: 'offer', sdp: bare(a.localDescription.sdp) });
    await b.addIceCandidate({ candidate: way.candidate, sdpMid: '0' });
    await b.setLocalDescription();
    await a.setRemoteDescription({ type: 'answer', sdp: bare(b.localDescription.sdp) });
    await once(channel, 'open');
    const { channel: theirs } = await arrived;

    const becomes = (connection, state) => waitFor(connection, 'connectionstatechange', 'connectionState', state);
    let change = Promise.all([a, b].map((connection) => becomes(connection, 'disconnected')));
    way.open = false;
    await change;
    for (const connection of [a, b]) assert.equal(connection.iceConnectionState, 'disconnected');
    change = Promise.all([a, b].map((connection) => becomes(connection, 'connected')));
    way.open = true;
    await change;
    for (const connection of [a, b]) assert.ok(['connected', 'completed'].includes(connection.iceConnectionState));
    const message = once(theirs, 'message');
    channel.send('whole again');
    assert.equal((await message).data, 'whole again');
    change = Promise.all([a, b].map((connection) => becomes(connection, 'failed')));
    way.open = false;
    await change;
    for (const connection of [a, b]) assert.equal(connection.iceConnectionState, 'failed');
  });
});
