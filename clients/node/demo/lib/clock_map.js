// Do the sender reports of a stream map its RTP timestamps to the time at which the packets were sent?

const HALF = 2 ** 31;

/** a - b for 32-bit RTP timestamps, from -2^31 to 2^31 - 1. */
export const timestampDifference = (a, b) => ((a - b + HALF + 2 ** 32) % 2 ** 32) - HALF;

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Collects sender reports and packets of one RTP stream. */
export class ClockMap {
  #reports = [];
  #packets = [];

  /** @param {number} clockRate In Hz. */
  constructor(clockRate) {
    this.clockRate = clockRate;
  }

  /** @param {{timeMs: number, rtpTimestamp: number}} report */
  addReport({ timeMs, rtpTimestamp }) {
    this.#reports.push({ timeMs, rtpTimestamp });
  }

  /** @param {number} rtpTimestamp @param {number} arrivalMs Since 1970. */
  addPacket(rtpTimestamp, arrivalMs) {
    this.#packets.push({ rtpTimestamp, arrivalMs, reports: this.#reports.length });
  }

  // How much longer it took from report `a` to report `b`, or to a packet, by the wall clock than by the RTP clock.
  #apart(a, b, elapsedMs) {
    return elapsedMs - (timestampDifference(b.rtpTimestamp, a.rtpTimestamp) / this.clockRate) * 1000;
  }

  /**
   * What the reports say.
   * @returns {{reports: number, spanMs: number, driftMs: number, delayMs: number}} `spanMs`: time from the first to the
   *   last report. `driftMs`: how far the RTP clock and the NTP clock of the reports move apart in that time, by the median
   *   pace of all pairs of reports: one that was made late says little; NaN without two reports. `delayMs`: the median time
   *   between a packet's timestamp and its arrival, mapped as a receiver does, by the last report that came before it, or
   *   the first; NaN without report or packet.
   */
  result() {
    const reports = this.#reports;
    if (reports.length === 0) return { reports: 0, spanMs: 0, driftMs: NaN, delayMs: NaN };
    const spanMs = reports[reports.length - 1].timeMs - reports[0].timeMs;
    const paces = reports.flatMap((a, i) =>
      reports.slice(i + 1).filter((b) => b.timeMs > a.timeMs)
        .map((b) => this.#apart(a, b, b.timeMs - a.timeMs) / (b.timeMs - a.timeMs)));
    const delays = this.#packets.map((packet) => {
      const report = reports[Math.max(packet.reports - 1, 0)];
      return this.#apart(report, packet, packet.arrivalMs - report.timeMs);
    });
    return {
      reports: reports.length,
      spanMs,
      driftMs: paces.length > 0 ? Math.abs(median(paces)) * spanMs : NaN,
      delayMs: delays.length > 0 ? median(delays) : NaN,
    };
  }
}
