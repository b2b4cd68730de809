// A picture and a tone for @roamhq/wrtc.
import wrtc from '@roamhq/wrtc';

const FRAME_MS = 33;
const [SAMPLE_RATE, SAMPLES_MS] = [48_000, 10];

/** Sources of media; they run until `stop`. */
export class WrtcSources {
  #timers = [];
  #size;

  /** @param {{width: number, height: number}} size */
  constructor(size) {
    this.#size = size;
  }

  /** A new track of its own source. @param {string} kind */
  track(kind) {
    return kind === 'audio' ? this.#tone() : this.#picture();
  }

  stop() {
    for (const timer of this.#timers) clearInterval(timer);
  }

  // A grey that grows brighter.
  #picture() {
    const { width, height } = this.#size;
    const source = new wrtc.nonstandard.RTCVideoSource();
    const data = new Uint8ClampedArray((width * height * 3) / 2).fill(128);
    let shade = 0;
    const track = source.createTrack();
    this.#every(FRAME_MS, track, () => {
      data.fill(shade++ % 256, 0, width * height);
      source.onFrame({ width, height, data });
    });
    return track;
  }

  #tone() {
    const source = new wrtc.nonstandard.RTCAudioSource();
    const numberOfFrames = (SAMPLE_RATE * SAMPLES_MS) / 1000;
    let at = 0;
    const track = source.createTrack();
    this.#every(SAMPLES_MS, track, () => {
      const samples = Int16Array.from({ length: numberOfFrames }, () => 8_000 * Math.sin((2 * Math.PI * 440 * at++) / SAMPLE_RATE));
      source.onData({ samples, sampleRate: SAMPLE_RATE, bitsPerSample: 16, channelCount: 1, numberOfFrames });
    });
    return track;
  }

  #every(ms, track, make) {
    const timer = setInterval(() => (track.readyState === 'ended' ? clearInterval(timer) : make()), ms);
    this.#timers.push(timer);
  }
}
