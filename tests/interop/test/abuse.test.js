import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';
import { assertAllArrived } from '../support/media.js';
import { DataStream } from '../support/messages.js';

const TIMEOUT = { timeout: 90_000 };

// Turns each digit of the fingerprint into another.
const otherFingerprint = (sdp) =>
  sdp.replace(/^(a=fingerprint:\S+ )(.*)$/gm, (_, name, digits) =>
    name + digits.replace(/[0-9A-F]/gi, (digit) => (parseInt(digit, 16) ^ 5).toString(16).toUpperCase()));

describe('abuse', () => {
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  test('with a wrong fingerprint not one byte reaches a sink or a channel', TIMEOUT, async (t) => {
    const call = await Call.create(t, bench);
    const [video, audio] = [await call.addSink('video'), await call.addSink('audio')];
    const { peerConnectionId } = call;
    await call.client.dataChannels.createDataChannel({ peerConnectionId, dataChannelId: 'ours', init: { label: 'ours' } });
    const data = new DataStream(t, call);
    await call.trickleFromPage();
    await call.page.evaluate(() => globalThis.peer.createChannel('theirs'));
    await call.page.evaluate(() => globalThis.peer.publish({ audio: true, video: true }));
    await call.pageOffers(otherFingerprint);
    await until('the service gives up', () => call.watcher.connectionState === 'failed', { timeoutMs: 30_000 });
    const { peerConnection } = await call.client.peerConnections.get({ peerConnectionId });
    assert.deepEqual(peerConnection.dtlsTransports.map(({ state }) => state), ['DTLS_TRANSPORT_STATE_FAILED']);
    // The page believes in its own fingerprint, so it may send for a while: give it the time to do so.
    const attempts = async () => (await call.outbound()).video?.packetsSent ?? 0;
    const first = await attempts();
    await until('the page has sent, or knows that it cannot', async () =>
      (await attempts()) > first || (await call.pageState()).connectionState !== 'connected', { timeoutMs: 30_000 });
    assert.equal(video.datagrams, 0);
    assert.equal(audio.datagrams, 0);
    assert.deepEqual(data.messages, []);
    assert.equal(data.openChannel('theirs'), undefined);
    assert.equal(data.openChannel('ours'), undefined);
  });

  test('garbage of every first byte and many lengths does not disturb a call', TIMEOUT, async (t) => {
    const call = await Call.create(t, bench);
    const [video, audio] = [await call.addSink('video'), await call.addSink('audio')];
    await call.trickleFromPage();
    await call.page.evaluate(() => globalThis.peer.publish({ audio: true, video: true }));
    await call.pageOffers();
    await call.connected();
    await until('media', () => video.packets > 50 && audio.packets > 50);
    const { remote } = await call.page.evaluate(() => globalThis.peer.selectedPair());
    await sendGarbage(t, call, remote);

    const [videoBefore, audioBefore] = [video.packets, audio.packets];
    await until('media goes on', () => video.packets > videoBefore + 100 && audio.packets > audioBefore + 100);
    assert.equal(call.watcher.connectionState, 'connected');
    await assertAllArrived(call, await call.stopSending());
    assert.equal(bench.service.howEnded, null);
  });

  test('an SDP that is too large, too long or broken is refused with its reason', TIMEOUT, async (t) => {
    const { peerConnection } = await bench.client.peerConnections.create({});
    const { peerConnectionId } = peerConnection;
    t.after(() => bench.client.peerConnections.close({ peerConnectionId }));
    const apply = (sdp) =>
      bench.client.peerConnections.setRemoteDescription({ peerConnectionId, description: { type: 'SDP_TYPE_OFFER', sdp } });
    const head = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n';
    const section = 'm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:111 opus/48000/2\r\n';

    await assert.rejects(apply(head + `a=x:${'y'.repeat(300 << 10)}\r\n`), { reason: 'SDP_TOO_LARGE' });
    await assert.rejects(apply(head + section.repeat(3_000)), { reason: 'SDP_TOO_LARGE' });
    await assert.rejects(apply(head + 'a=x\r\n'.repeat(60_000)), { reason: 'SDP_TOO_LARGE' });
    await assert.rejects(apply(`${head}m=audio\r\n`), (error) => error.reason === 'INVALID_SDP' && error.sdpLineNumber === 5);
    const noFingerprint = `${section}a=mid:0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=setup:actpass\r\na=rtcp-mux\r\n`;
    await assert.rejects(apply(head + noFingerprint), { code: 'INVALID_ARGUMENT', sdpLineNumber: 5, message: /fingerprint/ });
    for (let length = 0; length < 600; length += 7) {
      await assert.rejects(apply(Buffer.from(head + section.repeat(3)).subarray(0, length).toString() + '\0'),
        { code: 'INVALID_ARGUMENT' });
    }
    const { peerConnection: after } = await bench.client.peerConnections.get({ peerConnectionId });
    assert.equal(after.signalingState, 'SIGNALING_STATE_STABLE');
    assert.equal(after.remoteDescription, null);
  });

  test('a sink outside the address policy is refused', TIMEOUT, async (t) => {
    const { peerConnection } = await bench.client.peerConnections.create({});
    const { peerConnectionId } = peerConnection;
    t.after(() => bench.client.peerConnections.close({ peerConnectionId }));
    const create = (host) =>
      bench.client.media.createSink({
        peerConnectionId,
        spec: { sinkId: 'sink', selector: { mid: '0' }, destination: { host, port: 5004 } },
      });
    for (const host of ['192.0.2.1', '10.0.0.1', '169.254.169.254', '0.0.0.0', '255.255.255.255', '224.0.0.1',
      '2001:db8::1', '::', '::ffff:192.0.2.1', 'fe80::1', 'ff02::1']) {
      await assert.rejects(create(host), { code: 'PERMISSION_DENIED', reason: 'SINK_DESTINATION_DENIED' }, host);
    }
    for (const host of ['localhost', 'example.com', '127.1', '127.0.0.1 ', '']) {
      await assert.rejects(create(host), { code: 'INVALID_ARGUMENT' }, JSON.stringify(host));
    }
    const { sinks } = await bench.client.media.listSinks({ peerConnectionId });
    assert.deepEqual(sinks, []);
  });
});

// From another address than the peer's, as anybody on the network could. No more at once than the socket holds: the next
// burst goes out when media that came after the last one was read.
async function sendGarbage(t, call, { address, port }) {
  const socket = dgram.createSocket(address.includes(':') ? 'udp6' : 'udp4');
  t.after(() => new Promise((resolve) => socket.close(resolve)));
  const send = (data) => new Promise((resolve, reject) =>
    socket.send(data, port, address, (error) => (error ? reject(error) : resolve())));
  for (let first = 0; first < 256; ++first) {
    for (const length of [0, 1, 2, 11, 12, 13, 20, 28, 100, 1_200, 1_500]) {
      const data = Buffer.alloc(length, (first * 31 + length) & 0xff);
      if (length > 0) data[0] = first;
      await send(data);
    }
    const before = call.sinks.audio.packets;
    await until('audio goes on', () => call.sinks.audio.packets > before, { intervalMs: 2 });
  }
}
