// The examples of the Node client, run as programs, with Chromium on their page.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startChild } from '../../../clients/node/demo/lib/child.js';
import { openPortPair } from '../../../clients/node/demo/lib/ports.js';
import { UdpSink } from '../../../clients/node/demo/lib/udp_sink.js';
import { until, within } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Peer } from '../support/json_lines.js';
import { PEERS } from '../support/peers.js';

const CLIENT = fileURLToPath(new URL('../../../clients/node/', import.meta.url));
const EXAMPLES = join(CLIENT, 'examples');
const TIMEOUT = { timeout: 90_000 };

const start = (t, bench, name, ...args) => startProgram(t, bench, join(EXAMPLES, name), ...args, '--service', bench.address, '--port', '0');

async function startProgram(t, bench, name, ...args) {
  const child = startChild(process.execPath, [name, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.stop());
  let output = '';
  child.process.stdout.on('data', (data) => (output += data));
  const url = await until(`${name} listens`, () => /open (http:\S+)/.exec(output)?.[1]);
  const page = await bench.browser.newPage();
  t.after(() => page.close());
  await page.goto(url);
  return { child, page, url, output: () => output };
}

/** Runs a module of an npm package in the page, and keeps what it exports. */
async function addModule(page, file, name) {
  const source = await readFile(new URL(`../node_modules/${file}`, import.meta.url), 'utf8');
  await page.addScriptTag({ type: 'module', content: `${source}\nglobalThis.${name} = ${name};` });
  await until(name, () => page.evaluate((global) => globalThis[global] !== undefined, name));
}

// Two pairs that were free just now, for ffmpeg.
async function freePorts() {
  const pairs = [await openPortPair(), await openPortPair()];
  await Promise.all(pairs.map((pair) => pair.close()));
  return pairs.map(({ rtpPort }) => rtpPort).join(',');
}

describe('examples', () => {
  const bench = new Bench();
  let folder;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pcd-examples-'));
    await bench.start();
  });
  after(async () => {
    await bench.stop();
    await rm(folder, { recursive: true });
  });

  test('the echo bot echoes', TIMEOUT, async (t) => {
    const { page } = await start(t, bench, 'echo_bot.mjs');
    await until('the echo', async () => (await page.textContent('#log')).includes('hello'));
  });

  test('the program of the README does what it says', TIMEOUT, async (t) => {
    const readme = await readFile(join(CLIENT, 'README.md'), 'utf8');
    let [, program] = /```js\n([^]*?)```/.exec(readme);
    for (const [fixed, ours] of [["'127.0.0.1:50051'", `'${bench.address}'`], ['listen(8080,', 'listen(0,']]) {
      assert.ok(program.includes(fixed), fixed);
      program = program.replace(fixed, ours);
    }
    const own = await mkdtemp(join(tmpdir(), 'pcd-tour-')); // A package of its own, with ours installed.
    t.after(() => rm(own, { recursive: true }));
    await mkdir(join(own, 'node_modules/@peerconnectiond'), { recursive: true });
    await symlink(CLIENT, join(own, 'node_modules/@peerconnectiond/client'));
    await writeFile(join(own, 'bot.mjs'), program);
    const { page, output } = await startProgram(t, bench, join(own, 'bot.mjs'));
    await until('the echo', async () => (await page.textContent('body')).endsWith('hello'));
    await until('the microphone', () => output().includes('audio flows'));
  });

  test('a file arrives as it was', TIMEOUT, async (t) => {
    const file = join(folder, 'file.bin');
    const content = randomBytes(5_000_000);
    await writeFile(file, content);
    const { page } = await start(t, bench, 'send_file.mjs', file);
    await until('the file', () => page.evaluate(() => globalThis.received !== undefined), { timeoutMs: 40_000 });
    const digest = await page.evaluate(async () => {
      const hash = await crypto.subtle.digest('SHA-256', await globalThis.received.arrayBuffer());
      return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    });
    assert.equal(digest, createHash('sha256').update(content).digest('hex'));
  });

  test('a recording has picture and sound', TIMEOUT, async (t) => {
    const out = join(folder, 'out.webm');
    const { child, output } = await start(t, bench, 'record.mjs', out, '--seconds', '3', '--rtp-ports', await freePorts());
    await within(child.ended, 'the recording', 60_000);
    assert.match(output(), /recorded/);
    assert.ok((await stat(out)).size > 10_000);
    const probe = ['-v', 'error', '-count_packets', '-show_entries', 'stream=codec_name,nb_read_packets', '-of', 'json', out];
    const { streams } = JSON.parse((await promisify(execFile)('ffprobe', probe)).stdout);
    assert.deepEqual(streams.map(({ codec_name: name }) => name).sort(), ['opus', 'vp8']);
    for (const { codec_name: name, nb_read_packets: packets } of streams) assert.ok(Number(packets) > 30, `${name}: ${packets}`);
  });

  test('WHIP: a page publishes with trickled candidates, media arrives, and DELETE ends it', TIMEOUT, async (t) => {
    const [video, audio] = [await UdpSink.open(90_000), await UdpSink.open(48_000)];
    t.after(() => Promise.all([video.close(), audio.close()]));
    const ports = `${audio.destination.port},${video.destination.port}`;
    const { page } = await start(t, bench, 'whip.mjs', '--token', 'secret', '--rtp-ports', ports);
    const statuses = await page.evaluate(async () => {
      const send = (method, url, type, body, token = 'secret') =>
        fetch(url, { method, body, headers: { 'content-type': type, authorization: `Bearer ${token}` } });
      const connection = new RTCPeerConnection();
      const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
      for (const kind of ['audio', 'video']) {
        connection.addTransceiver(media.getTracks().find((track) => track.kind === kind), { direction: 'sendonly' });
      }
      const candidates = [];
      connection.onicecandidate = ({ candidate }) => candidates.push(candidate);
      await connection.setLocalDescription();
      const { sdp } = connection.localDescription;
      const refused = [await send('POST', '/whip', 'application/sdp', sdp, 'wrong'), await send('POST', '/whip', 'text/plain', sdp),
        await send('GET', '/whip', 'text/plain'), await send('POST', '/whip', 'application/sdp', 'nonsense')];
      const created = await send('POST', '/whip', 'Application/SDP; charset=utf-8', sdp);
      const resource = created.headers.get('location');
      const second = await send('POST', '/whip', 'application/sdp', sdp);
      await connection.setRemoteDescription({ type: 'answer', sdp: await created.text() });
      while (candidates.at(-1) !== null) await new Promise((resolve) => setTimeout(resolve, 10));
      const lines = candidates.filter((candidate) => candidate?.candidate).map(({ candidate }) => `a=${candidate}\r\n`);
      const ufrag = /a=ice-ufrag:(.*)/.exec(sdp)[1].trim();
      const fragment = `a=ice-ufrag:${ufrag}\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\n${lines.join('')}a=end-of-candidates\r\n`;
      const patched = await send('PATCH', resource, 'application/trickle-ice-sdpfrag;charset=utf-8', fragment);
      Object.assign(globalThis, { connection, end: async () => [await send('DELETE', resource), await send('DELETE', resource)].map(({ status }) => status) });
      return [...refused, created, second, patched].map(({ status }) => status);
    });
    assert.deepEqual(statuses, [401, 415, 405, 400, 201, 503, 204]);
    await until('media', () => [audio, video].every(({ packets }) => packets > 50), { timeoutMs: 30_000 });
    assert.deepEqual(await page.evaluate(() => globalThis.end()), [200, 404]);
    await until('the page sees the end', () =>
      page.evaluate(() => ['disconnected', 'failed', 'closed'].includes(globalThis.connection.connectionState)), { timeoutMs: 30_000 });
  });

  test('WHIP: the public client whip-whep publishes as it is', TIMEOUT, async (t) => {
    const [video, audio] = [await UdpSink.open(90_000), await UdpSink.open(48_000)];
    t.after(() => Promise.all([video.close(), audio.close()]));
    const ports = `${audio.destination.port},${video.destination.port}`;
    const { page } = await start(t, bench, 'whip.mjs', '--token', 'secret', '--rtp-ports', ports);
    await addModule(page, 'whip-whep/whip.js', 'WHIPClient');
    await page.evaluate(async () => {
      const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
      const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
      for (const kind of ['audio', 'video']) {
        connection.addTransceiver(media.getTracks().find((track) => track.kind === kind), { direction: 'sendonly' });
      }
      globalThis.whip = new globalThis.WHIPClient();
      await globalThis.whip.publish(connection, `${location.origin}/whip`, 'secret');
    });
    await until('media', () => [audio, video].every(({ packets }) => packets > 50), { timeoutMs: 30_000 });
    const resource = await page.evaluate(() => globalThis.whip.resourceURL.href);
    await page.evaluate(() => globalThis.whip.stop());
    const again = await fetch(resource, { method: 'DELETE', headers: { authorization: 'Bearer secret' } });
    assert.equal(again.status, 404, 'its DELETE has ended the session');
  });

  test('WHIP: GStreamer publishes, with candidates that follow its offer', TIMEOUT, async (t) => {
    assert.ok(process.env.INTEROP_NAMESPACE, 'GStreamer leaves out loopback: run it by ./namespace.sh');
    const [video, audio] = [await UdpSink.open(90_000), await UdpSink.open(48_000)];
    t.after(() => Promise.all([video.close(), audio.close()]));
    const ports = `${audio.destination.port},${video.destination.port}`;
    const { url } = await start(t, bench, 'whip.mjs', '--rtp-ports', ports);
    const peer = new Peer(await PEERS.find(({ name }) => name === 'GStreamer').command());
    t.after(() => peer.close());
    await peer.started();
    await peer.request('publish');
    const { sdp: offer } = await peer.request('offer');
    const created = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/sdp' }, body: offer });
    const answer = await created.text();
    assert.equal(created.status, 201, answer);
    await peer.request('accept', { sdp: answer });
    const resource = new URL(created.headers.get('location'), url);
    const statuses = [];
    // One fragment for each: there is one transport, that of the first section.
    const [ufrag] = /a=ice-ufrag:\S+/.exec(offer);
    const [mid] = /a=mid:\S+/.exec(offer);
    peer.takeCandidates(async (candidate) => {
      if (candidate && candidate.sdpMLineIndex !== 0) return;
      const line = candidate ? `a=${candidate.candidate}` : 'a=end-of-candidates';
      const body = `${ufrag}\r\nm=audio 9 RTP/AVP 0\r\n${mid}\r\n${line}\r\n`;
      const headers = { 'content-type': 'application/trickle-ice-sdpfrag' };
      statuses.push((await fetch(resource, { method: 'PATCH', headers, body })).status);
    });
    await until('media', () => [audio, video].every(({ packets }) => packets > 50), { timeoutMs: 30_000 });
    assert.deepEqual([...new Set(statuses)], [204]);
    assert.equal((await fetch(resource, { method: 'DELETE' })).status, 200);
  });

  const makeClip = async () => {
    const file = join(folder, 'clip.mkv');
    const sources = ['-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=30', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'];
    await promisify(execFile)('ffmpeg', ['-v', 'error', '-y', ...sources, '-t', '5', '-c:v', 'libvpx', '-c:a', 'libopus', file]);
    return file;
  };

  // What RFC 9725, 4.2 and 4.6, and browsers on pages of other origins ask for; WHEP is alike.
  for (const [name, path] of [['whip', '/whip'], ['whep', '/whep']]) {
    test(`${name.toUpperCase()}: another origin may use it with a token, and what it does not do has its status`, TIMEOUT, async (t) => {
      const args = name === 'whep' ? [await makeClip()] : [];
      const { url, page } = await start(t, bench, `${name}.mjs`, ...args, '--token', 'secret');
      const sdpType = { 'content-type': 'application/sdp' };
      const send = (method, to, headers = {}, body = undefined, token = 'secret') => fetch(new URL(to, url), {
        method, body, headers: { ...headers, ...(token ? { authorization: `Bearer ${token}` } : {}) },
      });
      const asked = await send('OPTIONS', path, { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' }, undefined, null);
      assert.equal(asked.status, 204);
      assert.equal(asked.headers.get('accept-post'), 'application/sdp');
      assert.match(asked.headers.get('access-control-allow-methods'), /DELETE/);
      assert.match(asked.headers.get('access-control-allow-headers'), /authorization/);
      const offer = await page.evaluate(async (direction) => {
        globalThis.sender = new RTCPeerConnection();
        globalThis.sender.addTransceiver('video', { direction });
        return (await globalThis.sender.createOffer()).sdp;
      }, name === 'whip' ? 'sendonly' : 'recvonly');
      const created = await send('POST', path, sdpType, offer);
      assert.deepEqual([created.status, created.headers.get('content-type')], [201, 'application/sdp']);
      assert.equal(created.headers.get('access-control-allow-origin'), '*');
      assert.match(created.headers.get('access-control-expose-headers'), /location/);
      const resource = created.headers.get('location');
      const fragment = { 'content-type': 'application/trickle-ice-sdpfrag' };
      const candidate = 'a=candidate:1 1 udp 1 127.0.0.1 9 typ host';
      for (const [status, header, response] of [
        [401, ['www-authenticate', 'Bearer'], await send('POST', path, sdpType, offer, null)],
        [401, ['www-authenticate', 'Bearer'], await send('DELETE', resource, {}, undefined, 'wrong')],
        [405, ['allow', 'OPTIONS, POST'], await send('GET', path)],
        [405, ['allow', 'DELETE, OPTIONS, PATCH'], await send('POST', resource, sdpType, offer)],
        [415, ['accept-post', 'application/sdp'], await send('POST', path, { 'content-type': 'application/sdpx' }, offer)],
        [415, ['accept-patch', 'application/trickle-ice-sdpfrag'], await send('PATCH', resource, sdpType, candidate)],
        [422, [], await send('PATCH', resource, fragment, `a=ice-ufrag:other\r\na=mid:0\r\n${candidate}\r\n`)],
        [400, [], await send('PATCH', resource, fragment, `${candidate}\r\n`)],
        [204, [], await send('PATCH', resource, fragment, `a=mid:0\r\n${candidate}\r\n`)],
        [413, [], await send('POST', path, sdpType, 'x'.repeat(300_000))],
        [404, [], await send('DELETE', `${path}/none`)],
        [200, [], await send('DELETE', resource)],
        [400, [], await send('POST', path, sdpType, 'v=0')],
      ]) {
        const text = await response.text();
        assert.equal(response.status, status, text);
        assert.equal(response.headers.get('access-control-allow-origin'), '*');
        if (header.length > 0) assert.equal(response.headers.get(header[0]), header[1]);
      }
    });
  }

  test('WHEP: the public client whip-whep watches as it is', TIMEOUT, async (t) => {
    const { page } = await start(t, bench, 'whep.mjs', await makeClip());
    await addModule(page, 'whip-whep/whep.js', 'WHEPClient');
    await page.evaluate(async () => {
      const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
      for (const kind of ['audio', 'video']) connection.addTransceiver(kind, { direction: 'recvonly' });
      Object.assign(globalThis, { viewed: connection, whep: new globalThis.WHEPClient() });
      await globalThis.whep.view(connection, `${location.origin}/whep`);
    });
    await until('pictures', () => page.evaluate(async () => [...(await globalThis.viewed.getStats()).values()]
      .some(({ type, kind, packetsReceived }) => type === 'inbound-rtp' && kind === 'video' && packetsReceived > 50)), { timeoutMs: 40_000 });
    const resource = await page.evaluate(() => globalThis.whep.resourceURL.href);
    await page.evaluate(() => globalThis.whep.stop());
    assert.equal((await fetch(resource, { method: 'DELETE' })).status, 404, 'its DELETE has ended the session');
  });

  test('WHEP: a file is played to a page, which decodes it', TIMEOUT, async (t) => {
    const { page } = await start(t, bench, 'whep.mjs', await makeClip());
    const decoded = () => page.evaluate(async () => {
      const entries = [...((await globalThis.connection?.getStats()) ?? new Map()).values()].filter(({ type }) => type === 'inbound-rtp');
      const of = (kind) => entries.find((entry) => entry.kind === kind);
      return { frames: of('video')?.framesDecoded ?? 0, samples: of('audio')?.totalSamplesReceived ?? 0, energy: of('audio')?.totalAudioEnergy ?? 0 };
    });
    // What nobody hears has no energy.
    await page.evaluate(() => (document.querySelector('video').muted = false));
    await until('picture and sound', async () => {
      const { frames, samples, energy } = await decoded();
      return frames > 30 && samples > 48_000 && energy > 0;
    }, { timeoutMs: 40_000 });
    const ended = await page.evaluate(async () => (await fetch(globalThis.resource, { method: 'DELETE' })).status);
    assert.equal(ended, 200);
  });
});
