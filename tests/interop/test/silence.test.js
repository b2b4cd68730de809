// What RTCPeerConnection of Node tells of a browser's media that comes, ceases, comes again and ends: muted, mute, unmute, ended
// (W3C WebRTC 1.0, 9.3; Media Capture and Streams, 4.3), and firstFrame.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { connect, firstFrame } from '../../../clients/node/esm/w3c.mjs';
import { Bench } from '../support/bench.js';
import { W3cCall } from '../support/w3c.js';

const TIMEOUT = { timeout: 90_000 };
const KINDS = ['audio', 'video'];

// What becomes of a track: each event with what the track says then, and whether its first packet has come.
function watch(track) {
  const life = { track, seen: [], first: false };
  firstFrame(track).then(() => (life.first = true), () => {}); // It may end before.
  for (const type of ['mute', 'unmute', 'ended']) {
    track.addEventListener(type, () => life.seen.push(`${type}: ${track.muted ? 'muted' : 'unmuted'}, ${track.readyState}`));
  }
  return life;
}

const UNMUTE = 'unmute: unmuted, live';
const MUTE = 'mute: muted, live';

for (const browser of ['chromium', 'firefox']) {
  describe(`media of ${browser}`, () => {
    const bench = new Bench();
    let service;
    before(async () => {
      await bench.start({ browser });
      service = await connect(bench.address);
    });
    after(async () => {
      service.close();
      await bench.stop();
    });

    // A call in which the page may send sound and picture, and sends none yet.
    async function callWithoutMedia(t) {
      const call = await W3cCall.create(t, bench);
      const lives = {};
      call.connection.ontrack = ({ track }) => {
        assert.deepEqual([track.muted, track.readyState], [true, 'live']);
        lives[track.kind] = watch(track);
      };
      await call.page.evaluate(async (kinds) => {
        const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
        globalThis.senders = {};
        globalThis.tracks = {};
        for (const kind of kinds) {
          [globalThis.tracks[kind]] = media.getTracks().filter((track) => track.kind === kind);
          globalThis.senders[kind] = globalThis.peer.connection.addTransceiver(kind, { direction: 'sendonly' }).sender;
        }
      }, KINDS);
      await call.pageOffers();
      await call.connected();
      assert.deepEqual(Object.keys(lives).sort(), KINDS);
      // Both, because Firefox sends black in place of no track, and silence of an encoding that is not active.
      const send = (kind, on) => call.page.evaluate(async ([which, active]) => {
        const sender = globalThis.senders[which];
        await sender.replaceTrack(active ? globalThis.tracks[which] : null);
        const parameters = sender.getParameters();
        for (const encoding of parameters.encodings) encoding.active = active;
        await sender.setParameters(parameters);
      }, [kind, on]);
      const packets = async (kind) => [...(await call.connection.getStats()).values()]
        .find((entry) => entry.type === 'inbound-rtp' && entry.kind === kind)?.packetsReceived ?? 0;
      return { call, page: call.page, lives, send, packets };
    }

    for (const kind of KINDS) {
      test(`${kind}: muted until it comes, when it ceases, until it comes again`, TIMEOUT, async (t) => {
        const { lives, send, packets } = await callWithoutMedia(t);
        const { [kind]: life } = lives;
        const other = lives[KINDS.find((name) => name !== kind)];
        await send(kind, true);
        await until('the first packet', () => life.first);
        await until('unmute', () => life.seen.length === 1);
        await send(kind, false);
        await until('mute', () => life.seen.length === 2);
        const before = await packets(kind);
        await send(kind, true);
        await until('unmute again', () => life.seen.length === 3);
        assert.ok(await packets(kind) > before);
        assert.deepEqual(life.seen, [UNMUTE, MUTE, UNMUTE]);
        assert.deepEqual([other.seen, other.first, other.track.muted], [[], false, true], 'the other one is not touched');
      });
    }

    test('a track that the page has disabled comes as silence or black, and is not muted', TIMEOUT, async (t) => {
      const { lives, send, packets, page } = await callWithoutMedia(t);
      await Promise.all(KINDS.map((kind) => send(kind, true)));
      await until('both', () => KINDS.every((kind) => lives[kind].seen.length === 1));
      await page.evaluate(() => Object.values(globalThis.tracks).forEach((track) => (track.enabled = false)));
      // Three seconds of silence: a track is muted after two without a packet.
      const before = { audio: await packets('audio'), video: await packets('video') };
      await until('silence', async () => await packets('audio') >= before.audio + 150, { timeoutMs: 30_000 });
      assert.ok(await packets('video') > before.video);
      for (const kind of KINDS) assert.deepEqual(lives[kind].seen, [UNMUTE]);
    });

    test('a transceiver that the page stops ends its track, once, and no other', TIMEOUT, async (t) => {
      const { call, lives, send, page } = await callWithoutMedia(t);
      await Promise.all(KINDS.map((kind) => send(kind, true)));
      await until('both', () => KINDS.every((kind) => lives[kind].seen.length === 1));
      await page.evaluate(() => globalThis.peer.connection.getTransceivers().find(({ sender }) => sender === globalThis.senders.video).stop());
      await call.pageOffers();
      const { video, audio } = lives;
      await until('the end', () => video.track.readyState === 'ended');
      assert.equal(video.seen.filter((step) => step.startsWith('ended')).length, 1);
      assert.match(video.seen.at(-1), /^ended: .*, ended$/);
      assert.equal(video.track.muted, true);
      assert.deepEqual([audio.seen, audio.track.readyState], [[UNMUTE], 'live']);
      const ended = new Promise((resolve) => audio.track.addEventListener('ended', resolve, { once: true }));
      call.connection.close();
      await ended;
      assert.equal(audio.track.readyState, 'ended');
    });
  });
}
