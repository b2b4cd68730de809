// Turns statistics reports of the service into rates per stream.

/**
 * @typedef {object} Rates
 * @property {number} kilobitsPerSecond Payload.
 * @property {number} packets Received in all.
 * @property {number} lost In all, as RFC 3550 counts.
 */

/** Follows the `inbound-rtp` entries of one connection. */
export class InboundRates {
  #last = new Map();

  /**
   * @param {{stats: Record<string, object>}} report
   * @param {number} nowMs When it was taken.
   * @returns {{audio: Rates, video: Rates}}
   */
  update({ stats }, nowMs) {
    const rates = { audio: noRates(), video: noRates() };
    for (const [id, { inboundRtp }] of Object.entries(stats)) {
      if (!inboundRtp) continue;
      const kind = inboundRtp.kind === 'MEDIA_KIND_VIDEO' ? 'video' : 'audio';
      const { bytesReceived = 0, packetsReceived = 0, packetsLost = 0 } = inboundRtp;
      const last = this.#last.get(id);
      if (last && nowMs > last.nowMs) {
        rates[kind].kilobitsPerSecond += (8 * (bytesReceived - last.bytesReceived)) / (nowMs - last.nowMs);
      }
      rates[kind].packets += packetsReceived;
      rates[kind].lost += packetsLost;
      this.#last.set(id, { bytesReceived, nowMs });
    }
    return rates;
  }
}

const noRates = () => ({ kilobitsPerSecond: 0, packets: 0, lost: 0 });
