// Reads RTP (RFC 3550, 5.1) and RTCP (RFC 3550, 6), as far as a receiver needs that checks what it gets.

const RTP_VERSION = 2;
const RTCP_SENDER_REPORT = 200;
const RTCP_BYE = 203;
const NTP_EPOCH_OFFSET_SECONDS = 2_208_988_800; // From 1900 to 1970.

/**
 * @typedef {object} RtpPacket
 * @property {boolean} marker
 * @property {number} payloadType
 * @property {number} sequence
 * @property {number} timestamp
 * @property {number} ssrc
 * @property {number} payloadStart Offset of the payload.
 * @property {number} payloadBytes Without padding.
 */

/**
 * Parses one RTP packet.
 * @param {Buffer} data
 * @returns {RtpPacket | null} Null: not a valid packet.
 */
export function parseRtp(data) {
  if (data.length < 12 || data[0] >> 6 !== RTP_VERSION) return null;
  let payloadStart = 12 + 4 * (data[0] & 0x0f);
  if (data[0] & 0x10) {
    if (data.length < payloadStart + 4) return null;
    payloadStart += 4 + 4 * data.readUInt16BE(payloadStart + 2);
  }
  const padding = data[0] & 0x20 ? data[data.length - 1] : 0;
  const payloadBytes = data.length - payloadStart - padding;
  if (payloadBytes < 0 || (data[0] & 0x20 && padding === 0)) return null;
  return {
    marker: (data[1] & 0x80) !== 0,
    payloadType: data[1] & 0x7f,
    sequence: data.readUInt16BE(2),
    timestamp: data.readUInt32BE(4),
    ssrc: data.readUInt32BE(8),
    payloadStart,
    payloadBytes,
  };
}

/** Whether a datagram is RTCP where RTP and RTCP share a port (RFC 5761, 4). */
export const isRtcp = (data) => data.length >= 2 && data[1] >= 192 && data[1] <= 223;

/**
 * @typedef {object} SenderReport
 * @property {number} ssrc
 * @property {number} timeMs Its NTP time as milliseconds since 1970.
 * @property {number} rtpTimestamp
 * @property {number} packetCount
 * @property {number} octetCount
 */

function senderReport(body) {
  const seconds = body.readUInt32BE(8) - NTP_EPOCH_OFFSET_SECONDS;
  return {
    ssrc: body.readUInt32BE(4),
    timeMs: seconds * 1000 + (body.readUInt32BE(12) / 2 ** 32) * 1000,
    rtpTimestamp: body.readUInt32BE(16),
    packetCount: body.readUInt32BE(20),
    octetCount: body.readUInt32BE(24),
  };
}

/**
 * Parses an RTCP compound.
 * @param {Buffer} data
 * @returns {{types: number[], senderReports: SenderReport[], byes: number[]} | null} Null: malformed.
 */
export function parseRtcp(data) {
  const result = { types: [], senderReports: [], byes: [] };
  for (let at = 0; at < data.length; ) {
    if (data.length - at < 4 || data[at] >> 6 !== RTP_VERSION) return null;
    const length = 4 * (data.readUInt16BE(at + 2) + 1);
    if (at + length > data.length) return null;
    const body = data.subarray(at, at + length);
    const type = body[1];
    result.types.push(type);
    if (type === RTCP_SENDER_REPORT) {
      if (length < 28) return null;
      result.senderReports.push(senderReport(body));
    } else if (type === RTCP_BYE) {
      for (let i = 0; i < (body[0] & 0x1f) && 8 + 4 * i <= length; ++i) result.byes.push(body.readUInt32BE(4 + 4 * i));
    }
    at += length;
  }
  return result.types.length > 0 ? result : null;
}
