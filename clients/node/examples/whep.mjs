// Plays a file to whoever comes, by WHEP: a player posts its offer to http://127.0.0.1:PORT/whep.
//   node whep.mjs FILE [--service 127.0.0.1:50051] [--port 8080]
// ffmpeg encodes for each viewer and sends RTP to UDP sources of the service; the page at / is a player.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { connect, createMediaStreamTrack, MediaStream, peerConnectionId, RTCPeerConnection, trackId } from '@peerconnectiond/client/w3c';
import { addCandidates, FRAGMENT_TYPE } from './lib/fragment.mjs';
import { answerTo, OPTIONS, readBody } from './lib/serve.mjs';

const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
const [file] = positionals;
if (!file) throw new Error('which file?');
const service = await connect(values.service);
const viewers = new Map(); // By the path of its resource: the connection, and what ends it.

const CODECS = {
  video: { mimeType: 'video/VP8', clockRate: 90_000 },
  audio: { mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
};
const ENCODERS = {
  video: ['-map', '0:v:0', '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1M', '-g', '60'],
  audio: ['-map', '0:a:0', '-c:a', 'libopus', '-ac', '2', '-ar', '48000'],
};

const PAGE = `<!doctype html><meta charset="utf-8"><title>player</title><video autoplay muted playsinline controls></video>
<script>
(async () => {
  const connection = new RTCPeerConnection();
  connection.addTransceiver('audio', { direction: 'recvonly' });
  connection.addTransceiver('video', { direction: 'recvonly' });
  connection.ontrack = ({ streams: [stream] }) => (document.querySelector('video').srcObject = stream);
  await connection.setLocalDescription();
  while (connection.iceGatheringState !== 'complete') {
    await new Promise((resolve) => connection.addEventListener('icegatheringstatechange', resolve, { once: true }));
  }
  const headers = { 'content-type': 'application/sdp' };
  const response = await fetch('/whep', { method: 'POST', headers, body: connection.localDescription.sdp });
  if (response.status !== 201) throw new Error(await response.text());
  globalThis.resource = response.headers.get('location');
  await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() });
  globalThis.connection = connection;
})();
</script>`;

async function addViewer(offer) {
  const connection = new RTCPeerConnection();
  const path = `/whep/${randomUUID()}`;
  let ffmpeg;
  const end = () => {
    viewers.delete(path);
    ffmpeg?.kill();
    connection.close();
  };
  viewers.set(path, { connection, end });
  connection.onconnectionstatechange = () => {
    if (connection.connectionState === 'connected') void play().catch(end);
    if (['failed', 'disconnected', 'closed'].includes(connection.connectionState)) end();
  };
  const tracks = Object.entries(CODECS).map(([kind, codec]) => createMediaStreamTrack(kind, { source: { udp: { codec } } }));
  const play = async () => {
    ffmpeg ??= await startFfmpeg(connection, tracks);
    ffmpeg.once('exit', end);
  };
  try {
    await connection.setRemoteDescription({ type: 'offer', sdp: offer });
    const stream = new MediaStream(tracks);
    for (const track of tracks) connection.addTrack(track, stream);
    const { sdp } = await answerTo(connection);
    return { path, sdp };
  } catch (error) {
    end();
    throw error;
  }
}

// The service has chosen free ports for the sources.
async function startFfmpeg(connection, tracks) {
  const id = await peerConnectionId(connection);
  const outputs = [];
  for (const track of tracks) {
    const { track: found } = await service.client.media.getTrack({ peerConnectionId: id, trackId: trackId(track) });
    const { host, port } = found.source.localRtp;
    outputs.push(...ENCODERS[track.kind], '-f', 'rtp', `rtp://${host}:${port}?pkt_size=1200`);
  }
  const args = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-re', '-stream_loop', '-1', '-i', file, ...outputs];
  return spawn('ffmpeg', args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function handle(request) {
  if (request.method === 'GET') return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: PAGE };
  if (request.method === 'POST' && request.url === '/whep') {
    if (request.headers['content-type'] !== 'application/sdp') return { status: 415, body: 'application/sdp is expected' };
    const { path, sdp } = await addViewer(await readBody(request));
    return { status: 201, headers: { 'content-type': 'application/sdp', location: path }, body: sdp };
  }
  const viewer = viewers.get(request.url);
  if (!viewer) return { status: 404, body: 'there is no such resource' };
  if (request.method === 'PATCH') {
    if (request.headers['content-type'] !== FRAGMENT_TYPE) return { status: 415, body: `${FRAGMENT_TYPE} is expected` };
    await addCandidates(viewer.connection, await readBody(request));
    return { status: 204 };
  }
  if (request.method !== 'DELETE') return { status: 405, body: 'PATCH or DELETE' };
  viewer.end();
  return { status: 200 };
}

const server = createServer(async (request, response) => {
  const { status, headers, body } = await handle(request).catch((error) => ({ status: 400, body: error.message }));
  response.writeHead(status, headers).end(body);
});
await new Promise((resolve) => server.listen(Number(values.port), '127.0.0.1', resolve));
console.log(`open http://127.0.0.1:${server.address().port}/`);

process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  for (const { end } of [...viewers.values()]) end();
  service.close();
});
