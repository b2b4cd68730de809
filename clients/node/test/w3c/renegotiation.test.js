// W3C WebRTC 1.0, 4.4.2 (restartIce, setConfiguration), 5.4 (direction, stop, codec preferences).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMediaStreamTrack, MediaStream, RTCRtpReceiver, RTCRtpSender } from '../../esm/w3c.mjs';
import { within } from '../../demo/lib/wait.js';
import { connectedPair, makeConnection, makePair, negotiate, once, reaches, record, tasksRun, useService } from '../../testing/w3c.js';

const TIMEOUT = { timeout: 60_000 };
const ufragOf = ({ sdp }) => /a=ice-ufrag:(.*)\r/.exec(sdp)[1];

describe('restartIce', () => {
  useService();

  test('asks for a negotiation whose offer has new credentials; the connection goes on', TIMEOUT, async (t) => {
    const { a, b, ours, theirs } = await connectedPair(t);
    const before = ufragOf(a.localDescription);
    const needed = once(a, 'negotiationneeded');
    a.restartIce();
    await needed;
    await negotiate(a, b);
    assert.notEqual(ufragOf(a.localDescription), before);
    const arrived = once(theirs, 'message');
    ours.send('still here');
    assert.equal((await arrived).data, 'still here');
    const { sdp } = await a.createOffer({ iceRestart: true });
    assert.notEqual(ufragOf({ sdp }), ufragOf(a.localDescription));
  });
});

for (const backend of ['auto', 'full']) {
  describe(`gathering again (4.3.2, 5.6.1), ICE backend ${backend}`, () => {
    useService({ args: [`--ice-backend=${backend}`] });

    test('a restart gathers from its beginning to its end, with the transport in step', TIMEOUT, async (t) => {
      const { a, b } = await connectedPair(t);
      const ice = a.sctp.transport.iceTransport;
      if (a.iceGatheringState !== 'complete') await reaches(a, 'icegatheringstatechange', 'iceGatheringState', 'complete');
      const steps = [];
      const note = (step) => steps.push(`${step}: ${ice.gatheringState}, ${a.iceGatheringState}`);
      ice.ongatheringstatechange = () => note('transport');
      a.onicegatheringstatechange = () => note('connection');
      const told = new Promise((resolve) => {
        a.addEventListener('icecandidate', ({ candidate }) => {
          note(candidate === null ? 'null' : candidate.candidate === '' ? 'end' : 'candidate');
          if (candidate === null) resolve();
        });
      });
      a.restartIce();
      await a.setLocalDescription();
      await within(told, 'the null candidate', 15_000);
      assert.deepEqual(steps.filter((step, i) => step !== steps[i - 1]), [
        'transport: gathering, complete',
        'connection: gathering, gathering',
        'candidate: gathering, gathering',
        'end: gathering, gathering',
        'transport: complete, gathering',
        'connection: complete, complete',
        'null: complete, complete',
      ]);
      // With all candidates inside, as those want it who do not trickle.
      assert.match(a.localDescription.sdp, /a=candidate:[^]*a=end-of-candidates/);
      await b.setRemoteDescription(a.localDescription);
      await b.setLocalDescription();
      await a.setRemoteDescription(b.localDescription);
    });

    test('a restart that is rolled back leaves gathering complete', TIMEOUT, async (t) => {
      const { a } = await connectedPair(t);
      if (a.iceGatheringState !== 'complete') await reaches(a, 'icegatheringstatechange', 'iceGatheringState', 'complete');
      const before = a.localDescription.sdp;
      a.restartIce();
      const offered = a.setLocalDescription();
      await Promise.all([offered, a.setLocalDescription({ type: 'rollback' })]);
      await tasksRun();
      await reaches(a, 'icegatheringstatechange', 'iceGatheringState', 'complete');
      assert.equal(ufragOf(a.localDescription), ufragOf({ sdp: before }));
      // The restart is still wanted: the next offer gathers.
      const ended = once(a, 'icegatheringstatechange');
      await a.setLocalDescription();
      await ended;
      await reaches(a, 'icegatheringstatechange', 'iceGatheringState', 'complete');
      assert.match(a.localDescription.sdp, /a=end-of-candidates/);
    });
  });
}

describe('transceivers change', () => {
  useService();

  test('a direction is negotiated', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const transceiver = a.addTransceiver('audio');
    await negotiate(a, b);
    assert.equal(transceiver.currentDirection, 'sendonly');
    const needed = once(a, 'negotiationneeded');
    transceiver.direction = 'inactive';
    await needed;
    assert.equal(transceiver.direction, 'inactive');
    await negotiate(a, b);
    assert.match(a.localDescription.sdp, /m=audio[^]*a=inactive/);
    assert.equal(transceiver.currentDirection, 'inactive');
    assert.equal(transceiver.direction, 'inactive');
  });

  test('a sender\'s streams change (5.2, setStreams)', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const sender = a.addTrack(createMediaStreamTrack('audio'));
    const first = once(b, 'track');
    await negotiate(a, b);
    const { track } = await first;
    const [one, two] = [new MediaStream(), new MediaStream()];
    const change = async (...streams) => {
      const [needed, told] = [once(a, 'negotiationneeded'), once(b, 'track')];
      sender.setStreams(...streams);
      await needed;
      await negotiate(a, b);
      return told;
    };
    const joined = await change(one);
    assert.equal(joined.track, track);
    assert.deepEqual(joined.streams.map(({ id }) => id), [one.id]);
    const [remote] = joined.streams;
    assert.deepEqual(remote.getTracks(), [track]);
    const changes = record(remote, ['addtrack', 'removetrack'], (_, event) => event.track === track);
    const moved = await change(two);
    assert.deepEqual(moved.streams.map(({ id }) => id), [two.id]);
    assert.deepEqual(changes, ['removetrack true']);
    assert.deepEqual([remote.getTracks(), moved.streams[0].getTracks()], [[], [track]]);
    const needed = once(a, 'negotiationneeded');
    sender.setStreams();
    await needed;
    await negotiate(a, b);
    assert.deepEqual(moved.streams[0].getTracks(), []);
    assert.deepEqual([track.readyState, b.getReceivers()[0].track], ['live', track]);
    assert.throws(() => sender.setStreams({}), TypeError);
  });

  test('one that is stopped is gone after the negotiation, at both ends', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const [first, second] = ['audio', 'video'].map((kind) => a.addTransceiver(kind));
    await negotiate(a, b);
    const theirs = b.getTransceivers()[0];
    const ended = once(theirs.receiver.track, 'ended');
    const needed = once(a, 'negotiationneeded');
    first.stop();
    await needed;
    assert.deepEqual(a.getTransceivers(), [first, second]);
    await negotiate(a, b);
    await ended;
    assert.deepEqual(a.getTransceivers(), [second]);
    assert.equal(first.currentDirection, 'stopped');
    assert.equal(theirs.currentDirection, 'stopped');
    assert.equal(b.getTransceivers().includes(theirs), false);
    assert.match(a.localDescription.sdp, /m=audio 0 /);
  });

  test('when the last one has ended the connection is new; the next has transports of its own', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const connectionState = (state) => Promise.all([a, b].map((end) => reaches(end, 'connectionstatechange', 'connectionState', state)));
    const used = new Set();
    for (const kind of ['audio', 'video']) {
      const transceiver = a.addTransceiver(kind);
      await negotiate(a, b);
      await connectionState('connected');
      const { transport } = transceiver.sender;
      assert.deepEqual([transport.state, used.has(transport), used.has(transport.iceTransport)], ['connected', false, false]);
      used.add(transport).add(transport.iceTransport);
      transceiver.stop();
      await negotiate(a, b);
      await connectionState('new');
      for (const each of [transport, transport.iceTransport]) await reaches(each, 'statechange', 'state', 'closed');
      assert.deepEqual([a.iceConnectionState, a.iceGatheringState, a.getTransceivers()], ['new', 'new', []]);
    }
  });

  test('codec preferences order and limit the offer; others are refused at once', async (t) => {
    const connection = makeConnection(t);
    const transceiver = connection.addTransceiver('audio', { direction: 'recvonly' });
    const { codecs } = RTCRtpReceiver.getCapabilities('audio');
    assert.ok(codecs.some(({ mimeType }) => mimeType.toLowerCase() === 'audio/opus'));
    const opus = codecs.filter(({ mimeType }) => mimeType.toLowerCase() === 'audio/opus');
    assert.throws(() => transceiver.setCodecPreferences([{ mimeType: 'audio/none', clockRate: 1 }]), { name: 'InvalidModificationError' });
    assert.throws(() => transceiver.setCodecPreferences([{}]), TypeError);
    transceiver.setCodecPreferences(opus);
    const { sdp } = await connection.createOffer();
    assert.deepEqual([...sdp.matchAll(/a=rtpmap:\d+ (\w+)/g)].map(([, name]) => name.toLowerCase()), opus.map(() => 'opus'));
    transceiver.setCodecPreferences([]);
    assert.equal((await connection.createOffer()).type, 'offer');
    assert.ok(RTCRtpSender.getCapabilities('video').codecs.length > 0);
  });
});

describe('setConfiguration', () => {
  useService();

  test('changes what may change', async (t) => {
    const connection = makeConnection(t);
    connection.createDataChannel('x');
    connection.setConfiguration({});
    assert.deepEqual(connection.getConfiguration().iceServers, []);
    assert.equal((await connection.createOffer()).type, 'offer');
  });
});
