// An independent receiver of one sink: plain UDP sockets that count and check what arrives.
import { ClockMap } from './clock_map.js';
import { HOST, openPortPair } from './ports.js';
import { parseRtcp, parseRtp } from './rtp.js';
import { SequenceCheck } from './sequence.js';

// A packet and a report come through two sockets, which a busy process reads in any order. Reports are a second apart.
const REST_MS = 500;

/** Receives RTP and RTCP of one track. */
export class UdpSink {
  #pair;
  sequence = new SequenceCheck();
  ssrcs = new Set();
  payloadTypes = new Set();
  datagrams = 0;
  payloadBytes = 0;
  /** Packets with the marker bit: ends of video frames. */
  markers = 0;
  malformed = 0;
  rtcpPackets = 0;
  /** SSRCs of BYE packets. */
  byes = [];
  /** The last sender report. @type {(import('./rtp.js').SenderReport & {arrivalMs: number}) | null} */
  lastReport = null;
  #lastPacketMs = 0;
  /** Takes each packet and its payload, for whoever looks into them. @type {(packet: object, payload: Buffer) => void} */
  onPacket = () => {};

  /** @param {import('./ports.js').PortPair} pair @param {number} clockRate */
  constructor(pair, clockRate) {
    this.#pair = pair;
    this.clock = new ClockMap(clockRate);
    pair.rtp.on('message', (data) => this.#onRtp(data));
    pair.rtcp.on('message', (data) => this.#onRtcp(data));
  }

  /** @param {number} clockRate Of the track's codec, in Hz. @returns {Promise<UdpSink>} */
  static async open(clockRate) {
    return new UdpSink(await openPortPair(), clockRate);
  }

  /** Where the service shall send: `SinkSpec.destination`. */
  get destination() {
    return { host: HOST, port: this.#pair.rtpPort };
  }

  /** RTP packets that arrived. */
  get packets() {
    return this.sequence.received;
  }

  /** Whether the last sender report was made when all packets had come. */
  get isReportedAtRest() {
    return this.lastReport !== null && this.lastReport.arrivalMs - this.#lastPacketMs >= REST_MS;
  }

  /** @returns {Promise<void>} */
  close() {
    return this.#pair.close();
  }

  #onRtp(data) {
    ++this.datagrams;
    const packet = parseRtp(data);
    if (!packet) {
      ++this.malformed;
      return;
    }
    this.payloadBytes += packet.payloadBytes;
    if (packet.marker) ++this.markers;
    this.sequence.add(packet.sequence);
    this.#lastPacketMs = performance.now();
    this.ssrcs.add(packet.ssrc);
    this.payloadTypes.add(packet.payloadType);
    this.clock.addPacket(packet.timestamp, Date.now());
    this.onPacket(packet, data.subarray(packet.payloadStart, packet.payloadStart + packet.payloadBytes));
  }

  #onRtcp(data) {
    ++this.datagrams;
    const compound = parseRtcp(data);
    if (!compound) {
      ++this.malformed;
      return;
    }
    ++this.rtcpPackets;
    this.byes.push(...compound.byes);
    for (const report of compound.senderReports) {
      this.clock.addReport(report);
      this.ssrcs.add(report.ssrc);
      this.lastReport = { ...report, arrivalMs: performance.now() };
    }
  }
}
