// ffmpeg as the consumer of sinks: decodes their video and audio into two pictures and a sound file.
import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild } from './child.js';
import { Timeout, until, within } from './wait.js';

const SNAPSHOTS = [10, 70]; // Numbers of the frames that become pictures, from 0.

/** Names of what it leaves in its directory. */
export const OUTPUT = {
  sdp: 'sinks.sdp',
  pictures: ['frame-1.png', 'frame-2.png'],
  sound: 'audio.wav',
  log: 'ffmpeg.log',
};

function commandLine(directory) {
  const select = SNAPSHOTS.map((n) => `eq(n,${n})`).join('+');
  return [
    ...['-nostats', '-y', '-loglevel', 'info', '-progress', 'pipe:1', '-stats_period', '0.1'],
    // An SDP file may only name protocols that are allowed here.
    ...['-protocol_whitelist', 'file,udp,rtp'],
    // Room for a key frame's burst of packets.
    ...['-buffer_size', '2000000'],
    ...['-i', join(directory, OUTPUT.sdp)],
    // The first output counts: every decoded frame goes through, none is doubled or dropped to keep a rate.
    ...['-filter_complex', `[0:v]split=2[all][some];[some]select='${select}'[chosen]`],
    ...['-map', '[all]', '-fps_mode', 'passthrough', '-f', 'null', '-'],
    ...['-map', '[chosen]', '-fps_mode', 'passthrough', '-threads', '1', join(directory, 'frame-%d.png')],
    ...['-map', '0:a', '-c:a', 'pcm_s16le', join(directory, OUTPUT.sound)],
  ];
}

// A port that a process has bound shows in the kernel's table (/proc/net/udp) as the local address, in hexadecimal.
// The sinks' own sockets show it too, as their remote address: that column does not count.
async function isBound(port) {
  const ending = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const tables = await Promise.all(['udp', 'udp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')));
  return tables.some((table) => table.split('\n').some((line) => line.trim().split(/\s+/)[1]?.endsWith(ending)));
}

/** A running ffmpeg. */
export class Decoder {
  #child;
  #progress = '';
  /** Video frames decoded so far. */
  frames = 0;
  /** When the last of them was reported, as performance.now(). */
  lastFrameAt = NaN;

  constructor(child) {
    this.#child = child;
    child.process.stdout.setEncoding('utf8').on('data', (text) => this.#onProgress(text));
  }

  /**
   * Starts ffmpeg and waits until it listens.
   * @param {{sdp: string, ports: number[], directory: string}} options `ports`: those that it shall listen on, RTP and RTCP.
   * @returns {Promise<Decoder>}
   */
  static async start({ sdp, ports, directory }) {
    await writeFile(join(directory, OUTPUT.sdp), sdp);
    const child = startChild('ffmpeg', commandLine(directory), { stdio: ['pipe', 'pipe', 'pipe'] });
    child.process.stdin.on('error', () => {}); // It may be gone when it is asked to end.
    child.process.stderr.pipe(createWriteStream(join(directory, OUTPUT.log)));
    const decoder = new Decoder(child);
    await until('ffmpeg listens on its ports', async () => {
      if (child.howEnded !== null) throw new Error(`ffmpeg ended too early (${child.howEnded}); see ${OUTPUT.log}`);
      return (await Promise.all(ports.map(isBound))).every(Boolean);
    });
    return decoder;
  }

  #onProgress(text) {
    this.#progress += text;
    const lines = this.#progress.split('\n');
    this.#progress = lines.pop();
    for (const line of lines) {
      if (!line.startsWith('frame=')) continue;
      const frames = Number(line.slice('frame='.length));
      if (frames > this.frames) this.lastFrameAt = performance.now();
      this.frames = frames;
    }
  }

  /** How it ended; null while it runs. */
  get howEnded() {
    return this.#child.howEnded;
  }

  /** Has it write what it holds and end. @returns {Promise<string>} How it ended. */
  async finish() {
    if (this.howEnded === null) this.#child.process.stdin.write('q');
    try {
      return await within(this.#child.ended, 'ffmpeg', 8_000);
    } catch (error) {
      if (!(error instanceof Timeout)) throw error;
      return this.#child.stop('SIGINT');
    }
  }

  /** Ends it without regard to its files. @returns {Promise<string>} */
  stop() {
    return this.#child.stop();
  }
}
