// The demo's files: measures what ffmpeg left behind.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OUTPUT } from './ffmpeg.js';
import { decodePng, deviation, shareOfDifferentPixels } from './png.js';
import { measureWav } from './wav.js';

async function readIfThere(path) {
  try {
    return await readFile(path);
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Reads the two pictures.
 * @param {string} directory
 * @returns {Promise<{deviations: number[], difference: number}>} As checks.js takes them.
 */
export async function measurePictures(directory) {
  const files = await Promise.all(OUTPUT.pictures.map((name) => readIfThere(join(directory, name))));
  const pictures = files.filter((file) => file !== null).map(decodePng);
  return {
    deviations: pictures.map(deviation),
    difference: pictures.length === 2 ? shareOfDifferentPixels(...pictures) : 0,
  };
}

/**
 * Reads the sound file.
 * @param {string} directory
 * @returns {Promise<{seconds: number, peak: number, rms: number}>}
 */
export async function measureSound(directory) {
  const file = await readIfThere(join(directory, OUTPUT.sound));
  return file ? measureWav(file) : { seconds: 0, peak: 0, rms: 0 };
}
