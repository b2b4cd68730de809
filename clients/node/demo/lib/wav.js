// Reads a WAV file of 16-bit samples and says how long and how loud it is.

/**
 * @param {Buffer} file
 * @returns {{seconds: number, channels: number, sampleRate: number, peak: number, rms: number}} Loudness from 0 to 1.
 */
export function measureWav(file) {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error('not a WAV file');
  }
  let format;
  for (let at = 12; at + 8 <= file.length; ) {
    const type = file.toString('latin1', at, at + 4);
    const length = file.readUInt32LE(at + 4);
    const body = file.subarray(at + 8, at + 8 + length);
    if (type === 'fmt ') format = body;
    if (type === 'data') return measure(format, body);
    at += 8 + length + (length % 2);
  }
  throw new Error('WAV without data');
}

function measure(format, data) {
  if (!format || format.length < 16 || format.readUInt16LE(14) !== 16) throw new Error('WAV is not of 16 bits');
  const channels = format.readUInt16LE(2);
  const sampleRate = format.readUInt32LE(4);
  const samples = Math.floor(data.length / 2);
  let peak = 0;
  let squares = 0;
  for (let i = 0; i < samples; ++i) {
    const sample = data.readInt16LE(2 * i) / 32768;
    peak = Math.max(peak, Math.abs(sample));
    squares += sample * sample;
  }
  return { seconds: samples / channels / sampleRate, channels, sampleRate, peak, rms: Math.sqrt(squares / Math.max(1, samples)) };
}
