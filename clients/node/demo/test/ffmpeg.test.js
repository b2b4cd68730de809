import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startChild } from '../lib/child.js';
import * as check from '../lib/checks.js';
import { Decoder } from '../lib/ffmpeg.js';
import { measurePictures, measureSound } from '../lib/output.js';
import { HOST, openPortPair } from '../lib/ports.js';
import { until } from '../lib/wait.js';

const sdpOf = (video, audio) =>
  ['v=0', `o=- 0 0 IN IP4 ${HOST}`, 's=test', `c=IN IP4 ${HOST}`, 't=0 0', `m=video ${video} RTP/AVP 96`,
    'a=rtpmap:96 VP8/90000', `m=audio ${audio} RTP/AVP 111`, 'a=rtpmap:111 opus/48000/2', ''].join('\r\n');

// A second ffmpeg sends a test picture and a tone.
const sender = (video, audio) =>
  startChild('ffmpeg', [
    ...['-nostats', '-loglevel', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=30', '-re', '-f', 'lavfi'],
    ...['-i', 'sine=frequency=440:sample_rate=48000', '-map', '0', '-c:v', 'libvpx', '-deadline', 'realtime', '-g', '30'],
    ...['-payload_type', '96', '-f', 'rtp', `rtp://${HOST}:${video}?pkt_size=1200`, '-map', '1', '-c:a', 'libopus', '-ac', '2'],
    ...['-payload_type', '111', '-f', 'rtp', `rtp://${HOST}:${audio}`],
  ], { stdio: ['ignore', 'ignore', 'inherit'] });

test('ffmpeg decodes what is sent to the ports of an SDP', { timeout: 60_000 }, async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'pcd-demo-'));
  t.after(() => rm(directory, { recursive: true }));
  const pairs = [await openPortPair(), await openPortPair()];
  await Promise.all(pairs.map((pair) => pair.close()));
  const ports = pairs.map(({ rtpPort }) => rtpPort);

  const decoder = await Decoder.start({ sdp: sdpOf(...ports), ports, directory });
  t.after(() => decoder.stop());
  const source = sender(...ports);
  t.after(() => source.stop());
  await until('frames', () => decoder.frames >= 90, { timeoutMs: 40_000 });
  assert.equal(await decoder.finish(), 'exit status 0');

  for (const { ok, name, measured } of check.pictures(await measurePictures(directory))) assert.ok(ok, `${name}: ${measured}`);
  const sound = await measureSound(directory);
  assert.ok(check.soundIsAudible(sound).ok, JSON.stringify(sound));
  assert.ok(sound.seconds > 1, `${sound.seconds} s`);
});
