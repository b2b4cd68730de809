// Three seconds of VP8 and Opus as RTP, made by ffmpeg: for peers that pass media on and do not encode it. What is
// known to the byte can be compared to the byte.
import { openPortPair } from '../../../clients/node/demo/lib/ports.js';
import { startChild } from '../../../clients/node/demo/lib/child.js';
import { parseRtp } from '../../../clients/node/demo/lib/rtp.js';
import { delay, within } from '../../../clients/node/demo/lib/wait.js';
import { createSocket } from 'node:dgram';

const SECONDS = 3;
const HOST = '127.0.0.1';
const KINDS = ['video', 'audio'];

const commandLine = ({ video, audio }) => [
  ...['-nostats', '-loglevel', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=30'],
  ...['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
  ...['-map', '0', '-t', SECONDS, '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '500k', '-g', '30'],
  ...['-payload_type', '96', '-f', 'rtp', `rtp://${HOST}:${video}?pkt_size=1100`],
  ...['-map', '1', '-t', SECONDS, '-c:a', 'libopus', '-ac', '2'],
  ...['-payload_type', '111', '-f', 'rtp', `rtp://${HOST}:${audio}`],
].map(String);

/** RTP packets with the times at which they were sent. */
export class Recording {
  /** @type {Array<{kind: 'audio' | 'video', atMs: number, data: Buffer, payload: Buffer}>} */
  packets = [];

  /** Makes one. @returns {Promise<Recording>} */
  static async make() {
    const recording = new Recording();
    const pairs = { video: await openPortPair(), audio: await openPortPair() };
    for (const kind of KINDS) pairs[kind].rtp.on('message', (data) => recording.#add(kind, data));
    const child = startChild('ffmpeg', commandLine({ video: pairs.video.rtpPort, audio: pairs.audio.rtpPort }),
      { stdio: ['ignore', 'ignore', 'inherit'] });
    const how = await within(child.ended, 'the recording', 30_000).finally(() => child.stop());
    await delay(50); // What is in the sockets' buffers.
    await Promise.all(KINDS.map((kind) => pairs[kind].close()));
    if (how !== 'exit status 0') throw new Error(`ffmpeg: ${how}`);
    return recording;
  }

  #add(kind, data) {
    const { payloadStart } = parseRtp(data);
    this.packets.push({ kind, atMs: performance.now(), data, payload: data.subarray(payloadStart) });
  }

  /** Payloads of one kind in order. @param {string} kind @returns {Buffer[]} */
  payloads(kind) {
    return this.packets.filter((packet) => packet.kind === kind).map(({ payload }) => payload);
  }

  /** Sends it to two ports of loopback, in the time that it took. @param {{audio: number, video: number}} ports */
  async play(ports) {
    const socket = createSocket('udp4');
    const began = performance.now();
    const [{ atMs: first }] = this.packets;
    for (const { kind, atMs, data } of this.packets) {
      const wait = atMs - first - (performance.now() - began);
      if (wait > 1) await delay(wait);
      await new Promise((resolve, reject) => socket.send(data, ports[kind], HOST, (error) => (error ? reject(error) : resolve())));
    }
    await new Promise((resolve) => socket.close(resolve));
  }
}
