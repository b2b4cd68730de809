// Local tracks of Node at Chromium: the service's sources, sent by addTrack, replaceTrack and directions.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { connect, createMediaStreamTrack, MediaStream } from '../../../clients/node/esm/w3c.mjs';
import { Bench } from '../support/bench.js';
import { steady } from '../support/steady.js';
import { W3cCall } from '../support/w3c.js';

const TIMEOUT = { timeout: 90_000 };
const ROLES = { 'we offer': (call) => call.weOffer(), 'Chromium offers': (call) => call.pageOffers() };

// What the page decodes: frames and samples so far. It has to play what it gets, or it decodes no sound.
const decoded = (page) => page.evaluate(async () => {
  const entries = [...(await globalThis.peer.connection.getStats()).values()].filter(({ type }) => type === 'inbound-rtp');
  const of = (kind) => entries.find((entry) => entry.kind === kind);
  return { frames: of('video')?.framesDecoded ?? 0, packets: of('video')?.packetsReceived ?? 0, energy: of('audio')?.totalAudioEnergy ?? 0 };
});

// 0 to 255, of the picture that is shown.
const meanLuma = (page) => page.evaluate(() => {
  const video = document.querySelector('video');
  const canvas = new OffscreenCanvas(32, 32);
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0, 32, 32);
  const { data } = context.getImageData(0, 0, 32, 32);
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) sum += 0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2];
  return sum / (32 * 32);
});

// Its energy, and how many samples there were, so far.
const soundOf = (page) => page.evaluate(async () => {
  const entries = [...(await globalThis.peer.connection.getStats()).values()];
  const { totalAudioEnergy, totalSamplesReceived } = entries.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio');
  return [totalAudioEnergy, totalSamplesReceived];
});

const received = (page) => page.evaluate(() => globalThis.peer.inbound().then(({ audio }) => audio));

const playInPage = (page) => page.evaluate(() => {
  globalThis.peer.streams = [];
  globalThis.peer.connection.ontrack = ({ track, streams }) => {
    globalThis.peer.streams.push(...streams.map(({ id }) => id));
    const element = document.createElement(track.kind);
    element.srcObject = new MediaStream([track]);
    element.autoplay = true;
    document.body.append(element);
  };
});

describe('Node sends to Chromium', () => {
  const bench = new Bench();
  let service;
  before(async () => {
    await bench.start();
    service = await connect(bench.address);
  });
  after(async () => {
    service.close();
    await bench.stop();
  });

  for (const [role, negotiate] of Object.entries(ROLES)) {
    test(`addTrack, ${role}: the page decodes picture and sound, in our stream`, TIMEOUT, async (t) => {
      const call = await W3cCall.create(t, bench);
      const { connection, page } = call;
      await playInPage(page);
      if (role === 'Chromium offers') {
        await page.evaluate(() => ['audio', 'video'].forEach((kind) =>
          globalThis.peer.connection.addTransceiver(kind, { direction: 'recvonly' })));
      }
      const tracks = [createMediaStreamTrack('audio'), createMediaStreamTrack('video')];
      const stream = new MediaStream(tracks);
      const senders = tracks.map((track) => connection.addTrack(track, stream));
      await negotiate(call);
      await call.connected();
      await until('picture and sound', async () => {
        const { frames, energy } = await decoded(page);
        return frames > 20 && energy > 0;
      }, { timeoutMs: 30_000 });
      assert.deepEqual(await page.evaluate(() => globalThis.peer.streams), [stream.id, stream.id]);
      assert.deepEqual(senders.map(({ transport }) => transport.state), ['connected', 'connected']);
      assert.deepEqual(connection.getTransceivers().map(({ currentDirection }) => currentDirection), ['sendonly', 'sendonly']);
    });
  }

  test('tones are sent in place of the sound, and told', TIMEOUT, async (t) => {
    const call = await W3cCall.create(t, bench);
    const { connection, page } = call;
    await playInPage(page);
    const sender = connection.addTrack(createMediaStreamTrack('audio'));
    assert.equal(sender.dtmf.canInsertDTMF, false);
    await call.weOffer();
    await call.connected();
    await until('sound', async () => (await decoded(page)).energy > 0);
    assert.equal(sender.dtmf.canInsertDTMF, true);
    const tones = [];
    sender.dtmf.ontonechange = ({ tone }) => tones.push([tone, sender.dtmf.toneBuffer]);
    sender.dtmf.insertDTMF('1a#', 60, 50);
    await until('all tones', () => tones.at(-1)?.[0] === '');
    assert.deepEqual(tones, [['1', 'A#'], ['A', '#'], ['#', ''], ['', '']]);
    const before = await received(page);
    await until('sound again', async () => (await received(page)).packetsReceived > before.packetsReceived + 20);
    assert.equal((await received(page)).packetsLost, 0);
  });

  test('replaceTrack stops and resumes without negotiation', TIMEOUT, async (t) => {
    const call = await W3cCall.create(t, bench);
    const { connection, page } = call;
    await playInPage(page);
    const [first, second] = [createMediaStreamTrack('video'), createMediaStreamTrack('video')];
    const sender = connection.addTrack(first);
    await call.weOffer();
    await call.connected();
    const packets = async () => (await decoded(page)).packets;
    const flows = async () => {
      const before = await packets();
      await until('packets', async () => (await packets()) > before + 10);
    };
    await flows();
    await sender.replaceTrack(null);
    assert.equal(sender.track, null);
    await steady('silence', packets);
    await sender.replaceTrack(second);
    assert.equal(sender.track, second);
    await flows();
    assert.equal(connection.signalingState, 'stable');
  });

  test('a track that is disabled, or has ended, is black and silent, and the page is not told', TIMEOUT, async (t) => {
    const call = await W3cCall.create(t, bench);
    const { connection, page } = call;
    await playInPage(page);
    const [video, audio] = [createMediaStreamTrack('video'), createMediaStreamTrack('audio')];
    for (const track of [video, audio]) connection.addTrack(track);
    await call.weOffer();
    await call.connected();
    // Seen: the mean luma of the picture. Heard: what the energy of the sound grows by in a while in which there is sound.
    const seen = async (bright) => {
      const { frames } = await decoded(page);
      return until(bright ? 'a picture' : 'black', async () => {
        const luma = await meanLuma(page);
        return (await decoded(page)).frames >= frames + 2 && (bright ? luma > 50 : luma < 20);
      }, { timeoutMs: 30_000 });
    };
    const heard = async (loud) => until(loud ? 'a tone' : 'silence', async () => {
      const [before, samples] = await soundOf(page);
      return until('half a second of sound', async () => {
        const [after, now] = await soundOf(page);
        return now >= samples + 24_000 && { loud: after - before > 1e-4 };
      }).then((so) => so.loud === loud);
    }, { timeoutMs: 30_000 });
    await seen(true);
    await heard(true);
    await page.evaluate(() => {
      globalThis.muted = 0;
      for (const { track } of globalThis.peer.connection.getReceivers()) track.onmute = () => ++globalThis.muted;
    });
    for (const track of [video, audio]) track.enabled = false;
    await seen(false);
    await heard(false);
    for (const track of [video, audio]) track.enabled = true;
    await seen(true);
    await heard(true);
    for (const track of [video, audio]) track.stop();
    await seen(false);
    await heard(false);
    assert.equal(await page.evaluate(() => globalThis.muted), 0);
    assert.equal(connection.signalingState, 'stable');
    assert.deepEqual(connection.getSenders().map(({ track }) => track.readyState), ['ended', 'ended']);
  });
});
