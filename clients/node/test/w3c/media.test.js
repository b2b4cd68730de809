// W3C WebRTC 1.0, 5: transceivers, senders, receivers; 8: statistics. What needs media is tested with a browser.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { describe, test } from 'node:test';
import { until } from '../../demo/lib/wait.js';
import { trackCore } from '../../dist/w3c/media_stream_track.js';
import {
  createMediaStreamTrack, firstFrame, MediaStream, OverconstrainedError, peerConnectionId, peerConnectionId as idOf, RTCRtpReceiver, RTCRtpSender, RTCStatsReport,
} from '../../esm/w3c.mjs';
import {
  connectedPair, makeConnection, makePair, negotiate, once, reaches, record, tasksRun, useService,
} from '../../testing/w3c.js';

const TIMEOUT = { timeout: 60_000 };

describe('addTransceiver (5.1)', () => {
  useService();

  test('the transceiver is there at once, with its sender and receiver', (t) => {
    const connection = makeConnection(t);
    const transceiver = connection.addTransceiver('video', { direction: 'recvonly' });
    assert.deepEqual([transceiver.mid, transceiver.direction, transceiver.currentDirection], [null, 'recvonly', null]);
    const { sender, receiver } = transceiver;
    assert.deepEqual([sender.track, sender.transport, sender.dtmf], [null, null, null]);
    assert.deepEqual([receiver.track.kind, receiver.track.muted, receiver.track.readyState, receiver.transport], ['video', true, 'live', null]);
    assert.equal(transceiver.sender, sender);
    assert.deepEqual(connection.getTransceivers(), [transceiver]);
    assert.deepEqual([connection.getSenders(), connection.getReceivers()], [[sender], [receiver]]);
    assert.equal(connection.addTransceiver('audio').direction, 'sendrecv');
    assert.notEqual(connection.addTransceiver('audio').sender.dtmf, null);
  });

  test('arguments are checked before anything happens', (t) => {
    const connection = makeConnection(t);
    for (const [kind, init] of [['text'], [{}], ['audio', { direction: 'stopped' }], ['audio', { direction: 'x' }], ['video', { streams: [{}] }],
      ['video', { sendEncodings: [{ rid: 'a' }, {}] }], ['video', { sendEncodings: [{ rid: 'a' }, { rid: 'a' }] }],
      ['video', { sendEncodings: [{ rid: '!' }] }]]) {
      assert.throws(() => connection.addTransceiver(kind, init), TypeError, JSON.stringify([kind, init]));
    }
    for (const member of ['direction', 'streams', 'sendEncodings']) {
      assert.throws(() => connection.addTransceiver('audio', { [member]: null }), TypeError, member);
    }
    for (const encoding of [{ scaleResolutionDownBy: 0.5 }, { maxFramerate: -1 }]) {
      assert.throws(() => connection.addTransceiver('video', { sendEncodings: [encoding] }), RangeError);
    }
    assert.deepEqual(connection.getTransceivers(), []);
  });

  test('a remote offer makes transceivers and fires track, once, in order and before the promise settles', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    a.addTransceiver('audio');
    a.addTransceiver('video', { direction: 'recvonly' });
    const order = [];
    b.ontrack = ({ track, receiver, transceiver, streams }) => {
      order.push(`track ${track.kind}`);
      assert.equal(receiver.track, track);
      assert.equal(transceiver.receiver, receiver);
      assert.ok(Object.isFrozen(streams));
      assert.equal(b.signalingState, 'have-remote-offer');
    };
    b.onsignalingstatechange = () => order.push(b.signalingState);
    await a.setLocalDescription();
    const applied = b.setRemoteDescription(a.localDescription).then(() => order.push('resolved'));
    await applied;
    assert.deepEqual(order, ['have-remote-offer', 'track audio', 'resolved']);
    assert.deepEqual(b.getTransceivers().map(({ mid, direction }) => [mid, direction]), [['0', 'recvonly'], ['1', 'recvonly']]);
    await b.setLocalDescription();
    await a.setRemoteDescription(b.localDescription);
    assert.deepEqual(a.getTransceivers().map(({ mid }) => mid), ['0', '1']);
    assert.deepEqual(a.getTransceivers().map(({ currentDirection }) => currentDirection), ['sendonly', 'inactive']);
    assert.deepEqual(b.getTransceivers().map(({ currentDirection }) => currentDirection), ['recvonly', 'inactive']);
    const { codecs, headerExtensions } = b.getReceivers()[0].getParameters();
    assert.equal(codecs[0].mimeType.toLowerCase(), 'audio/opus');
    assert.ok(Array.isArray(headerExtensions));
    assert.equal(b.getReceivers()[0].transport.iceTransport, b.getReceivers()[0].transport.iceTransport);
  });
});

describe('senders (5.2)', () => {
  const held = useService();

  test('parameters are read, and refused unless they were', async (t) => {
    const { sender } = makeConnection(t).addTransceiver('video');
    const unread = { transactionId: 'x', encodings: [{}], codecs: [], headerExtensions: [], rtcp: {} };
    await assert.rejects(sender.setParameters(unread), { name: 'InvalidStateError' });
    const parameters = sender.getParameters();
    assert.deepEqual(parameters.encodings, [{ active: true, scaleResolutionDownBy: 1 }]);
    assert.deepEqual([parameters.codecs, parameters.headerExtensions, parameters.rtcp], [[], [], { reducedSize: false }]);
    await assert.rejects(sender.setParameters({ ...parameters, transactionId: 'other' }), { name: 'InvalidModificationError' });
    await assert.rejects(sender.setParameters({ ...parameters, codecs: [1] }), TypeError);
    await assert.rejects(sender.setParameters({ ...parameters, encodings: [] }), { name: 'InvalidModificationError' });
    await assert.rejects(sender.setParameters({ ...parameters, encodings: [{ scaleResolutionDownBy: 0 }] }), RangeError);
    for (const member of Object.keys(parameters)) {
      await assert.rejects(sender.setParameters({ ...parameters, [member]: undefined }), TypeError, member);
    }
    assert.equal(sender.getParameters().transactionId, parameters.transactionId, 'the same within a task');
    await tasksRun();
    await assert.rejects(sender.setParameters(parameters), { name: 'InvalidStateError' });
    assert.notEqual(sender.getParameters().transactionId, parameters.transactionId);
    await tasksRun();
    const limits = { active: true, maxBitrate: 100_000, maxFramerate: 10, scaleResolutionDownBy: 2 };
    await sender.setParameters({ ...sender.getParameters(), encodings: [limits] });
    assert.deepEqual(sender.getParameters().encodings, [limits], 'kept, for whoever encodes');
  });

  test('a sender has the encodings that the validation steps of addTransceiver leave', async (t) => {
    const connection = makeConnection(t);
    const of = (kind, sendEncodings) => connection.addTransceiver(kind, { sendEncodings }).sender.getParameters().encodings;
    const video = [{ active: true, scaleResolutionDownBy: 1 }];
    for (const given of [undefined, [], [{}], [{ rid: 'a' }], [{ scaleResolutionDownBy: 1 }]]) {
      assert.deepEqual(of('video', given), video, JSON.stringify(given));
    }
    const layers = (encodings) => encodings.map(({ rid, scaleResolutionDownBy }) => [rid, scaleResolutionDownBy]);
    assert.deepEqual(layers(of('video', [{ rid: 'a' }, { rid: 'b' }, { rid: 'c' }, { rid: 'd' }])), [['a', 4], ['b', 2], ['c', 1]]);
    assert.deepEqual(layers(of('video', [{ rid: 'a' }, { rid: 'b', scaleResolutionDownBy: 2 }])), [['a', 1], ['b', 2]]);
    assert.deepEqual(layers(of('video', [{}, {}])), [['0', 2], ['1', 1]]);
    const [limited] = of('video', [{ maxBitrate: 100_000, maxFramerate: 0, scaleResolutionDownBy: 2 }]);
    assert.deepEqual(limited, { active: true, maxBitrate: 100_000, maxFramerate: 0, scaleResolutionDownBy: 2 });
    for (const given of [undefined, [{}], [{ rid: 'a' }], [{ maxFramerate: 5, scaleResolutionDownBy: 0.1 }], [{ rid: 'a' }, { rid: 'b' }]]) {
      assert.deepEqual(of('audio', given), [{ active: true }], JSON.stringify(given));
    }
    assert.deepEqual(connection.addTrack(createMediaStreamTrack('video')).getParameters().encodings, video);
  });

  test('several encodings are offered in their order, and the answer says which of them stay', TIMEOUT, async (t) => {
    const [a, b] = [makeConnection(t), makeConnection(t)];
    const { sender } = a.addTransceiver('video', { sendEncodings: [{ rid: 'q' }, { rid: 'h', active: false }, { rid: 'f' }] });
    const rids = () => sender.getParameters().encodings.map(({ rid }) => rid);
    await a.setLocalDescription();
    assert.match(a.localDescription.sdp, /a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\n/);
    assert.match(a.localDescription.sdp, /a=simulcast:send q;~h;f\r\n/);
    await b.setRemoteDescription(a.localDescription);
    assert.deepEqual(b.getSenders()[0].getParameters().encodings, [{ active: true, scaleResolutionDownBy: 1 }]);
    await b.setLocalDescription();
    assert.match(b.localDescription.sdp, /a=simulcast:recv q;h;f\r\n/);
    await a.setRemoteDescription({ type: 'answer', sdp: b.localDescription.sdp.replace('recv q;h;f', 'recv f;q') });
    await until('layers', () => rids().length < 3);
    assert.deepEqual(rids(), ['q', 'f']);

    const parameters = sender.getParameters();
    parameters.encodings[0].maxBitrate = 50_000;
    await sender.setParameters(parameters);
    assert.equal(sender.getParameters().encodings[0].maxBitrate, 50_000);
    for (const wrong of [[parameters.encodings[0]], [...parameters.encodings].reverse(), parameters.encodings.map((each) => ({ ...each, rid: 'x' }))]) {
      await tasksRun();
      await assert.rejects(sender.setParameters({ ...sender.getParameters(), encodings: wrong }), { name: 'InvalidModificationError' });
    }
    await tasksRun();
    const [first, second] = sender.getParameters().encodings;
    await assert.rejects(sender.setParameters({ ...sender.getParameters(), encodings: [first, { ...second, scaleResolutionDownBy: 0.5 }] }), RangeError);
  });

  test('an offer that asks for layers makes them, and a rollback takes them back', TIMEOUT, async (t) => {
    const [a, b] = [makeConnection(t), makeConnection(t)];
    a.addTransceiver('video');
    await a.setLocalDescription();
    const sdp = a.localDescription.sdp.replace('a=rtcp-mux\r\n', 'a=rtcp-mux\r\na=rid:q recv\r\na=rid:f recv\r\na=simulcast:recv q;f\r\n');
    const sender = b.addTrack(createMediaStreamTrack('video'));
    const layers = () => sender.getParameters().encodings.map(({ rid, scaleResolutionDownBy }) => [rid, scaleResolutionDownBy]);
    await b.setRemoteDescription({ type: 'offer', sdp });
    await until('layers', () => layers().length === 2);
    assert.deepEqual(layers(), [['q', 2], ['f', 1]]);
    await b.setRemoteDescription({ type: 'rollback' });
    await until('no layers', () => layers().length === 1);
    assert.deepEqual(layers(), [[undefined, 1]]);
    await b.setRemoteDescription({ type: 'offer', sdp });
    await b.setLocalDescription();
    assert.match(b.localDescription.sdp, /a=simulcast:send q;f\r\n/);
    await until('layers', () => layers().length === 2);
  });

  test('an encoding that is not active sends nothing, from the beginning or later', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const { sender } = a.addTransceiver(createMediaStreamTrack('audio'), { sendEncodings: [{ active: false }] });
    const heard = a.addTrack(createMediaStreamTrack('audio'));
    const tracks = [];
    b.ontrack = ({ track }) => tracks.push(track);
    await negotiate(a, b);
    const seen = record(tracks[0], ['mute', 'unmute']);
    await firstFrame(tracks[1]);
    assert.equal(heard.getParameters().encodings[0].active, true);
    const sent = async () => [...(await sender.getStats()).values()].find(({ type }) => type === 'outbound-rtp')?.packetsSent ?? 0;
    assert.deepEqual([tracks[0].muted, await sent()], [true, 0]);
    const activate = async (active) => {
      const parameters = sender.getParameters();
      assert.deepEqual(parameters.encodings, [{ active: !active }]);
      parameters.encodings[0].active = active;
      await sender.setParameters(parameters);
      assert.deepEqual(sender.getParameters().encodings, [{ active }]);
    };
    await activate(true);
    await until('media', () => !tracks[0].muted);
    const muted = once(tracks[0], 'mute');
    await activate(false);
    await muted;
    assert.deepEqual(seen, ['unmute', 'mute']);
    assert.equal((await a.createOffer()).type, 'offer');
  });

  test('parameters are those of their direction: formats while media flows, and our own name', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    a.addTrack(createMediaStreamTrack('video'));
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    b.addTrack(createMediaStreamTrack('video'));
    await b.setLocalDescription();
    await a.setRemoteDescription(b.localDescription);
    const [here] = a.getTransceivers();
    const [there] = b.getTransceivers();
    const cnameIn = ({ localDescription: { sdp } }) => /^a=ssrc:\d+ cname:(.*)\r$/m.exec(sdp)[1];
    assert.notEqual(cnameIn(a), cnameIn(b));
    const names = [cnameIn(a), cnameIn(b)];
    const flows = (half) => {
      const { codecs, headerExtensions, rtcp } = half.getParameters();
      assert.equal(codecs.length > 0, headerExtensions.length > 0);
      assert.equal(rtcp.reducedSize, true);
      return codecs.length > 0;
    };
    const check = (...expected) => {
      assert.deepEqual([here, there].flatMap(({ sender, receiver }) => [flows(sender), flows(receiver)]), expected, here.currentDirection);
      assert.deepEqual([here, there].map(({ sender }) => sender.getParameters().rtcp.cname), names, here.currentDirection);
      assert.deepEqual([here, there].map(({ receiver }) => 'cname' in receiver.getParameters().rtcp), [false, false]);
    };
    check(true, true, true, true);
    for (const [direction, sends, receives] of [['sendonly', true, false], ['recvonly', false, true], ['inactive', false, false], ['sendrecv', true, true]]) {
      here.direction = direction;
      await negotiate(...(direction === 'recvonly' ? [b, a] : [a, b]));
      assert.equal(here.currentDirection, direction);
      check(sends, receives, receives, sends);
    }
  });

  test('addTrack and removeTrack are synchronous, and check what they are given', (t) => {
    const connection = makeConnection(t);
    const track = createMediaStreamTrack('video');
    const sender = connection.addTrack(track, new MediaStream([track]));
    assert.equal(sender.track, track);
    assert.equal(connection.getTransceivers()[0].direction, 'sendrecv');
    assert.throws(() => connection.addTrack(track), { name: 'InvalidAccessError' });
    assert.throws(() => connection.addTrack({}), TypeError);
    assert.throws(() => connection.addTrack(track, {}), TypeError);
    const other = makeConnection(t).addTransceiver('video').sender;
    assert.throws(() => connection.removeTrack(other), { name: 'InvalidAccessError' });
    connection.removeTrack(sender);
    assert.equal(sender.track, null);
    assert.equal(connection.getTransceivers()[0].direction, 'recvonly');
    assert.equal(connection.addTrack(createMediaStreamTrack('video')), sender, 'a sender that never sent is used again');
    assert.equal(connection.getTransceivers()[0].direction, 'sendrecv');
    const { dtmf } = connection.addTransceiver('audio').sender;
    assert.equal(dtmf.canInsertDTMF, false);
    assert.throws(() => dtmf.insertDTMF('x'), { name: 'InvalidStateError' }, 'asked before the characters are looked at');
  });

  test('of a transceiver that stops, or is gone, nothing is changed, and the next offer is none the worse', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const track = createMediaStreamTrack('audio');
    const sender = a.addTrack(track);
    const [transceiver] = a.getTransceivers();
    await negotiate(a, b);
    const change = async (when) => {
      track.enabled = !track.enabled;
      sender.setStreams(new MediaStream());
      transceiver.setCodecPreferences([]);
      a.removeTrack(sender);
      assert.equal(sender.track, track, when);
      assert.equal((await a.createOffer()).type, 'offer', when);
    };
    transceiver.stop();
    await change('stopping');
    await negotiate(a, b);
    assert.equal(transceiver.currentDirection, 'stopped');
    await change('stopped');
  });

  test('what is on its way when somebody else stops the transceiver harms no offer', TIMEOUT, async (t) => {
    const connection = makeConnection(t);
    const track = createMediaStreamTrack('audio');
    const sender = connection.addTrack(track);
    const [transceiver] = connection.getTransceivers();
    await connection.createOffer();
    const { client } = held.service;
    const peerConnectionId = await idOf(connection);
    const { transceivers: [{ transceiverId }] } = await client.peerConnections.listTransceivers({ peerConnectionId });
    const stopped = client.peerConnections.stopTransceiver({ peerConnectionId, transceiverId });
    for (let i = 0; i < 20 && transceiver.direction !== 'stopped'; ++i) { // Some come before it, some after.
      track.enabled = !track.enabled;
      sender.setStreams(new MediaStream());
      transceiver.direction = transceiver.direction === 'sendrecv' ? 'sendonly' : 'sendrecv';
      await new Promise(setImmediate);
    }
    await stopped;
    assert.equal((await connection.createOffer()).type, 'offer');
  });

  test('a sender that was taken back with a remote offer has no track to remove', async (t) => {
    const [a, b] = [makeConnection(t), makeConnection(t)];
    a.addTransceiver('audio');
    await a.setLocalDescription();
    await b.setRemoteDescription(a.localDescription);
    const [sender] = b.getSenders();
    await b.setRemoteDescription({ type: 'rollback' });
    assert.deepEqual(b.getSenders(), []);
    b.removeTrack(sender);
    assert.equal(sender.track, null);
  });

  test('replaceTrack checks the kind', async (t) => {
    const { sender } = makeConnection(t).addTransceiver('video');
    await assert.rejects(sender.replaceTrack(createMediaStreamTrack('audio')), TypeError);
    await assert.rejects(sender.replaceTrack({}), TypeError);
    await assert.rejects(sender.replaceTrack(), TypeError);
  });
});

describe('local tracks', () => {
  const held = useService();
  const localTracks = async (connection) => {
    const { tracks } = await held.service.client.media.listTracks({ peerConnectionId: await peerConnectionId(connection) });
    const local = tracks.filter(({ origin }) => origin === 'TRACK_ORIGIN_LOCAL');
    // Beside what stands in for those that have ended.
    return local.filter(({ source }) => !source.spec.test?.blank).map(({ trackId }) => trackId);
  };

  test('one that was stopped before its turn came has nothing at the service', async (t) => {
    const connection = makeConnection(t);
    const [live, stopped, late] = Array.from({ length: 3 }, () => createMediaStreamTrack('audio'));
    stopped.stop();
    for (const track of [live, stopped, late]) connection.addTrack(track);
    late.stop();
    await connection.createOffer();
    await connection.getStats(); // After what the offer has let through.
    assert.deepEqual(await localTracks(connection), [live.id]);
    assert.equal(connection.getSenders()[1].track, stopped);
  });

  test('one that goes on keeps no connection that was closed', async (t) => {
    const track = createMediaStreamTrack('audio');
    for (let i = 0; i < 3; ++i) {
      const connection = makeConnection(t);
      connection.addTrack(track);
      await connection.createOffer();
      assert.equal(trackCore(track).onStop.size, 1);
      connection.close();
    }
    assert.deepEqual([trackCore(track).onStop.size, trackCore(track).onEnabled.size], [0, 0]);
  });

  test('a disabled one, and one that has ended, is sent as black pictures or silence: nobody hears that media ceased (5.2)', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const locals = [createMediaStreamTrack('audio'), createMediaStreamTrack('video')];
    const senders = locals.map((track) => a.addTrack(track));
    const remotes = [];
    b.ontrack = ({ track }) => remotes.push(track);
    await negotiate(a, b);
    await Promise.all(remotes.map(firstFrame));
    const seen = remotes.map((track) => record(track, ['mute']));
    const sent = async (sender) => {
      const entries = [...(await sender.getStats()).values()];
      const { packetsSent } = entries.find(({ type }) => type === 'outbound-rtp');
      return { packetsSent, of: entries.find(({ type }) => type === 'media-source').trackIdentifier };
    };
    for (const change of [(track) => (track.enabled = false), (track) => (track.enabled = true), (track) => track.stop()]) {
      locals.forEach(change);
      await a.createOffer(); // After the calls that it made.
      for (const [i, atLeast] of [100, 3].entries()) {
        const { packetsSent } = await sent(senders[i]);
        // In more than the two seconds after which a track is muted.
        const later = await until('more of it', async () => {
          const now = await sent(senders[i]);
          return now.packetsSent >= packetsSent + atLeast && now;
        });
        assert.equal(later.of, locals[i].id);
        assert.equal(senders[i].track, locals[i]);
      }
    }
    assert.deepEqual(seen, [[], []]);
  });

  const opusSource = { udp: { codec: { mimeType: 'audio/opus', clockRate: 48_000, channels: 2 } } };

  test('one that packets feed is muted until they come, and when they cease', TIMEOUT, async (t) => {
    const connection = makeConnection(t);
    const track = createMediaStreamTrack('audio', { source: opusSource });
    const seen = record(track, ['mute', 'unmute', 'ended'], () => track.muted);
    assert.equal(track.muted, false);
    const becomes = (type) => once(track, type);
    let next = becomes('mute');
    connection.addTrack(track);
    await next;
    const { tracks } = await held.service.client.media.listTracks({ peerConnectionId: await peerConnectionId(connection) });
    const { host, port } = tracks.find(({ trackId }) => trackId === track.id).source.localRtp;
    const socket = createSocket('udp4');
    t.after(() => socket.close());
    next = becomes('unmute');
    socket.send(Buffer.from('806f000100000001000000010102', 'hex'), port, host);
    await next;
    await becomes('mute');
    assert.deepEqual(seen, ['mute true', 'unmute false', 'mute true']);
  });

  test('one that several connections send is muted when no source delivers', () => {
    const core = trackCore(createMediaStreamTrack('audio', { source: opusSource }));
    const states = [[1, false], [2, true], [1, true], [2, false], [1, undefined], [2, true]].map(([connection, delivers]) => {
      core.setDelivering(connection, delivers);
      return core.muted;
    });
    assert.deepEqual(states, [true, false, false, false, true, false]);
  });

  test('one that somebody else deletes has ended, which harms no offer', TIMEOUT, async (t) => {
    const connection = makeConnection(t);
    const track = createMediaStreamTrack('audio');
    const sender = connection.addTrack(track);
    await connection.createOffer();
    const ended = once(track, 'ended');
    await held.service.client.media.deleteLocalTrack({ peerConnectionId: await peerConnectionId(connection), trackId: track.id });
    track.enabled = false;
    track.enabled = true;
    await ended;
    assert.deepEqual([track.readyState, sender.track], ['ended', track]);
    track.enabled = false;
    track.stop();
    assert.equal((await connection.createOffer()).type, 'offer');
    assert.deepEqual(await localTracks(connection), []);
    assert.deepEqual([trackCore(track).onStop.size, trackCore(track).onEnabled.size], [0, 0]);
  });

  test('constraints that the source cannot meet are an OverconstrainedError; others are taken', async () => {
    const isOver = (constraint) => (error) => {
      assert.ok(error instanceof OverconstrainedError && error instanceof DOMException);
      assert.deepEqual([error.name, error.constraint], ['OverconstrainedError', constraint]);
      return true;
    };
    const track = createMediaStreamTrack('video', { width: { exact: 320 }, height: { min: 180, max: 360 }, frameRate: 30 });
    assert.deepEqual(track.getConstraints(), { width: { exact: 320 }, height: { min: 180, max: 360 }, frameRate: 30 });
    assert.deepEqual(track.getSettings(), { deviceId: track.id, aspectRatio: 16 / 9, frameRate: 15, height: 180, width: 320 });
    assert.deepEqual(track.getCapabilities().width, { min: 320, max: 320 });
    for (const [constraints, name] of [[{ width: { exact: 640 } }, 'width'], [{ frameRate: { min: 20 } }, 'frameRate'],
      [{ height: { max: 100, ideal: 180 } }, 'height'], [{ sampleRate: { exact: 48_000 } }, 'sampleRate'],
      [{ deviceId: { exact: ['other'] } }, 'deviceId']]) {
      assert.throws(() => createMediaStreamTrack('video', constraints), isOver(name));
      await assert.rejects(track.applyConstraints(constraints), isOver(name));
    }
    assert.equal(track.getConstraints().frameRate, 30, 'as before');
    for (const constraints of [{ deviceId: { exact: ['other', track.id] } }, { width: 640, deviceId: 'other', advanced: [{ width: { exact: 640 } }] },
      { aspectRatio: { exact: 1.77777777778 } }, undefined]) {
      await track.applyConstraints(constraints);
    }
    assert.deepEqual(track.getConstraints(), {});
    for (const constraints of [{ width: { exact: NaN } }, { width: 'wide' }, { advanced: 1 }, 3]) {
      await assert.rejects(track.applyConstraints(constraints), TypeError);
    }
    track.stop();
    assert.equal(await track.applyConstraints({ width: { exact: 640 } }), undefined, 'nothing is done to one that has ended');
    const sound = createMediaStreamTrack('audio', { source: opusSource });
    assert.deepEqual(sound.getSettings(), { deviceId: sound.id, channelCount: 2, sampleRate: 48_000 });
    assert.throws(() => createMediaStreamTrack('audio', { source: opusSource, channelCount: { exact: 1 } }), isOver('channelCount'));
  });

  test('constraints are returned as a copy; a content hint that the kind does not have is ignored', async () => {
    const track = createMediaStreamTrack('video');
    await track.applyConstraints({ width: 640, frobnicate: { exact: 1 } }); // What is not supported is left out.
    track.getConstraints().width = 1;
    assert.deepEqual(track.getConstraints(), { width: 640 });
    track.contentHint = 'text';
    track.contentHint = 'music';
    assert.equal(track.contentHint, 'text');
    assert.equal(track.clone().contentHint, 'text');
    assert.notEqual(track.clone().id, track.id);
  });
});

// The test source of one at the other.
async function sendingPair(t, kind) {
  const [a, b] = makePair(t);
  const sender = a.addTrack(createMediaStreamTrack(kind), new MediaStream());
  const arrived = once(b, 'track');
  await negotiate(a, b);
  const { receiver, track } = await arrived;
  await firstFrame(track);
  return { a, b, sender, receiver, track };
}

describe('receivers (5.3)', () => {
  useService();

  test('who was heard: the SSRC that is sent, the newest packet, nothing that was not told', TIMEOUT, async (t) => {
    const { a, sender, receiver, track } = await sendingPair(t, 'audio');
    const [source] = receiver.getSynchronizationSources(); // The first look.
    assert.deepEqual(receiver.getSynchronizationSources(), [source], 'it does not change within a task');
    const [{ ssrc }] = [...(await a.getStats()).values()].filter(({ type }) => type === 'outbound-rtp');
    assert.deepEqual(Object.keys(source).sort(), ['rtpTimestamp', 'source', 'timestamp'], 'the test source tells no level');
    assert.equal(source.source, ssrc);
    const later = await until('a newer packet', () => {
      const [found] = receiver.getSynchronizationSources();
      return found.rtpTimestamp !== source.rtpTimestamp && found;
    });
    assert.ok(later.timestamp > source.timestamp);
    assert.deepEqual(receiver.getContributingSources(), []);
    assert.deepEqual(a.getReceivers()[0].getSynchronizationSources(), [], 'nothing is sent to it');
    const typesOf = (report) => [...report.values()].map(({ type }) => type).filter((type) => type.endsWith('bound-rtp')).sort();
    assert.ok(typesOf(await sender.getStats()).includes('outbound-rtp'));
    assert.ok(typesOf(await receiver.getStats()).includes('inbound-rtp'));
    assert.equal(typesOf(await sender.getStats()).includes('inbound-rtp'), false);
    assert.equal((await a.getStats(sender.track)).size, (await sender.getStats()).size);
    assert.equal(track.muted, false);
  });

  test('a clone of a track has its media, and an end of its own', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    a.addTrack(createMediaStreamTrack('audio'), new MediaStream());
    const arrived = once(b, 'track');
    await negotiate(a, b);
    const { track } = await arrived;
    const [copy, stopped] = [track.clone(), track.clone()];
    stopped.stop();
    const seen = record(copy, ['mute', 'unmute', 'ended'], () => copy.muted);
    track.dispatchEvent(new Event('mute')); // Not ours.
    await Promise.all([firstFrame(copy), firstFrame(track)]);
    await until('media', () => !copy.muted);
    assert.deepEqual(seen, ['unmute false']);
    assert.deepEqual([track.readyState, copy.readyState, stopped.readyState], ['live', 'live', 'ended']);
    const ends = [track, copy].map((each) => once(each, 'ended'));
    b.close();
    await Promise.all(ends);
    assert.deepEqual([track.readyState, copy.readyState], ['ended', 'ended']);
    assert.deepEqual(seen, ['unmute false', 'ended false']);
  });

  test('a track that is received cannot be sent on: that is told at once, and nothing has changed', TIMEOUT, async (t) => {
    const { track } = await sendingPair(t, 'audio');
    const other = makeConnection(t);
    assert.throws(() => other.addTrack(track), { name: 'NotSupportedError' });
    assert.throws(() => other.addTransceiver(track), { name: 'NotSupportedError' });
    assert.deepEqual(other.getTransceivers(), []);
    const { sender } = other.addTransceiver('audio');
    await assert.rejects(sender.replaceTrack(track), { name: 'NotSupportedError' });
    assert.equal(sender.track, null);
    assert.equal((await other.createOffer()).type, 'offer');
  });
});

describe('RTCDTMFSender (7)', () => {
  useService();

  test('tones can be inserted while the connection is connected, and their track is sent', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const track = createMediaStreamTrack('audio');
    const sender = a.addTrack(track);
    const [transceiver] = a.getTransceivers();
    const { dtmf } = sender;
    const refuses = (why) => {
      assert.equal(dtmf.canInsertDTMF, false, why);
      assert.throws(() => dtmf.insertDTMF('1x'), { name: 'InvalidStateError' }, why);
      assert.equal(dtmf.toneBuffer, '', why);
    };
    const activate = async (active) => {
      const parameters = sender.getParameters();
      parameters.encodings[0].active = active;
      await sender.setParameters(parameters);
    };
    refuses('before all');
    await negotiate(a, b);
    await reaches(a, 'connectionstatechange', 'connectionState', 'connected');
    assert.equal(dtmf.canInsertDTMF, true);
    assert.throws(() => dtmf.insertDTMF('1x'), { name: 'InvalidCharacterError' });
    assert.throws(() => dtmf.insertDTMF('1'.repeat(1025)), { name: 'OperationError' });
    assert.equal(dtmf.toneBuffer, '');
    await sender.replaceTrack(null);
    refuses('there is no track');
    await sender.replaceTrack(track);
    await activate(false);
    refuses('the encoding is not active');
    await activate(true);
    transceiver.direction = 'recvonly';
    assert.equal(dtmf.canInsertDTMF, true, 'until it is negotiated');
    await negotiate(a, b);
    refuses('nothing is sent');
    transceiver.direction = 'sendrecv';
    await negotiate(a, b);
    assert.equal(dtmf.canInsertDTMF, true);
    transceiver.stop();
    refuses('the transceiver stops');
    assert.equal((await a.createOffer()).type, 'offer', 'nothing was asked of the service');
    a.close();
    refuses('closed');
  });

  test('without telephone events there are no tones', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const { dtmf } = a.addTrack(createMediaStreamTrack('audio'));
    const opus = RTCRtpSender.getCapabilities('audio').codecs.find(({ mimeType }) => mimeType.toLowerCase() === 'audio/opus');
    a.getTransceivers()[0].setCodecPreferences([opus]);
    await negotiate(a, b);
    await reaches(a, 'connectionstatechange', 'connectionState', 'connected');
    assert.equal(dtmf.canInsertDTMF, false);
    assert.throws(() => dtmf.insertDTMF('1'), { name: 'InvalidStateError' });
  });

  test('tones whose track is taken away before their turn end silently', TIMEOUT, async (t) => {
    const { a, sender } = await sendingPair(t, 'audio');
    await until('tones can be sent', () => sender.dtmf.canInsertDTMF);
    const replaced = sender.replaceTrack(null);
    for (let turn = 0; turn < 50; ++turn) await null; // The call is on its way, its answer is not.
    sender.dtmf.insertDTMF('1');
    await replaced;
    assert.equal((await a.createOffer()).type, 'offer');
  });

  test('what is too long or too short is clamped; tones of an earlier call do not shorten the buffer', TIMEOUT, async (t) => {
    const { a, sender: { dtmf } } = await sendingPair(t, 'audio');
    await until('tones can be sent', () => dtmf.canInsertDTMF);
    const tones = [];
    dtmf.ontonechange = ({ tone }) => tones.push(`${tone} ${dtmf.toneBuffer}`);
    dtmf.insertDTMF('12', 300, 300);
    await once(dtmf, 'tonechange');
    dtmf.insertDTMF('45', 1, 0);
    assert.equal(dtmf.toneBuffer, '45');
    await until('all', () => tones.at(-1) === ' ');
    assert.deepEqual(tones.filter((step) => !step.startsWith('2')), ['1 2', '4 5', '5 ', ' ']);
    dtmf.insertDTMF('9', 1_000_000, 1_000_000);
    dtmf.insertDTMF('');
    assert.equal((await a.createOffer()).type, 'offer', 'nothing was refused');
  });
});

describe('transceivers (5.4)', () => {
  useService();

  test('those made in a row stay the same objects, and the first ones stay stopped', async (t) => {
    const connection = makeConnection(t);
    const made = Array.from({ length: 8 }, (_, i) => connection.addTransceiver(i % 2 ? 'audio' : createMediaStreamTrack('audio')));
    const stopped = made.splice(0, 3);
    for (const transceiver of stopped) transceiver.stop();
    await connection.createOffer();
    await tasksRun();
    assert.deepEqual(connection.getTransceivers(), made);
    for (const { direction, currentDirection } of stopped) assert.deepEqual([direction, currentDirection], ['stopped', 'stopped']);
  });

  test('the track of one that is stopped can be stopped, too', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const track = createMediaStreamTrack('audio');
    const transceiver = a.addTransceiver(track);
    await negotiate(a, b);
    transceiver.stop();
    track.stop();
    await negotiate(a, b);
    assert.equal(transceiver.currentDirection, 'stopped');
  });

  test('a remote track is muted until its media arrives, when that ceases, and when a description takes it away', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const local = createMediaStreamTrack('audio');
    const sender = a.addTrack(local);
    const [transceiver] = a.getTransceivers();
    const seen = [];
    b.ontrack = ({ track }) => {
      seen.push(`track ${track.muted}`);
      for (const type of ['mute', 'unmute']) track.addEventListener(type, () => seen.push(`${type} ${track.muted}`));
      b.ontrack = () => seen.push('track again');
    };
    const expected = [];
    const follows = async (...next) => {
      expected.push(...next);
      await until(next.join(', '), () => seen.length >= expected.length);
      assert.deepEqual(seen, expected);
    };
    await negotiate(a, b);
    await follows('track true', 'unmute false');
    await sender.replaceTrack(null);
    await follows('mute true');
    await sender.replaceTrack(local);
    await follows('unmute false');
    transceiver.direction = 'inactive';
    await negotiate(a, b);
    await follows('mute true');
    transceiver.direction = 'sendonly';
    await negotiate(a, b);
    await follows('track again', 'unmute false');
  });

  test('codec preferences: what can be sent or received, and some media', async (t) => {
    const transceiver = makeConnection(t).addTransceiver('video');
    const { codecs } = RTCRtpReceiver.getCapabilities('video');
    const [media] = codecs;
    const rtx = codecs.filter(({ mimeType }) => mimeType.toLowerCase() === 'video/rtx');
    assert.ok(rtx.length > 0);
    for (const list of [rtx, [{ mimeType: 'video/none', clockRate: 90_000 }], [media, { ...media, clockRate: 1 }],
      RTCRtpReceiver.getCapabilities('audio').codecs]) {
      assert.throws(() => transceiver.setCodecPreferences(list), { name: 'InvalidModificationError' });
    }
    for (const list of [[{}], [{ mimeType: 'video/VP8' }], [3], 3]) assert.throws(() => transceiver.setCodecPreferences(list), TypeError);
    for (const list of [codecs, [media], [media, media, ...rtx], []]) transceiver.setCodecPreferences(list);
  });

  test('direction can be set, but not to stopped; stop is for good', async (t) => {
    const connection = makeConnection(t);
    const transceiver = connection.addTransceiver('audio', { direction: 'inactive' });
    transceiver.direction = 'recvonly';
    assert.equal(transceiver.direction, 'recvonly');
    transceiver.direction = 'nonsense';
    assert.equal(transceiver.direction, 'recvonly');
    assert.throws(() => (transceiver.direction = 'stopped'), TypeError);
    const ended = once(transceiver.receiver.track, 'ended');
    transceiver.stop();
    assert.equal(transceiver.direction, 'stopped');
    assert.throws(() => (transceiver.direction = 'sendrecv'), { name: 'InvalidStateError' });
    await ended;
    assert.equal(transceiver.receiver.track.readyState, 'ended');
  });
});

describe('getStats (8)', () => {
  useService();

  test('is a read-only map of entries in the form of webrtc-stats', TIMEOUT, async (t) => {
    const { a, ours, theirs } = await connectedPair(t);
    const arrived = once(theirs, 'message');
    ours.send('12345');
    await arrived;
    const report = await a.getStats();
    assert.ok(report instanceof RTCStatsReport);
    assert.equal([...report].length, report.size);
    for (const [id, entry] of report) {
      assert.equal(entry.id, id);
      assert.equal(report.get(id), entry);
      assert.ok(Math.abs(entry.timestamp - Date.now()) < 60_000);
    }
    const ofType = (type) => [...report.values()].filter((entry) => entry.type === type);
    const [transport] = ofType('transport');
    assert.equal(transport.dtlsState, 'connected');
    assert.equal(transport.iceRole, 'controlled'); // As an ICE-lite offerer is.
    const pair = report.get(transport.selectedCandidatePairId);
    assert.equal(pair.state, 'succeeded');
    assert.equal(report.get(pair.localCandidateId).type, 'local-candidate');
    assert.equal(report.get(pair.localCandidateId).candidateType, 'host');
    assert.equal(report.get(pair.localCandidateId).protocol, 'udp');
    assert.equal(ofType('peer-connection').length, 1);
    const types = [];
    report.forEach((entry, key, map) => {
      types.push(entry.type);
      assert.equal(map, report);
      assert.ok(report.has(key));
    });
    assert.equal(types.length, report.size);
  });

  test('after close() it tells of the moment of the close', TIMEOUT, async (t) => {
    const { a, sender, receiver } = await sendingPair(t, 'audio');
    const before = [...(await sender.getStats()).keys()].sort();
    a.close();
    const report = await a.getStats();
    assert.ok([...report.values()].some(({ type, dtlsState }) => type === 'transport' && dtlsState === 'connected'));
    assert.deepEqual([...(await sender.getStats()).keys()].filter((id) => before.includes(id)).sort(), before);
    assert.equal([...(await sender.getStats()).values()].some(({ type }) => type === 'inbound-rtp'), false);
    assert.ok([...(await receiver.getStats()).values()].some(({ type }) => type === 'inbound-rtp'), 'the other end is open');
    const unused = makeConnection(t);
    unused.close();
    assert.ok((await unused.getStats()) instanceof RTCStatsReport);
  });

  test('the selector must be sent or received once', async (t) => {
    const connection = makeConnection(t);
    await assert.rejects(connection.getStats(createMediaStreamTrack('audio')), { name: 'InvalidAccessError' });
    await assert.rejects(connection.getStats({}), TypeError);
  });
});

describe('what the service does not do yet', () => {
  useService();

  test('is told by the method, or by the next negotiation, as NotSupportedError with the cause', async (t) => {
    const connection = makeConnection(t);
    connection.addTrack(createMediaStreamTrack('audio', { source: { packetStream: { codec: { mimeType: 'audio/opus', clockRate: 48_000 } } } }));
    const reason = await connection.createOffer().catch((caught) => caught);
    assert.equal(reason.name, 'NotSupportedError');
    assert.equal(reason.cause.code, 'UNIMPLEMENTED');
  });
});
