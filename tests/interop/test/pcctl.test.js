// pcctl against the service itself: a browser's offer on its input, media at the ports that it was given.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startChild } from '../../../clients/node/demo/lib/child.js';
import { UdpSink } from '../../../clients/node/demo/lib/udp_sink.js';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call, openPage } from '../support/call.js';
import { assertUnbroken } from '../support/media.js';

const TIMEOUT = { timeout: 60_000 };
const PCCTL = process.env.PCCTL;

describe('pcctl', () => {
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  async function pcctl(t, args, input = '') {
    const child = startChild(PCCTL, [...args, '--server', bench.address], { stdio: 'pipe' });
    t.after(() => child.stop());
    const text = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) {
      child.process[stream].setEncoding('utf8').on('data', (data) => {
        text[stream] += data;
      });
    }
    child.process.stdin.end(input);
    return { how: await child.ended, ...text };
  }
  const ok = async (t, args, input) => {
    const result = await pcctl(t, args, input);
    assert.equal(result.how, 'exit status 0', result.stderr);
    return result.stdout;
  };

  test('accept-offer answers a browser; the connection stays up, is listed, watched, measured and closed', TIMEOUT, async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'pcd-pcctl-'));
    t.after(() => rm(directory, { recursive: true }));
    const page = await openPage(t, bench);
    await page.evaluate(() => globalThis.peer.publish({ audio: true, video: true }));
    await page.evaluate(() => globalThis.peer.offer());
    const offer = await page.evaluate(() => globalThis.peer.gathered());
    const [video, audio] = [await UdpSink.open(90_000), await UdpSink.open(48_000)];
    t.after(() => Promise.all([video.close(), audio.close()]));
    const at = ({ destination: { host, port } }) => `${host}:${port}`;

    const sdpFile = join(directory, 'sinks.sdp');
    const answer = await ok(t, ['accept-offer', '--video-sink', at(video), '--audio-sink', at(audio), '--sink-sdp', sdpFile,
      '--label', 'app=interop', '--suffix', 'cam'], offer);
    assert.match(answer, /^a=candidate:/m);
    const sinkSdp = await readFile(sdpFile, 'utf8');
    assert.match(sinkSdp, new RegExp(`^m=video ${video.destination.port} RTP/AVP`, 'm'));

    // pcctl has ended; only now does the browser learn the answer.
    await page.evaluate((sdp) => globalThis.peer.accept(sdp), answer);
    const list = JSON.parse(await ok(t, ['list', '-l', 'app=interop', '-o', 'json']));
    const [{ peerConnectionId }] = list.peerConnections;
    assert.match(peerConnectionId, /\.cam$/);
    const call = await Call.forConnection(t, bench, peerConnectionId, page);
    await call.connected();
    await until('media', () => video.packets > 50 && audio.packets > 50, { timeoutMs: 30_000 });
    assertUnbroken('video', video);
    assertUnbroken('audio', audio);

    assert.match(await ok(t, ['list', '-l', 'app=interop']), /\.cam +connected +connected +stable/);
    assert.match(await ok(t, ['get', peerConnectionId]), /^Connection +connected$/m);
    assert.match(await ok(t, ['stats', peerConnectionId, '--type', 'inbound-rtp']), /packetsReceived +\d+ +\d+/);
    const watch = startChild(PCCTL, ['watch', peerConnectionId, '--server', bench.address], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => watch.stop());
    let seen = '';
    watch.process.stdout.setEncoding('utf8').on('data', (data) => {
      seen += data;
    });
    await until('the watch shows how things stand', () => seen.includes(peerConnectionId));
    await ok(t, ['close', peerConnectionId]);
    assert.equal(await watch.ended, 'exit status 0');
    assert.match(seen, /closed/);
    const gone = await pcctl(t, ['get', peerConnectionId]);
    assert.notEqual(gone.how, 'exit status 0');
    assert.match(gone.stderr, /NOT_FOUND|PEER_CONNECTION_NOT_FOUND/);
  });

  test('a connection is made, given candidates, sinks and data channels, and described by hand', TIMEOUT, async (t) => {
    const page = await openPage(t, bench);
    await page.evaluate(() => globalThis.peer.publish({ video: true }));
    await page.evaluate(() => globalThis.peer.createChannel('theirs'));
    const id = (await ok(t, ['create', '--suffix', 'by-hand'])).trim();
    assert.equal(await ok(t, ['data', 'create', id, 'ours', '--name', 'ours']), 'ours\n');
    const video = await UdpSink.open(90_000);
    t.after(() => video.close());
    const { host, port } = video.destination;
    const created = await ok(t, ['sink', 'create', id, '--to', `${host}:${port}`, '--kind', 'video', '--name', 'video', '--paused']);
    assert.equal(created, 'video\n');
    assert.match(await ok(t, ['sink', 'list', id]), /^video +waiting +video\[0\]/m);
    const early = await pcctl(t, ['sink', 'sdp', id, 'video']);
    assert.match(early.stderr, /SINK_NOT_NEGOTIATED/);

    const call = await Call.forConnection(t, bench, id, page);
    await call.pageOffers();
    await page.evaluate(() => globalThis.peer.gathered());
    const candidates = (await page.evaluate(() => globalThis.peer.candidates)).filter((candidate) => candidate !== null);
    const lines = candidates.map((candidate) => JSON.stringify(candidate)).join('\n');
    const added = await ok(t, ['candidate', 'add', id, '-'], lines);
    assert.match(added, /^used$/m);
    await ok(t, ['candidate', 'end', id]);
    await call.connected();
    assert.match(await ok(t, ['candidate', 'list', id]), /^local +host +udp .* yes$/m);
    assert.match(await ok(t, ['candidate', 'list', id]), /^succeeded .* yes$/m);

    assert.match(await ok(t, ['sink', 'sdp', id]), new RegExp(`^m=video ${port} RTP/AVP`, 'm'));
    assert.match(await ok(t, ['sink', 'list', id]), /^video +paused +video\[0\] +video\//m);
    assert.equal(video.packets, 0);
    assert.equal(await ok(t, ['sink', 'resume', id, 'video']), 'video resumed\n');
    await until('media', () => video.packets > 20);
    assertUnbroken('video', video);
    assert.equal(await ok(t, ['sink', 'pause', id, 'video']), 'video paused\n');
    await until('the sink is paused', async () => /^video +paused/m.test(await ok(t, ['sink', 'list', id])));

    await until('the page has our channel', () => page.evaluate(() => globalThis.peer.channelState('ours') === 'open'));
    await ok(t, ['data', 'send', id, 'ours', 'hello']);
    await ok(t, ['data', 'send', id, 'ours', '--binary'], 'bytes');
    const arrived = await until('both messages', async () => {
      const received = await page.evaluate(() => globalThis.peer.received('ours'));
      return received.length === 2 && received;
    });
    assert.deepEqual(arrived, [{ text: 'hello' }, { base64: Buffer.from('bytes').toString('base64') }]);
    // Three come, two are asked for: the third is there for the next one who asks.
    for (const text of ['one', 'two', 'three']) {
      await page.evaluate((value) => globalThis.peer.sendText('ours', value), text);
    }
    assert.equal(await ok(t, ['data', 'receive', id, 'ours', '--count', '2', '--timeout', '20s']), 'one\ntwo\n');
    const json = JSON.parse(await ok(t, ['data', 'receive', id, 'ours', '--count', '1', '--timeout', '20s', '-o', 'json']));
    assert.deepEqual(json, { dataChannelId: 'ours', message: { text: 'three' } });
    const theirs = JSON.parse(await ok(t, ['data', 'list', id, '-o', 'json'])).dataChannels.find(({ label }) => label === 'theirs');
    const receiver = startChild(PCCTL, ['data', 'receive', id, theirs.dataChannelId, '--server', bench.address],
      { stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => receiver.stop());
    let seen = '';
    receiver.process.stdout.setEncoding('utf8').on('data', (data) => {
      seen += data;
    });
    await page.evaluate(() => globalThis.peer.sendText('theirs', 'live'));
    await until('the message is printed as it comes', () => seen === 'live\n');
    assert.equal(await receiver.stop('SIGINT'), 'exit status 0');

    const text = await ok(t, ['describe', id]);
    assert.match(text, /^Connection +connected$/m);
    assert.match(text, /^Candidates:\n +SIDE/m);
    assert.match(text, /^Sinks:\n.*\n +video +paused/m);
    assert.match(text, /^Data channels:\n(.*\n)* +ours +open/m);
    assert.match(text, /^Latest events:\n +TIME(.*\n)* .* sink-change +video paused/m);
    const described = JSON.parse(await ok(t, ['describe', id, '-o', 'json']));
    assert.equal(described.snapshot.peerConnection.peerConnectionId, id);

    assert.equal(await ok(t, ['sink', 'delete', id, 'video']), 'video deleted\n');
    assert.equal(await ok(t, ['sink', 'list', id]), '');
    assert.match(await ok(t, ['data', 'close', id, 'ours']), /^ours (closing|closed)$/m);
    await until('the page sees it closed', () => page.evaluate(() => globalThis.peer.channelState('ours') === 'closed'));
  });

  test('an offer that cannot be read is refused with code, reason and line', TIMEOUT, async (t) => {
    const { how, stderr, stdout } = await pcctl(t, ['accept-offer', '--sink', '127.0.0.1:5004'], 'v=0\r\nno sdp\r\n');
    assert.notEqual(how, 'exit status 0');
    assert.equal(stdout, '');
    assert.match(stderr, /INVALID_SDP/);
  });
});
