// RTCPeerConnection of Node and that of Chromium, in both roles.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { connect, firstFrame, MediaStream } from '../../../clients/node/esm/w3c.mjs';
import { Bench } from '../support/bench.js';
import { bytesOf } from '../support/messages.js';
import { W3cCall } from '../support/w3c.js';

const TIMEOUT = { timeout: 90_000 };
const ROLES = { 'we offer': (call) => call.weOffer(), 'Chromium offers': (call) => call.pageOffers() };

describe('RTCPeerConnection of Node with Chromium', () => {
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
    test(`data channels, ${role}: every kind of message comes back unchanged, and closing reaches the other side`, TIMEOUT, async (t) => {
      const call = await W3cCall.create(t, bench);
      const ours = call.connection.createDataChannel('ours');
      await call.page.evaluate(() => globalThis.peer.createChannel('theirs'));
      let theirs;
      call.connection.ondatachannel = ({ channel }) => (theirs = channel);
      await negotiate(call);
      await call.connected();
      await until('both channels are open', () => ours.readyState === 'open' && theirs?.readyState === 'open');
      for (const [label, channel] of Object.entries({ ours, theirs })) {
        await until(`${label} at the page`, () => call.page.evaluate((name) => globalThis.peer.channelState(name), label).then((s) => s === 'open'));
        await call.page.evaluate((name) => globalThis.peer.echo(name), label);
        const received = [];
        channel.onmessage = ({ data }) => received.push(typeof data === 'string' ? data : Buffer.from(data));
        const sent = ['Grüße 🎥', '', bytesOf(256), Buffer.alloc(0), bytesOf(200_000)];
        for (const data of sent) channel.send(data);
        channel.send(new Blob(['as a blob']));
        await until('all echoes', () => received.length === sent.length + 1);
        assert.deepEqual(received, [...sent, Buffer.from('as a blob')]);
      }
      ours.close();
      await until('the page sees ours closed', () =>
        call.page.evaluate(() => globalThis.peer.channelState('ours')).then((state) => state === 'closed'));
      await call.page.evaluate(() => globalThis.peer.closeChannel('theirs'));
      await until('theirs is closed', () => theirs.readyState === 'closed');
      await until('ours is closed', () => ours.readyState === 'closed');
    });

    test(`media, ${role}: track, streams, unmute, the first frame, statistics`, TIMEOUT, async (t) => {
      const call = await W3cCall.create(t, bench);
      const { connection, page } = call;
      await page.evaluate(() => globalThis.peer.publish({ audio: true, video: true }));
      if (role === 'we offer') for (const kind of ['audio', 'video']) connection.addTransceiver(kind, { direction: 'recvonly' });
      const tracks = [];
      connection.ontrack = (event) => {
        assert.equal(event.track.muted, true);
        tracks.push(event);
      };
      await negotiate(call);
      assert.deepEqual(tracks.map(({ track }) => track.kind).sort(), ['audio', 'video']);
      const [stream] = tracks[0].streams;
      assert.ok(stream instanceof MediaStream);
      assert.equal(tracks[1].streams[0], stream);
      assert.equal(stream.getTracks().length, 2);
      await call.connected();
      await Promise.all(tracks.map(({ track }) => firstFrame(track)));
      for (const { track, transceiver, receiver } of tracks) {
        assert.equal(track.muted, false);
        assert.equal(transceiver.currentDirection, 'recvonly');
        assert.equal(receiver.transport.state, 'connected');
        const mimeTypes = receiver.getParameters().codecs.map(({ mimeType }) => mimeType.toLowerCase());
        assert.ok(mimeTypes.includes(track.kind === 'video' ? 'video/vp8' : 'audio/opus'), `${mimeTypes}`);
      }
      const inbound = await until('packets of both', async () => {
        const found = [...(await connection.getStats()).values()].filter(({ type }) => type === 'inbound-rtp');
        return found.length === 2 && found.every(({ packetsReceived }) => packetsReceived > 10) && found;
      });
      assert.deepEqual(inbound.map(({ kind }) => kind).sort(), ['audio', 'video']);
      for (const { ssrc, kind } of inbound) {
        const { receiver } = tracks.find(({ track }) => track.kind === kind);
        const [heard] = await until(`who was heard of the ${kind}`, () => {
          const sources = receiver.getSynchronizationSources();
          return sources.length > 0 && sources;
        });
        assert.equal(heard.source, ssrc);
        assert.equal(typeof heard.audioLevel, kind === 'video' ? 'undefined' : 'number');
        assert.deepEqual(receiver.getContributingSources(), []);
      }
    });
  }

  test('the level of a tone is heard, and its silence', TIMEOUT, async (t) => {
    const call = await W3cCall.create(t, bench);
    await call.page.evaluate(() => globalThis.peer.publishSynthetic());
    await call.pageOffers();
    await call.connected();
    const { receiver } = call.connection.getTransceivers().find(({ receiver: { track } }) => track.kind === 'audio');
    const level = () => receiver.getSynchronizationSources()[0]?.audioLevel;
    await until('the tone', () => level() > 0.1 && level() <= 1);
    await call.page.evaluate(() => globalThis.peer.connection.getSenders().forEach(({ track }) => (track.enabled = false)));
    await until('silence', () => level() === 0);
  });

  test('a track that the page takes away is muted and leaves its stream; given back, it is there again', TIMEOUT, async (t) => {
    const call = await W3cCall.create(t, bench);
    const { connection, page } = call;
    await page.evaluate(() => globalThis.peer.publish({ video: true }));
    const events = [];
    connection.ontrack = (event) => events.push(event);
    await call.pageOffers();
    await call.connected();
    const [{ track, streams: [stream], transceiver }] = events;
    await firstFrame(track);
    const order = [];
    track.onmute = () => order.push(`mute ${track.muted}`);
    stream.onremovetrack = (event) => order.push(`removetrack ${event.track === track}`);
    await page.evaluate(() => globalThis.peer.connection.removeTrack(globalThis.peer.connection.getSenders()[0]));
    await call.pageOffers();
    assert.deepEqual(order, ['mute true', 'removetrack true']);
    assert.deepEqual(stream.getTracks(), []);
    assert.equal(transceiver.currentDirection, 'inactive');
    assert.equal(track.readyState, 'live');

    await page.evaluate(() => (globalThis.peer.connection.getTransceivers()[0].direction = 'sendonly'));
    await call.pageOffers();
    assert.equal(events.length, 2);
    assert.equal(events[1].track, track);
    assert.equal(transceiver.currentDirection, 'recvonly');
    assert.equal(track.muted, true);
    await page.evaluate(async () => {
      const { connection } = globalThis.peer;
      const stream = await navigator.mediaDevices.getUserMedia({ video: true });
      await connection.getSenders()[0].replaceTrack(stream.getVideoTracks()[0]);
    });
    await until('its media arrives again', () => !track.muted);
  });
});
