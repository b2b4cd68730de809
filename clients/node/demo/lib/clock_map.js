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
    this.#packets.push({ rtpTimestamp, arrivalMs });
  }

  #milliseconds(ticks) {
    return (ticks / this.clockRate) * 1000;
  }

  /**
   * What the reports say.
   * @returns {{reports: number, spanMs: number, driftMs: number, delayMs: number}} `spanMs`: time from the first to the
   *   last report. `driftMs`: how far the RTP clock and the NTP clock of the reports move apart at most; NaN without two
   *   reports. `delayMs`: the median time between a packet's timestamp, mapped by the reports, and its arrival; NaN
   *   without report or packet.
   */
  result() {
    const [first] = this.#reports;
    if (!first) return { reports: 0, spanMs: 0, driftMs: NaN, delayMs: NaN };
    const drifts = this.#reports.slice(1).map(({ timeMs, rtpTimestamp }) =>
      Math.abs(timeMs - first.timeMs - this.#milliseconds(timestampDifference(rtpTimestamp, first.rtpTimestamp))));
    const delays = this.#packets.map(({ rtpTimestamp, arrivalMs }) =>
      arrivalMs - first.timeMs - this.#milliseconds(timestampDifference(rtpTimestamp, first.rtpTimestamp)));
    return {
      reports: this.#reports.length,
      spanMs: this.#reports[this.#reports.length - 1].timeMs - first.timeMs,
      driftMs: drifts.length > 0 ? Math.max(...drifts) : NaN,
      delayMs: delays.length > 0 ? median(delays) : NaN,
    };
  }
}
