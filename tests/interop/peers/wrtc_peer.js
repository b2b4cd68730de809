// @roamhq/wrtc, libwebrtc in Node.js, as a peer; see README.md for what it is asked.
import wrtc from '@roamhq/wrtc';
import { packageVersion, serve, tell } from '../support/json_lines.js';
import { w3cActions } from './w3c_actions.js';

const { RTCPeerConnection, MediaStream, nonstandard } = wrtc;
const [WIDTH, HEIGHT, FRAME_MS] = [320, 240, 33];
const [SAMPLE_RATE, SAMPLES_MS] = [48_000, 10];

const connection = new RTCPeerConnection();
const timers = [];

// A grey that grows brighter.
function picture() {
  const source = new nonstandard.RTCVideoSource();
  const data = new Uint8ClampedArray((WIDTH * HEIGHT * 3) / 2).fill(128);
  let shade = 0;
  timers.push(setInterval(() => {
    data.fill(shade++ % 256, 0, WIDTH * HEIGHT);
    source.onFrame({ width: WIDTH, height: HEIGHT, data });
  }, FRAME_MS));
  return source.createTrack();
}

function tone() {
  const source = new nonstandard.RTCAudioSource();
  const numberOfFrames = (SAMPLE_RATE * SAMPLES_MS) / 1000;
  let at = 0;
  timers.push(setInterval(() => {
    const samples = Int16Array.from({ length: numberOfFrames }, () => 8_000 * Math.sin((2 * Math.PI * 440 * at++) / SAMPLE_RATE));
    source.onData({ samples, sampleRate: SAMPLE_RATE, bitsPerSample: 16, channelCount: 1, numberOfFrames });
  }, SAMPLES_MS));
  return source.createTrack();
}

async function publish() {
  const stream = new MediaStream();
  for (const track of [tone(), picture()]) connection.addTrack(track, stream);
}

await serve(packageVersion('@roamhq/wrtc'), w3cActions(connection, { publish, tell }), () => {
  for (const timer of timers) clearInterval(timer);
  connection.close();
});
