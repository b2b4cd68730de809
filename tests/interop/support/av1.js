// AV1 in RTP (https://aomediacodec.github.io/av1-rtp-spec/), which Debian's ffmpeg and GStreamer do not know: temporal
// units to payloads and back.
const DESCRIPTOR = { first: 0x80, last: 0x40, newSequence: 0x08 }; // Z, Y, N.
const OBU_HAS_SIZE = 0x02;
const OBU_HAS_EXTENSION = 0x04;
const OBU_SEQUENCE_HEADER = 1;
const OBU_TEMPORAL_DELIMITER = 2;

const typeOf = (obu) => (obu[0] >> 3) & 0x0f;

function leb128(value) {
  const bytes = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>>= 7;
  } while (value > 0);
  return Buffer.from(bytes);
}

// @returns {[number, number]} The value, and where it ends.
function readLeb128(data, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    if (at >= data.length || shift > 28) throw new Error('leb128: it has no end');
    const byte = data[at++];
    value |= (byte & 0x7f) << shift;
    if ((byte & 0x80) === 0) return [value, at];
  }
}

/** The units of an IVF file. @param {Buffer} ivf @returns {Buffer[]} */
export function ivfUnits(ivf) {
  const units = [];
  for (let at = 32; at + 12 <= ivf.length; ) {
    const length = ivf.readUInt32LE(at);
    units.push(ivf.subarray(at + 12, at + 12 + length));
    at += 12 + length;
  }
  return units;
}

// Open Bitstream Units without their sizes: RTP has them.
function obusOf(unit) {
  const obus = [];
  for (let at = 0; at < unit.length; ) {
    const header = 1 + (unit[at] & OBU_HAS_EXTENSION ? 1 : 0);
    const [length, begin] = readLeb128(unit, at + header);
    const head = Buffer.from(unit.subarray(at, at + header));
    head[0] &= ~OBU_HAS_SIZE;
    obus.push(Buffer.concat([head, unit.subarray(begin, begin + length)]));
    at = begin + length;
  }
  return obus;
}

/** Payloads for one temporal unit, each with one piece of one OBU. @param {Buffer} unit @param {number} most Bytes. */
export function packetize(unit, most) {
  const obus = obusOf(unit).filter((obu) => typeOf(obu) !== OBU_TEMPORAL_DELIMITER);
  const isNew = obus.some((obu) => typeOf(obu) === OBU_SEQUENCE_HEADER);
  const payloads = [];
  for (const obu of obus) {
    for (let at = 0; at < obu.length; ) {
      const piece = obu.subarray(at, at + most);
      const flags = (at > 0 ? DESCRIPTOR.first : 0) | (at + piece.length < obu.length ? DESCRIPTOR.last : 0) |
        (isNew && payloads.length === 0 ? DESCRIPTOR.newSequence : 0);
      payloads.push(Buffer.concat([Buffer.from([flags]), leb128(piece.length), piece]));
      at += piece.length;
    }
  }
  return payloads;
}

// The OBU elements of a payload, whether the first goes on with one of before, and whether the last is not at its end.
function elementsOf(payload) {
  const count = (payload[0] >> 4) & 3; // 0: each has its length; else the last has none.
  const elements = [];
  for (let at = 1; at < payload.length; ) {
    let length = payload.length - at;
    if (elements.length + 1 !== count) [length, at] = readLeb128(payload, at);
    elements.push(payload.subarray(at, at + length));
    at += length;
  }
  return { elements, continues: payload[0] & DESCRIPTOR.first, goesOn: payload[0] & DESCRIPTOR.last };
}

// An OBU as files have it: with its size.
function withSize(obu) {
  const header = 1 + (obu[0] & OBU_HAS_EXTENSION ? 1 : 0);
  const head = Buffer.from(obu.subarray(0, header));
  head[0] |= OBU_HAS_SIZE;
  return Buffer.concat([head, leb128(obu.length - header), obu.subarray(header)]);
}

/**
 * Temporal units of a stream whose packets are in order, each with its delimiter.
 * @param {{packets: Array<{marker: boolean, payload: Buffer}>}} capture
 * @returns {Buffer[]}
 */
export function av1Units({ packets }) {
  const units = [];
  let obus = [];
  let goesOn = false;
  for (const { marker, payload } of packets) {
    const { elements, ...here } = elementsOf(payload);
    elements.forEach((element, i) => {
      if (i === 0 && Boolean(here.continues) !== goesOn) throw new Error('AV1: a piece of an OBU is missing');
      if (i === 0 && here.continues) obus.push(Buffer.concat([obus.pop(), element]));
      else obus.push(element);
    });
    goesOn = Boolean(here.goesOn);
    if (!marker) continue;
    units.push(Buffer.concat([Buffer.from([(OBU_TEMPORAL_DELIMITER << 3) | OBU_HAS_SIZE, 0]), ...obus.map(withSize)]));
    obus = [];
  }
  return units; // What has no end was cut off when the test stopped.
}
