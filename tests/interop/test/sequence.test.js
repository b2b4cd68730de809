// A random sequence of calls on RTCPeerConnection of Node and a real other one, compared with a model after each
// negotiation. SEQUENCE_SEED=<n> plays one sequence, `random` another one each time; SEQUENCE_STEPS=<n> says how long each
// is.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect, createMediaStreamTrack, MediaStream, RTCPeerConnection } from '../../../clients/node/esm/w3c.mjs';
import { sequenceEnd } from '../peers/sequence_end.js';
import { Bench } from '../support/bench.js';
import { Peer } from '../support/json_lines.js';
import { SequencePlayer } from '../support/sequence_player.js';

const { SEQUENCE_SEED: SEED, SEQUENCE_STEPS = '500' } = process.env;
const STEPS = Number(SEQUENCE_STEPS);
const SEEDS = SEED === undefined ? [1] : [SEED === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(SEED)];
const TIMEOUT = { timeout: 900_000 };

function ourEnd(t) {
  const connection = new RTCPeerConnection();
  t.after(() => connection.close());
  const end = sequenceEnd(connection, { makeTrack: (kind) => createMediaStreamTrack(kind), stream: new MediaStream() });
  return async (what, ...args) => end[what](...args);
}

async function chromiumEnd(t, bench) {
  const page = await bench.browser.newPage();
  t.after(() => page.close());
  await page.goto(bench.url);
  await page.evaluate((source) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 48 });
    const context = canvas.getContext('2d');
    let frame = 0;
    setInterval(() => {
      context.fillStyle = `hsl(${frame++ % 360}, 80%, 50%)`;
      context.fillRect(0, 0, canvas.width, canvas.height);
    }, 33);
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const output = audio.createMediaStreamDestination();
    tone.connect(output);
    tone.start();
    const [picture, sound] = [canvas.captureStream(30).getTracks()[0], output.stream.getTracks()[0]];
    const makeTrack = (kind) => (kind === 'audio' ? sound : picture).clone();
    const make = new Function(`return ${source}`)();
    globalThis.end = make(new RTCPeerConnection(), { makeTrack, stream: new MediaStream() });
  }, sequenceEnd.toString());
  return (what, ...args) => page.evaluate(([name, values]) => globalThis.end[name](...values), [what, args]);
}

async function wrtcEnd(t) {
  const peer = new Peer([process.execPath, fileURLToPath(new URL('../peers/sequence_wrtc.js', import.meta.url))]);
  t.after(() => peer.close());
  await peer.started();
  return async (what, ...args) => (await peer.request('act', { what, args })).result;
}

for (const [name, theirEnd] of Object.entries({ Chromium: chromiumEnd, '@roamhq/wrtc': wrtcEnd })) {
  describe(`any sequence of calls with ${name}`, () => {
    const bench = new Bench();
    let service;
    let steps = 0;
    before(async () => {
      await bench.start({ browser: name === 'Chromium' });
      service = await connect(bench.address);
    });
    after(async () => {
      service.close();
      await bench.stop();
    });

    for (const seed of SEEDS) {
      test(`leaves both ends as the specification says, SEQUENCE_SEED=${seed}`, TIMEOUT, async (t) => {
        const player = new SequencePlayer(seed, [ourEnd(t), await theirEnd(t, bench)]);
        await player.play(STEPS);
        steps += player.steps;
        t.diagnostic(`${player.steps} steps, ${player.negotiations} negotiations, ${player.packets} packets counted`);
      });
    }

    test('which were 500 steps at least', { skip: SEED !== undefined && 'one sequence' }, () => {
      assert.ok(steps >= 500, `${steps} steps`);
    });
  });
}
