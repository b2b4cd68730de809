// Reads the PNG files that ffmpeg writes (8 bits a sample, not interlaced), to tell pictures from plain surfaces.
import { inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const CHANNELS = { 0: 1, 2: 3, 4: 2, 6: 4 };

/**
 * @typedef {object} Picture
 * @property {number} width
 * @property {number} height
 * @property {number} channels Samples of one pixel.
 * @property {Buffer} samples Row by row.
 */

/**
 * Decodes a PNG.
 * @param {Buffer} file
 * @returns {Picture}
 */
export function decodePng(file) {
  if (!file.subarray(0, 8).equals(SIGNATURE)) throw new Error('not a PNG file');
  let header;
  const data = [];
  for (let at = 8; at + 12 <= file.length; ) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    const body = file.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') header = body;
    if (type === 'IDAT') data.push(body);
    if (type === 'IEND') break;
    at += 12 + length;
  }
  if (!header || header.length < 13) throw new Error('PNG without header');
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const channels = CHANNELS[header[9]];
  if (header[8] !== 8 || !channels || header[12] !== 0) throw new Error('unsupported form of PNG');
  const rows = inflateSync(Buffer.concat(data));
  if (rows.length < height * (1 + width * channels)) throw new Error('PNG is cut short');
  return { width, height, channels, samples: unfilter(rows, width * channels, height, channels) };
}

// PNG (third edition), 9: each row says how its bytes were predicted.
function unfilter(rows, stride, height, step) {
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; ++y) {
    const filter = rows[y * (stride + 1)];
    const predict = PREDICTORS[filter];
    if (!predict) throw new Error(`PNG filter ${filter}`);
    for (let x = 0; x < stride; ++x) {
      const at = y * stride + x;
      const left = x >= step ? out[at - step] : 0;
      const up = y > 0 ? out[at - stride] : 0;
      const corner = x >= step && y > 0 ? out[at - stride - step] : 0;
      out[at] = rows[y * (stride + 1) + 1 + x] + predict(left, up, corner);
    }
  }
  return out;
}

const PREDICTORS = [
  () => 0,
  (left) => left,
  (left, up) => up,
  (left, up) => (left + up) >> 1,
  (left, up, corner) => {
    const estimate = left + up - corner;
    const toLeft = Math.abs(estimate - left);
    const toUp = Math.abs(estimate - up);
    const toCorner = Math.abs(estimate - corner);
    if (toLeft <= toUp && toLeft <= toCorner) return left;
    return toUp <= toCorner ? up : corner;
  },
];

/**
 * Standard deviation of the samples of that channel which varies most; 0 for a plain surface of any colour.
 * @param {Picture} picture
 */
export function deviation({ channels, samples }) {
  const count = samples.length / channels;
  let greatest = 0;
  for (let channel = 0; channel < channels; ++channel) {
    let sum = 0;
    let squares = 0;
    for (let at = channel; at < samples.length; at += channels) {
      sum += samples[at];
      squares += samples[at] * samples[at];
    }
    greatest = Math.max(greatest, squares / count - (sum / count) ** 2);
  }
  return Math.sqrt(greatest);
}

/**
 * Share of pixels of which a sample differs by more than `threshold`; 1 if the pictures differ in shape.
 * @param {Picture} a
 * @param {Picture} b
 * @param {number} [threshold] Above what compression alone does.
 */
export function shareOfDifferentPixels(a, b, threshold = 24) {
  if (a.width !== b.width || a.height !== b.height || a.channels !== b.channels) return 1;
  let different = 0;
  for (let at = 0; at < a.samples.length; at += a.channels) {
    for (let c = 0; c < a.channels; ++c) {
      if (Math.abs(a.samples[at + c] - b.samples[at + c]) > threshold) {
        ++different;
        break;
      }
    }
  }
  return different / (a.width * a.height);
}
