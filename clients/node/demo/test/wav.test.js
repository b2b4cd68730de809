import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureWav } from '../lib/wav.js';

function wav(samples, { channels = 1, sampleRate = 8_000, dataLength = 2 * samples.length } = {}) {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataLength, 40);
  const data = Buffer.alloc(2 * samples.length);
  samples.forEach((sample, i) => data.writeInt16LE(sample, 2 * i));
  return Buffer.concat([header, data]);
}

test('silence has no peak', () => {
  const { seconds, peak, rms } = measureWav(wav(new Array(4_000).fill(0)));
  assert.deepEqual({ seconds, peak, rms }, { seconds: 0.5, peak: 0, rms: 0 });
});

test('loudness is a share of full scale', () => {
  const { peak, rms } = measureWav(wav([16_384, -16_384, 16_384, -16_384]));
  assert.deepEqual({ peak, rms }, { peak: 0.5, rms: 0.5 });
});

test('two channels share the samples', () => {
  assert.equal(measureWav(wav(new Array(16_000).fill(1), { channels: 2 })).seconds, 1);
});

test('a file whose length was never filled in is measured to its end', () => {
  assert.equal(measureWav(wav(new Array(800).fill(1), { dataLength: 0xffffffff })).seconds, 0.1);
});

test('what is no WAV is refused', () => {
  assert.throws(() => measureWav(Buffer.from('OggS')), /not a WAV/);
  assert.throws(() => measureWav(wav([]).subarray(0, 36)), /without data/);
});
