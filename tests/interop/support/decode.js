// ffmpeg or GStreamer as the receiver of one sink: what the service says in GetSinkSdp is all that it knows.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from '../../../clients/node/demo/lib/child.js';
import { openPortPair } from '../../../clients/node/demo/lib/ports.js';
import { until } from '../../../clients/node/demo/lib/wait.js';

const LISTEN_TIMEOUT_MS = 20_000;
const GSTREAMER = fileURLToPath(new URL('gstreamer_decoder.py', import.meta.url));

// By name, the command line that decodes what an SDP file says, and writes `frame=` and a number, or `out_time_us=`.
const PROGRAMS = {
  ffmpeg: (file) => ['ffmpeg',
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-progress', 'pipe:1', '-stats_period', '0.2'],
    ...['-protocol_whitelist', 'file,udp,rtp', '-i', file, '-f', 'null', '-']],
  gstreamer: (file) => ['/usr/bin/python3', GSTREAMER, file], // Debian's, which has Debian's packages.
};

// As hexadecimal in the kernel's table, in the column of local addresses.
async function isBound(port) {
  const ending = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const table = await readFile('/proc/net/udp', 'utf8');
  return table.split('\n').some((line) => line.trim().split(/\s+/)[1]?.endsWith(ending));
}

/** A program that decodes one sink and counts. */
export class SinkDecoder {
  #child;
  errors = '';
  frames = 0;
  seconds = 0;

  constructor(child) {
    this.#child = child;
    child.process.stdout.setEncoding('utf8').on('data', (text) => {
      for (const [, name, value] of text.matchAll(/^(frame|out_time_us)=(\d+)$/gm)) {
        if (name === 'frame') this.frames = Number(value);
        else this.seconds = Number(value) / 1e6;
      }
    });
    child.process.stderr.setEncoding('utf8').on('data', (text) => (this.errors += text));
  }

  /**
   * Makes a paused sink, starts the decoder on its SDP, and lets the sink begin when the decoder listens.
   * @param {import('node:test').TestContext} t
   * @param {import('./call.js').Call} call Negotiated.
   * @param {'audio' | 'video'} kind
   * @param {'ffmpeg' | 'gstreamer'} [program]
   */
  static async start(t, call, kind, program = 'ffmpeg') {
    const { client, peerConnectionId } = call;
    const pair = await openPortPair();
    const sinkId = `${kind}-decoder`;
    const selector = { kindAndOrdinal: { kind: kind === 'video' ? 'MEDIA_KIND_VIDEO' : 'MEDIA_KIND_AUDIO' } };
    await client.media.createSink({
      peerConnectionId,
      spec: { sinkId, selector, destination: { host: '127.0.0.1', port: pair.rtpPort }, paused: true },
    });
    const { sdp } = await client.media.getSinkSdp({ peerConnectionId, sinkIds: [sinkId] });
    const directory = await mkdtemp(join(tmpdir(), 'pcd-decode-'));
    t.after(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, 'sink.sdp'), sdp);
    await pair.close();
    const [command, ...args] = PROGRAMS[program](join(directory, 'sink.sdp'));
    const decoder = new SinkDecoder(startChild(command, args, { stdio: ['ignore', 'pipe', 'pipe'] }));
    t.after(() => decoder.stop());
    await until(`${program} listens`, () => isBound(pair.rtpPort), { timeoutMs: LISTEN_TIMEOUT_MS });
    await client.media.updateSink({
      peerConnectionId, sinkId, spec: { paused: false }, updateMask: { paths: ['paused'] },
    });
    decoder.sdp = sdp;
    return decoder;
  }

  stop() {
    return this.#child.stop();
  }
}
