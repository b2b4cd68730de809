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

  test('an offer that cannot be read is refused with code, reason and line', TIMEOUT, async (t) => {
    const { how, stderr, stdout } = await pcctl(t, ['accept-offer', '--sink', '127.0.0.1:5004'], 'v=0\r\nno sdp\r\n');
    assert.notEqual(how, 'exit status 0');
    assert.equal(stdout, '');
    assert.match(stderr, /INVALID_SDP/);
  });
});
