// What senders and transceivers ask of the service where they live: its capabilities, and room for their tracks.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startService } from '../../demo/lib/service.js';
import { until } from '../../demo/lib/wait.js';
import { connect, createMediaStreamTrack, peerConnectionId as idOf, RTCPeerConnection, RTCRtpSender, trackId } from '../../esm/w3c.mjs';
import { makeConnection, makePair, negotiate, nothingHappens, reaches, useService } from '../../testing/w3c.js';

const TIMEOUT = { timeout: 60_000 };

describe('with two services', () => {
  const held = useService();

  test('a connection asks its own what it can do, and lives on when the other one goes', TIMEOUT, async (t) => {
    const connection = makeConnection(t);
    const transceiver = connection.addTransceiver('audio');
    const { codecs } = RTCRtpSender.getCapabilities('audio');

    const directory = await mkdtemp(join(tmpdir(), 'pcd-second-'));
    const { address, child } = await startService({ logFile: join(directory, 'service.log') });
    const second = await connect(address);
    try {
      for (const side of ['sender', 'receiver']) second.capabilities.audio[side].codecs = []; // It can do less.
      assert.throws(() => RTCRtpSender.getCapabilities('audio').codecs[0].mimeType, TypeError, 'statics are of the last one');
      const [elsewhere] = [new RTCPeerConnection()];
      t.after(() => elsewhere.close());
      assert.throws(() => elsewhere.addTransceiver('audio').setCodecPreferences(codecs), { name: 'InvalidModificationError' });
      transceiver.setCodecPreferences(codecs);
      assert.throws(() => connection.addTransceiver('audio', { sendEncodings: [{ codec: codecs[0] }] }), { name: 'NotSupportedError' });
    } finally {
      second.close();
      await child.stop();
      await rm(directory, { recursive: true });
    }
    assert.throws(() => new RTCPeerConnection(), { name: 'InvalidStateError' });
    transceiver.setCodecPreferences(codecs);
    assert.match((await connection.createOffer()).sdp, /m=audio/);
    assert.notEqual(held.service, second);
  });
});

describe('setParameters (5.2)', () => {
  useService();

  test('what is read-only is compared by its values, not by the order of its members', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const { sender } = a.addTransceiver('audio');
    await negotiate(a, b);
    const reversed = (value) => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).reverse().map(([key, member]) => [key, reversed(member)]));
    };
    const parameters = sender.getParameters();
    assert.ok(parameters.codecs.length > 1 && parameters.headerExtensions.length > 0);
    const { codecs: [first, ...others], headerExtensions: [extension, ...rest] } = parameters;
    for (const changed of [
      { codecs: others }, { codecs: [...others, first] }, { codecs: [{ ...first, payloadType: 1 }, ...others] },
      { codecs: [{ ...first, sdpFmtpLine: 'x' }, ...others] }, { headerExtensions: [{ ...extension, id: 99 }, ...rest] },
      { headerExtensions: [{ ...extension, encrypted: true }, ...rest] }, { rtcp: { ...parameters.rtcp, cname: 'x' } },
      { rtcp: { ...parameters.rtcp, reducedSize: !parameters.rtcp.reducedSize } }, { rtcp: null }, { encodings: [{ rid: 'x' }] },
    ]) {
      await assert.rejects(sender.setParameters({ ...parameters, ...changed }), { name: 'InvalidModificationError' }, JSON.stringify(changed));
    }
    for (const wrong of [{ codecs: [{}] }, { codecs: 1 }, { headerExtensions: [{ id: 1 }] }, { rtcp: 1 }, { encodings: 1 }]) {
      await assert.rejects(sender.setParameters({ ...parameters, ...wrong }), TypeError, JSON.stringify(wrong));
    }
    // Strings become what they say; what is unknown is left out.
    const same = reversed({ ...parameters, codecs: [{ ...first, payloadType: String(first.payloadType), other: 1 }, ...others] });
    same.encodings[0].maxBitrate = 5_000;
    await sender.setParameters(same);
    assert.equal(sender.getParameters().encodings[0].maxBitrate, 5_000);
  });
});

describe('a codec of one encoding (5.2, RTCRtpEncodingParameters)', () => {
  useService();

  test('addTransceiver: what cannot be sent is an OperationError; what can is not supported, and says so', (t) => {
    const connection = makeConnection(t);
    const add = (kind, ...sendEncodings) => connection.addTransceiver(kind, { sendEncodings });
    for (const codec of [{}, { mimeType: 'audio/opus' }, { clockRate: 1 }, 3]) assert.throws(() => add('audio', { codec }), TypeError);
    const [media] = RTCRtpSender.getCapabilities('video').codecs;
    for (const codec of [{ mimeType: 'video/none', clockRate: 90_000 }, { ...media, clockRate: 1 }, RTCRtpSender.getCapabilities('audio').codecs[0]]) {
      assert.throws(() => add('video', { codec }), { name: 'OperationError' });
    }
    assert.throws(() => add('video', { rid: 'a' }, { rid: 'b', codec: media }), { name: 'NotSupportedError' });
    assert.throws(() => add('video', { rid: '!', codec: media }), TypeError, 'what the specification checks before');
    assert.throws(() => add('video', { scaleResolutionDownBy: 0.5, codec: media }), RangeError);
    assert.deepEqual(connection.getTransceivers(), []);
    assert.equal(add('video', { codec: undefined }).sender.getParameters().encodings[0].codec, undefined);
  });

  test('setParameters: likewise, with InvalidModificationError; nothing changes', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const transceiver = a.addTransceiver('audio');
    const set = (codec) => {
      const parameters = transceiver.sender.getParameters();
      parameters.encodings[0].codec = codec;
      parameters.encodings[0].active = false;
      return transceiver.sender.setParameters(parameters);
    };
    const { codecs } = RTCRtpSender.getCapabilities('audio');
    const opus = codecs.find(({ mimeType }) => mimeType.toLowerCase() === 'audio/opus');
    const pcmu = codecs.find(({ mimeType }) => mimeType.toLowerCase() === 'audio/pcmu');
    await assert.rejects(set({ mimeType: 'audio/none', clockRate: 1 }), { name: 'InvalidModificationError' });
    await assert.rejects(set({}), TypeError);
    await assert.rejects(set(pcmu), { name: 'NotSupportedError' }, 'it can be sent');
    transceiver.setCodecPreferences([opus]);
    await assert.rejects(set(pcmu), { name: 'InvalidModificationError' }, 'it is not preferred');
    await assert.rejects(set(opus), { name: 'NotSupportedError' });
    await negotiate(a, b);
    assert.deepEqual(transceiver.sender.getParameters().codecs.map(({ mimeType }) => mimeType.toLowerCase()), ['audio/opus']);
    await assert.rejects(set(pcmu), { name: 'InvalidModificationError' }, 'it is not negotiated');
    await assert.rejects(set(transceiver.sender.getParameters().codecs[0]), { name: 'NotSupportedError' });
    assert.equal(transceiver.sender.getParameters().encodings[0].active, true);
    await set(undefined);
    assert.equal(transceiver.sender.getParameters().encodings[0].active, false);
  });
});

describe('more local tracks than the service has room for (5.2, replaceTrack)', () => {
  const held = useService({ args: ['--max-local-tracks=4'] });
  const tracksOf = async (connection) => {
    const { tracks } = await held.service.client.media.listTracks({ peerConnectionId: await idOf(connection) });
    return tracks.filter(({ origin }) => origin === 'TRACK_ORIGIN_LOCAL').map(({ trackId }) => trackId);
  };

  test('one after the other is sent, none is stopped, and none ends', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const tracks = Array.from({ length: 20 }, () => createMediaStreamTrack('video'));
    const udp = createMediaStreamTrack('audio', { source: { udp: { codec: { mimeType: 'audio/opus', clockRate: 48_000, channels: 2 } } } });
    const sender = a.addTrack(tracks[0]);
    const audio = a.addTransceiver('audio').sender;
    const arrived = new Promise((resolve) => (b.ontrack = ({ track }) => track.kind === 'video' && resolve(track)));
    await negotiate(a, b);
    const remote = await arrived;
    await audio.replaceTrack(udp);
    await audio.replaceTrack(null);
    for (const track of tracks.slice(1)) {
      await sender.replaceTrack(track);
      assert.equal(sender.track, track);
    }
    assert.ok((await tracksOf(a)).includes(udp.id), 'a UDP source is the last to make room');

    // What made room is sent again, while the events that tell of its end may still be on their way.
    for (const track of [tracks[0], tracks[5], tracks[0]]) await sender.replaceTrack(track);
    await nothingHappens();
    assert.deepEqual([...tracks, udp].map(({ readyState }) => readyState), Array(21).fill('live'));
    const ids = await tracksOf(a);
    assert.ok(ids.length <= 4 && ids.includes(tracks[0].id), ids.join());
    await until('its media flows', () => !remote.muted);
    assert.equal((await a.createOffer()).type, 'offer');
  });

  test('tracks that are sent are not taken away: one too many is refused, and the others flow on', TIMEOUT, async (t) => {
    const connection = makeConnection(t);
    const tracks = Array.from({ length: 4 }, () => createMediaStreamTrack('audio'));
    const senders = tracks.map((track) => connection.addTrack(track));
    const extra = connection.addTransceiver('audio').sender;
    await assert.rejects(extra.replaceTrack(createMediaStreamTrack('audio')), ({ cause }) => cause.reason === 'LIMIT_EXCEEDED');
    assert.deepEqual([extra.track, (await tracksOf(connection)).sort()], [null, tracks.map(({ id }) => id).sort()]);
    connection.removeTrack(senders[2]);
    await extra.replaceTrack(createMediaStreamTrack('audio'));
    assert.ok(!(await tracksOf(connection)).includes(tracks[2].id));
    assert.equal(tracks[2].readyState, 'live');
  });
});

describe('RTCDTMFSender (7)', () => {
  useService();

  test('neither a disabled track nor one that has ended keeps tones from being sent (7.3)', TIMEOUT, async (t) => {
    const [a, b] = makePair(t);
    const track = createMediaStreamTrack('audio');
    const sender = a.addTrack(track);
    await negotiate(a, b);
    await reaches(a, 'connectionstatechange', 'connectionState', 'connected');
    const { dtmf } = sender;
    const tones = [];
    dtmf.ontonechange = ({ tone }) => tones.push(tone);
    for (const change of [() => (track.enabled = false), () => track.stop()]) {
      change();
      assert.equal(dtmf.canInsertDTMF, true);
      dtmf.insertDTMF('12', 40, 30);
      assert.equal(dtmf.toneBuffer, '12');
      await until('both tones, and the end', () => tones.at(-1) === '');
      assert.deepEqual(tones.splice(0), ['1', '2', '']);
    }
  });
});

describe('a source of each connection and clone', () => {
  const held = useService();
  const portOf = async (connection, track) => {
    const { track: { source } } = await held.service.client.media.getTrack({ peerConnectionId: await idOf(connection), trackId: trackId(track) });
    return source.localRtp.port;
  };

  test('a UDP track listens once for each connection that sends it, and for each of its clones; each ends by itself', TIMEOUT, async (t) => {
    const codec = { mimeType: 'audio/opus', clockRate: 48_000, channels: 2 };
    const [a, b] = [makeConnection(t), makeConnection(t)];
    const track = createMediaStreamTrack('audio', { source: { udp: { codec } } });
    const copy = track.clone();
    a.addTrack(track);
    a.addTrack(copy);
    b.addTrack(track);
    await Promise.all([a.createOffer(), b.createOffer()]);
    const ports = [await portOf(a, track), await portOf(a, copy), await portOf(b, track)];
    assert.equal(new Set(ports).size, 3, ports.join());
    track.stop();
    await a.createOffer();
    assert.deepEqual([copy.readyState, await portOf(a, copy)], ['live', ports[1]]);
    await assert.rejects(portOf(a, track), { reason: 'TRACK_NOT_FOUND' });

    const bound = createMediaStreamTrack('audio', { source: { udp: { codec, bind: { host: '127.0.0.1', port: ports[1] } } } });
    const { sender } = b.addTransceiver('audio');
    await assert.rejects(sender.replaceTrack(bound), ({ cause }) => cause.reason === 'PORT_UNAVAILABLE');
    assert.equal(sender.track, null);
  });
});
