// Writes what came to a sink into files, and has ffmpeg decode every frame of them.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Keeps a sink's payloads. */
export class Capture {
  packets = [];

  /** @param {import('../../../clients/node/demo/lib/udp_sink.js').UdpSink} sink */
  constructor(sink) {
    sink.onPacket = ({ timestamp, marker }, payload) => this.packets.push({ timestamp, marker, payload });
  }

  get payloads() {
    return this.packets.map(({ payload }) => payload);
  }
}

/** Length of the VP8 payload descriptor (RFC 7741, 4.2). */
export function vp8DescriptorLength(payload) {
  if ((payload[0] & 0x80) === 0) return 1;
  const extensions = payload[1];
  let length = 2;
  if (extensions & 0x80) length += payload[length] & 0x80 ? 2 : 1; // PictureID
  if (extensions & 0x40) length += 1; // TL0PICIDX
  if (extensions & 0x30) length += 1; // TID and KEYIDX
  return length;
}

/** Frames of a VP8 stream whose packets are in order. @param {Capture} capture @returns {Buffer[]} */
export function vp8Frames({ packets }) {
  const frames = [];
  let parts = [];
  for (const { marker, payload } of packets) {
    parts.push(payload.subarray(vp8DescriptorLength(payload)));
    if (!marker) continue;
    frames.push(Buffer.concat(parts));
    parts = [];
  }
  return frames; // What has no end was cut off when the test stopped.
}

function ivf(frames, fourCc) {
  const header = Buffer.alloc(32);
  header.write('DKIF', 0, 'latin1');
  header.writeUInt16LE(32, 6);
  header.write(fourCc, 8, 'latin1');
  // Its size is in VP8's key frame; AV1's decoder takes it from the stream alone.
  header.writeUInt16LE(fourCc === 'VP80' ? frames[0]?.readUInt16LE(6) & 0x3fff : 0, 12);
  header.writeUInt16LE(fourCc === 'VP80' ? frames[0]?.readUInt16LE(8) & 0x3fff : 0, 14);
  header.writeUInt32LE(30, 16);
  header.writeUInt32LE(1, 20);
  header.writeUInt32LE(frames.length, 24);
  const blocks = frames.flatMap((frame, i) => {
    const block = Buffer.alloc(12);
    block.writeUInt32LE(frame.length, 0);
    block.writeUInt32LE(i, 4);
    return [block, frame];
  });
  return Buffer.concat([header, ...blocks]);
}

const CRC = Uint32Array.from({ length: 256 }, (_, i) => {
  let value = i << 24;
  for (let bit = 0; bit < 8; ++bit) value = (value << 1) ^ (value < 0 ? 0x04c11db7 : 0);
  return value >>> 0;
});

// One page of an Ogg stream (RFC 3533, 6) with one packet.
function oggPage(packet, sequence, granule, flags) {
  const segments = [...new Array(Math.floor(packet.length / 255)).fill(255), packet.length % 255];
  const header = Buffer.alloc(27 + segments.length);
  header.write('OggS', 0, 'latin1');
  header[5] = flags;
  header.writeBigUInt64LE(BigInt(granule), 6);
  header.writeUInt32LE(1, 14);
  header.writeUInt32LE(sequence, 18);
  header[26] = segments.length;
  header.set(segments, 27);
  const page = Buffer.concat([header, packet]);
  let crc = 0;
  for (const byte of page) crc = ((crc << 8) ^ CRC[(crc >>> 24) ^ byte]) >>> 0;
  page.writeUInt32LE(crc, 22);
  return page;
}

// Opus in Ogg (RFC 7845).
function ogg(packets) {
  const head = Buffer.from('OpusHead\x01\x02\0\0\x80\xbb\0\0\0\0\0', 'latin1');
  const tags = Buffer.from('OpusTags\x04\0\0\0test\0\0\0\0', 'latin1');
  return Buffer.concat([
    oggPage(head, 0, 0, 2),
    oggPage(tags, 1, 0, 0),
    ...packets.map((packet, i) => oggPage(packet, i + 2, 960 * (i + 1), i + 1 === packets.length ? 4 : 0)),
  ]);
}

async function decode(path) {
  const { stdout, stderr } = await run('ffprobe', ['-v', 'error', '-count_frames', '-show_entries', 'stream=nb_read_frames',
    '-of', 'csv=p=0', path]);
  if (stderr !== '') throw new Error(`${path}: ${stderr}`);
  return Number(stdout);
}

/**
 * How many of the frames decode.
 * @param {Buffer[]} frames @param {string} stem Of a file to write. @param {'VP80' | 'AV01'} [fourCc] Their codec.
 */
export async function decodeVideo(frames, stem, fourCc = 'VP80') {
  await writeFile(`${stem}.ivf`, ivf(frames, fourCc));
  return decode(`${stem}.ivf`);
}

/** How many of the Opus packets decode. @param {Buffer[]} packets @param {string} stem */
export async function decodeAudio(packets, stem) {
  await writeFile(`${stem}.opus`, ogg(packets));
  return decode(`${stem}.opus`);
}

const RATE = 48_000;

/**
 * Decodes the first second of Opus packets in stereo.
 * @param {Buffer[]} packets @param {string} stem
 * @returns {Promise<{left: number, right: number}>} How often each side crosses zero upwards: the tone, in Hz.
 */
export async function decodeStereo(packets, stem) {
  await writeFile(`${stem}.opus`, ogg(packets.slice(0, 50)));
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', `${stem}.opus`, '-f', 's16le', '-ar', `${RATE}`, '-ac', '2', '-'],
    { encoding: 'buffer', maxBuffer: 1 << 24 });
  const count = stdout.length / 4;
  const tone = (side) => {
    let crossings = 0;
    for (let i = 1; i < count; ++i) {
      if (stdout.readInt16LE(4 * i + side - 4) < 0 && stdout.readInt16LE(4 * i + side) >= 0) ++crossings;
    }
    return (crossings * RATE) / count;
  };
  return { left: tone(0), right: tone(2) };
}
