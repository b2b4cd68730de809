import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { decodePng, deviation, shareOfDifferentPixels } from '../lib/png.js';

function chunk(type, body) {
  const data = Buffer.alloc(12 + body.length); // The checksum stays zero: the reader trusts ffmpeg.
  data.writeUInt32BE(body.length);
  data.write(type, 4, 'latin1');
  body.copy(data, 8);
  return data;
}

// `rows`: each a filter number and its bytes.
function png(width, height, colourType, rows) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, colourType], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

test('every filter is undone', () => {
  const picture = decodePng(png(3, 5, 0, [
    [0, 10, 20, 30],
    [1, 5, 5, 5], // left: 5 10 15
    [2, 1, 1, 1], // up: 6 11 16
    [3, 7, 2, 3], // mean of left and up: 10 12 17
    [4, 1, 250, 4], // nearest of left, up and corner: 11 6 (250 is -6)
  ]));
  assert.deepEqual([...picture.samples], [10, 20, 30, 5, 10, 15, 6, 11, 16, 10, 12, 17, 11, 6, 16]);
});

test('the filters reach back by whole pixels', () => {
  const picture = decodePng(png(2, 1, 2, [[1, 1, 2, 3, 4, 5, 6]]));
  assert.deepEqual([...picture.samples], [1, 2, 3, 5, 7, 9]);
});

test('a plain coloured surface does not deviate, a pattern does', () => {
  const plain = decodePng(png(2, 2, 2, [[0, 0, 255, 9, 0, 255, 9], [0, 0, 255, 9, 0, 255, 9]]));
  const pattern = decodePng(png(2, 2, 2, [[0, 0, 255, 9, 0, 0, 9], [0, 0, 255, 9, 0, 0, 9]]));
  assert.equal(deviation(plain), 0);
  assert.equal(deviation(pattern), 127.5);
});

test('pixels that differ are counted, those that differ a little are not', () => {
  const a = decodePng(png(2, 2, 0, [[0, 10, 10], [0, 10, 10]]));
  const b = decodePng(png(2, 2, 0, [[0, 10, 20], [0, 10, 99]]));
  assert.equal(shareOfDifferentPixels(a, b), 0.25);
  assert.equal(shareOfDifferentPixels(a, decodePng(png(1, 1, 0, [[0, 10]]))), 1);
});

test('what is no PNG, or cut short, is refused', () => {
  assert.throws(() => decodePng(Buffer.from('GIF89a..')), /not a PNG/);
  assert.throws(() => decodePng(png(3, 3, 0, [[0, 1, 2, 3]])), /cut short/);
});
