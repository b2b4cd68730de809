// What ffmpeg encodes, through two connections of the service: RTP into the one, out of a sink of the other, byte for
// byte; and decoded. No browser, so that no codec depends on how one was built.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { after, before, describe, test } from 'node:test';
import { startChild } from '../../../clients/node/demo/lib/child.js';
import { HOST, openPortPair } from '../../../clients/node/demo/lib/ports.js';
import { parseRtp } from '../../../clients/node/demo/lib/rtp.js';
import { UdpSink } from '../../../clients/node/demo/lib/udp_sink.js';
import { delay, until } from '../../../clients/node/demo/lib/wait.js';
import { av1Units, ivfUnits, packetize } from '../support/av1.js';
import { Bench } from '../support/bench.js';
import { Capture, decodeVideo } from '../support/capture.js';
import { SinkDecoder } from '../support/decode.js';
import { assertUnbroken } from '../support/media.js';
import { ServicePair } from '../support/service_pair.js';

const run = promisify(execFile);
const TIMEOUT = { timeout: 60_000 };
const VIDEO = 'MEDIA_KIND_VIDEO';
const AUDIO = 'MEDIA_KIND_AUDIO';
const FRAMES = 20; // Decoded, at least.
const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=30', '-threads', '1', '-pix_fmt', 'yuv420p', '-g', '15'];
const ENCODERS = {
  H264: { flags: ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-b:v', '500k'] },
  H265: { flags: ['-c:v', 'libx265', '-preset', 'ultrafast', '-tune', 'zerolatency',
    '-x265-params', 'log-level=error:keyint=15:repeat-headers=1'] },
  // ffmpeg's receiver loses its way in VP9 when it does not begin with the first picture.
  VP9: { decoder: 'gstreamer', flags: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '500k',
    '-strict', 'experimental'] },
};
const AV1 = ['-c:v', 'libaom-av1', '-usage', 'realtime', '-cpu-used', '8', '-b:v', '500k', '-frames:v', '30', '-f', 'ivf'];
const MOST_BYTES = 1_100;

// Like a voice: of what is none, Opus says nothing twice.
const VOICE = ['-f', 'lavfi', '-i', 'aevalsrc=exprs=abs(sin(2*PI*2*t))*(0.3*sin(2*PI*150*t)+0.25*sin(2*PI*300*t)' +
  '+0.2*sin(2*PI*600*t)+0.15*sin(2*PI*1200*t)+0.1*sin(2*PI*2400*t)):s=48000'];
// `fec` alone is an option of ffmpeg's RTP, too.
const OPUS_FEC = ['-c:a', 'libopus', '-application', 'voip', '-b:a', '24k', '-fec:a', '1', '-packet_loss', '10'];

/** A pair with a source of one codec and a sink. */
async function forward(t, client, name, { kind = VIDEO, codec = { mimeType: `video/${name}`, clockRate: 90_000 } } = {}) {
  const pair = await ServicePair.create(t, client);
  const source = await pair.send(kind, codec);
  const sink = await UdpSink.open(codec.clockRate);
  t.after(() => sink.close());
  await client.media.createSink({
    peerConnectionId: pair.receiver,
    spec: { sinkId: 'sink', selector: { kindAndOrdinal: { kind } }, destination: sink.destination },
  });
  await pair.connect(t);
  return { pair, source, sink, capture: new Capture(sink) };
}

/** Hands on to a port what comes to one of its own, and keeps it. */
class Tee {
  payloads = [];

  constructor(ports, port) {
    this.port = ports.rtpPort;
    ports.rtp.on('message', (data) => {
      const { payloadStart, payloadBytes } = parseRtp(data);
      this.payloads.push(data.subarray(payloadStart, payloadStart + payloadBytes));
      ports.rtp.send(data, port, HOST);
    });
  }

  static async open(t, { port }) {
    const ports = await openPortPair();
    t.after(() => ports.close());
    return new Tee(ports, port);
  }
}

// Whether a packet of Opus has what the one before has, too (LBRR). With one frame of 20 ms in mono the first byte behind
// the TOC begins with two bits that say whether there is a voice, and this (RFC 6716, 3.1 and 4.2.3).
function repeatsTheLast(payload) {
  const [config, isStereo, code] = [payload[0] >> 3, (payload[0] & 4) !== 0, payload[0] & 3];
  assert.ok([1, 5, 9, 13, 15].includes(config), `config ${config}: SILK or hybrid, of 20 ms`);
  assert.deepEqual([isStereo, code], [false, 0], 'one frame in mono');
  return (payload[1] & 0x40) !== 0;
}

function assertSame(capture, payloads) {
  assert.equal(capture.packets.length, payloads.length, 'packets');
  const different = capture.payloads.findIndex((payload, i) => !payload.equals(payloads[i]));
  assert.equal(different, -1, 'a payload that differs');
}

describe('what ffmpeg encodes is forwarded', () => {
  const bench = new Bench();
  before(() => bench.start({ browser: false }));
  after(() => bench.stop());

  for (const [name, { flags, decoder: program }] of Object.entries(ENCODERS)) {
    test(`${name}: every byte, and it is decoded from what GetSinkSdp says`, TIMEOUT, async (t) => {
      const { pair, source, sink, capture } = await forward(t, bench.client, name);
      const tee = await Tee.open(t, source);
      const encoder = startChild('ffmpeg', [
        ...['-nostdin', '-nostats', '-loglevel', 'error', '-re', ...PICTURE, ...flags, '-payload_type', '96'],
        ...['-f', 'rtp', `rtp://${HOST}:${tee.port}?pkt_size=${MOST_BYTES}`],
      ], { stdio: ['ignore', 'ignore', 'inherit'] });
      t.after(() => encoder.stop());
      await until('media', () => sink.markers > 15); // The service has seen parameter sets, which its SDP says.
      const call = { client: bench.client, peerConnectionId: pair.receiver };
      const decoder = await SinkDecoder.start(t, call, 'video', program);
      await until(`${name} decoded`, () => decoder.frames >= FRAMES, { timeoutMs: 30_000 });
      await encoder.stop('SIGKILL');
      await until('the rest', () => sink.packets >= tee.payloads.length);
      assertUnbroken('video', sink);
      assertSame(capture, tee.payloads);
    });
  }

  test('Opus with forward error correction in it: every byte, and GetSinkSdp tells of it', TIMEOUT, async (t) => {
    const codec = { mimeType: 'audio/opus', clockRate: 48_000, channels: 2, sdpFmtpLine: 'minptime=10;useinbandfec=1' };
    const { pair, source, sink, capture } = await forward(t, bench.client, 'opus', { kind: AUDIO, codec });
    const tee = await Tee.open(t, source);
    const encoder = startChild('ffmpeg', [
      ...['-nostdin', '-nostats', '-loglevel', 'error', '-re', ...VOICE, ...OPUS_FEC, '-payload_type', '96'],
      ...['-f', 'rtp', `rtp://${HOST}:${tee.port}`],
    ], { stdio: ['ignore', 'ignore', 'inherit'] });
    t.after(() => encoder.stop());
    await until('media', () => sink.packets > 50);
    const call = { client: bench.client, peerConnectionId: pair.receiver };
    const { sdp } = await bench.client.media.getSinkSdp({ peerConnectionId: pair.receiver, sinkIds: ['sink'] });
    const [, type] = /^a=rtpmap:(\d+) opus\/48000\/2\r$/m.exec(sdp);
    assert.match(sdp, new RegExp(`^a=fmtp:${type} .*useinbandfec=1`, 'm'));
    const decoder = await SinkDecoder.start(t, call, 'audio');
    await until('a second decoded', () => decoder.seconds >= 1, { timeoutMs: 30_000 });
    await encoder.stop('SIGKILL');
    await until('the rest', () => sink.packets >= tee.payloads.length);
    assertUnbroken('audio', sink);
    assertSame(capture, tee.payloads);
    const repeating = capture.payloads.filter(repeatsTheLast).length;
    t.diagnostic(`${repeating} of ${capture.packets.length} packets repeat what the one before has`);
    assert.ok(repeating > 10, `${repeating} packets`);
  });

  test('AV1: every byte, and every frame is decoded', TIMEOUT, async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'pcd-av1-'));
    t.after(() => rm(directory, { recursive: true }));
    const [{ source, sink, capture }] = await Promise.all([
      forward(t, bench.client, 'AV1'),
      run('ffmpeg', ['-nostdin', '-loglevel', 'error', ...PICTURE, ...AV1, join(directory, 'sent.ivf')]),
    ]);
    const units = ivfUnits(await readFile(join(directory, 'sent.ivf')));
    const payloads = [];
    const socket = createSocket('udp4');
    t.after(() => new Promise((resolve) => socket.close(resolve)));
    for (const [i, unit] of units.entries()) {
      const pieces = packetize(unit, MOST_BYTES);
      for (const [j, payload] of pieces.entries()) {
        const header = Buffer.alloc(12);
        header[0] = 0x80;
        header[1] = 96 | (j + 1 === pieces.length ? 0x80 : 0);
        header.writeUInt16BE((65_530 + payloads.length) & 0xffff, 2); // Its numbers begin anew on the way.
        header.writeUInt32BE(3_000 * i, 4);
        header.writeUInt32BE(1, 8);
        payloads.push(payload);
        await new Promise((resolve, reject) => socket.send(Buffer.concat([header, payload]), source.port, HOST,
          (error) => (error ? reject(error) : resolve())));
      }
      await delay(10);
    }
    await until('all of it', () => sink.packets >= payloads.length);
    assertUnbroken('video', sink);
    assertSame(capture, payloads);
    assert.equal(await decodeVideo(av1Units(capture), join(directory, 'received'), 'AV01'), units.length);
  });
});
