// What the service's senders and receivers are told, and what it does at a browser: preferences of codecs, an encoding that
// is not active, other streams, and the parameters that it says were negotiated.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';
import { flows, publishing } from '../support/publishing.js';
import { steady } from '../support/steady.js';

const TIMEOUT = { timeout: 90_000 };
// All of them, unless some are named.
const BROWSERS = (process.env.BROWSERS ?? 'chromium,firefox').split(',');
const KINDS = { audio: 'MEDIA_KIND_AUDIO', video: 'MEDIA_KIND_VIDEO' };

/** A connected call that sends the built-in clip's of each kind to the page, in the stream that is named. */
async function sending(t, bench, streams) {
  const call = await Call.create(t, bench);
  const { client, peerConnectionId, page } = call;
  await page.evaluate(() => {
    // What happens to the tracks of the streams that it was told of.
    globalThis.moves = [];
    globalThis.streams = new Map();
    globalThis.peer.connection.ontrack = ({ streams: [stream] }) => {
      if (globalThis.streams.has(stream.id)) return;
      globalThis.streams.set(stream.id, stream);
      for (const type of ['addtrack', 'removetrack']) {
        stream.addEventListener(type, ({ track }) => globalThis.moves.push([type, stream.id, track.kind].join(' ')));
      }
    };
  });
  const senders = {};
  for (const [kind, streamId] of Object.entries(streams)) {
    await client.media.createLocalTrack({ peerConnectionId, trackId: kind, kind: KINDS[kind], source: { test: {} } });
    const { transceiver } = await client.peerConnections.addTrack({ peerConnectionId, trackId: kind, streamIds: [streamId] });
    senders[kind] = transceiver.sender.senderId;
  }
  await call.trickleFromPage();
  await call.serviceOffers();
  await call.connected();
  return { call, senders };
}

const needed = async ({ client, peerConnectionId }) => (await client.peerConnections.get({ peerConnectionId })).peerConnection.negotiationNeeded;

/** The codecs of a section of a description, as RTCRtpCodecParameters, in its order. */
function codecsOf(section) {
  const mono = section.startsWith('audio') ? 1 : 0; // What is not written (RFC 8866, 6.6).
  const payloadTypes = section.match(/^\S+ \d+ \S+ (.*)$/m)[1].trim().split(' ').map(Number);
  return payloadTypes.map((payloadType) => {
    const [, name, clockRate, channels] = section.match(new RegExp(`^a=rtpmap:${payloadType} ([^/]+)/(\\d+)(?:/(\\d+))?\\r?$`, 'm'));
    const sdpFmtpLine = section.match(new RegExp(`^a=fmtp:${payloadType} (.*?)\\r?$`, 'm'))?.[1] ?? '';
    return { payloadType, name: name.toLowerCase(), clockRate: Number(clockRate), channels: Number(channels ?? mono), sdpFmtpLine };
  });
}

for (const browser of BROWSERS) {
  describe(`senders and receivers with ${browser}`, () => {
    const bench = new Bench();
    before(() => bench.start({ browser }));
    after(() => bench.stop());

    test('setCodecPreferences decides what is asked for, and what comes', TIMEOUT, async (t) => {
      const call = await Call.create(t, bench);
      const { client, peerConnectionId, page } = call;
      const sink = await call.addSink('video');
      await call.trickleFromPage();
      await page.evaluate(() => globalThis.peer.publish({ video: true }));
      const { transceiver: { transceiverId } } = await client.peerConnections.addTransceiver(
        { peerConnectionId, kind: KINDS.video, direction: 'RTP_TRANSCEIVER_DIRECTION_RECVONLY' });
      const { receiver: { codecs } } = await client.peerConnections.getCapabilities({ kind: KINDS.video });
      const named = (name) => codecs.filter(({ mimeType }) => mimeType === `video/${name}`);
      const comes = async (name) => until(`${name} comes`, async () => {
        const { report } = await client.peerConnections.getStats({ peerConnectionId, types: ['STATS_TYPE_INBOUND_RTP', 'STATS_TYPE_CODEC'] });
        const [entry] = Object.values(report.stats).filter(({ inboundRtp }) => inboundRtp);
        return report.stats[entry?.inboundRtp.codecId]?.codec.mimeType === `video/${name}`;
      });
      const offered = ({ offer }) => codecsOf(offer.split(/^m=/m)[1]).map(({ name }) => name);
      // The order decides, where both ends have both; then there is no choice.
      for (const [preferred, expected] of [[['VP9', 'VP8'], 'VP9'], [['VP8', 'VP9'], 'VP8'], [['VP9'], 'VP9']]) {
        const { transceiver } = await client.peerConnections.setCodecPreferences(
          { peerConnectionId, transceiverId, codecs: preferred.flatMap(named) });
        assert.deepEqual([...new Set(transceiver.codecPreferences.map(({ mimeType }) => mimeType))], preferred.map((name) => `video/${name}`));
        const negotiated = await call.serviceOffers();
        assert.deepEqual([...new Set(offered(negotiated))], preferred.map((name) => name.toLowerCase()));
        await call.connected();
        await flows(sink, 20);
        await comes(expected);
      }
      await assert.rejects(
        client.peerConnections.setCodecPreferences({ peerConnectionId, transceiverId, codecs: [{ mimeType: 'video/none', clockRate: 90_000 }] }),
        { code: 'INVALID_ARGUMENT' });
    });

    test('an encoding that is not active sends nothing, and goes on when it is again, without negotiation', TIMEOUT, async (t) => {
      const { call, senders } = await sending(t, bench, { video: 'stream' });
      const { client, peerConnectionId, page } = call;
      const received = async () => (await page.evaluate(() => globalThis.peer.inbound())).video?.packetsReceived ?? 0;
      const comes = async () => {
        const before = await received();
        await until('packets', async () => await received() > before + 20);
      };
      const setActive = async (active) => {
        const at = { peerConnectionId, senderId: senders.video };
        const { parameters } = await client.peerConnections.getSenderParameters(at);
        parameters.encodings[0].active = active;
        const applied = await client.peerConnections.setSenderParameters({ ...at, parameters });
        assert.deepEqual(applied.parameters.encodings.map((encoding) => encoding.active), [active]);
      };
      await comes();
      for (let round = 0; round < 2; ++round) {
        await setActive(false);
        await steady('silence', received);
        await setActive(true);
        await comes();
      }
      assert.equal(await needed(call), false);
    });

    test('setSenderStreams moves the track to another stream of the page', TIMEOUT, async (t) => {
      const { call, senders } = await sending(t, bench, { audio: 'first', video: 'second' });
      const { client, peerConnectionId, page } = call;
      const setStreams = async (streamIds) => {
        const { transceiver } = await client.peerConnections.setSenderStreams({ peerConnectionId, senderId: senders.audio, streamIds });
        assert.deepEqual(transceiver.sender.streamIds, streamIds);
        assert.equal(await needed(call), true);
        assert.deepEqual(await page.evaluate(() => globalThis.moves.splice(0)), [], 'before the negotiation');
        await call.serviceOffers();
        return page.evaluate(() => ({
          moves: globalThis.moves.splice(0).sort(),
          streams: Object.fromEntries([...globalThis.streams].map(([id, stream]) => [id, stream.getTracks().map(({ kind }) => kind).sort()])),
        }));
      };
      assert.deepEqual(await setStreams(['second']),
        { moves: ['addtrack second audio', 'removetrack first audio'], streams: { first: [], second: ['audio', 'video'] } });
      assert.deepEqual(await setStreams([]), { moves: ['removetrack second audio'], streams: { first: [], second: ['video'] } });
    });

    test('the parameters of receivers are what was negotiated', TIMEOUT, async (t) => {
      const call = await publishing(t, bench, ['audio', 'video']);
      const { client, peerConnectionId } = call;
      const read = async () => {
        const { peerConnection: { localDescription: { sdp } } } = await client.peerConnections.get({ peerConnectionId });
        const { transceivers } = await client.peerConnections.listTransceivers({ peerConnectionId });
        return Promise.all(transceivers.map(async ({ mid, transceiverId, receiver: { receiverId } }) => ({
          transceiverId,
          section: sdp.split(/^m=/m).find((section) => section.includes(`\r\na=mid:${mid}\r\n`)),
          parameters: (await client.peerConnections.getReceiverParameters({ peerConnectionId, receiverId })).parameters,
        })));
      };
      const receivers = await read();
      assert.equal(receivers.length, 2);
      for (const { section, parameters, transceiverId } of receivers) {
        const said = parameters.codecs.map(({ payloadType, codec: { mimeType, clockRate, channels, sdpFmtpLine } }) =>
          ({ payloadType, name: mimeType.split('/')[1].toLowerCase(), clockRate, channels, sdpFmtpLine }));
        assert.ok(said.length > 0);
        assert.deepEqual(said, codecsOf(section));
        const extensions = [...section.matchAll(/^a=extmap:(\d+) (\S+)/gm)].map(([, id, uri]) => ({ id: Number(id), uri, encrypted: false }));
        assert.ok(extensions.length > 0);
        const byId = (a, b) => a.id - b.id;
        assert.deepEqual([...parameters.headerExtensions].sort(byId), extensions.sort(byId));
        assert.equal(parameters.rtcp.reducedSize, section.includes('\r\na=rtcp-rsize\r\n'));
        await client.peerConnections.setTransceiverDirection(
          { peerConnectionId, transceiverId, direction: 'RTP_TRANSCEIVER_DIRECTION_SENDONLY' });
      }
      await call.serviceOffers();
      for (const { parameters } of await read()) assert.deepEqual(parameters.codecs, [], 'nothing is received');
    });
  });
}
