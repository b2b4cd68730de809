// Plays a file to whoever comes, by WHEP: a player posts its offer to http://127.0.0.1:PORT/whep.
//   node whep.mjs FILE [--token SECRET] [--service 127.0.0.1:50051] [--port 8080]
// ffmpeg encodes for each viewer and sends RTP to UDP sources of the service; the page at / is a player, with the token in
// its address: /?token=SECRET.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { connect, createMediaStreamTrack, MediaStream, peerConnectionId, trackId } from '@peerconnectiond/client/w3c';
import { serveEndpoint } from './lib/endpoint.mjs';
import { OPTIONS } from './lib/serve.mjs';

const { values, positionals } = parseArgs({ options: { ...OPTIONS, token: { type: 'string' } }, allowPositionals: true });
const [file] = positionals;
if (!file) throw new Error('which file?');
const service = await connect(values.service);

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
  const token = new URLSearchParams(location.search).get('token');
  const headers = { 'content-type': 'application/sdp', ...(token ? { authorization: 'Bearer ' + token } : {}) };
  const response = await fetch('/whep', { method: 'POST', headers, body: connection.localDescription.sdp });
  if (response.status !== 201) throw new Error(await response.text());
  globalThis.resource = response.headers.get('location');
  await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() });
  globalThis.connection = connection;
})();
</script>`;

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

// A viewer's tracks; ffmpeg begins when there is a way to the viewer.
function open(connection, end) {
  const tracks = Object.entries(CODECS).map(([kind, codec]) => createMediaStreamTrack(kind, { source: { udp: { codec } } }));
  let playing;
  connection.onconnectionstatechange = () => {
    if (connection.connectionState === 'connected') {
      playing ??= startFfmpeg(connection, tracks);
      playing.then((ffmpeg) => ffmpeg.once('exit', end).once('error', end), end);
    }
    if (connection.connectionState === 'disconnected') end(); // Who comes back comes anew.
  };
  return {
    onOffer() {
      const stream = new MediaStream(tracks);
      for (const track of tracks) connection.addTrack(track, stream);
    },
    onEnd() {
      playing?.then((ffmpeg) => ffmpeg.kill(), () => {});
    },
  };
}

const endpoint = await serveEndpoint({ port: Number(values.port), path: '/whep', token: values.token, page: PAGE, open });
console.log(`open http://127.0.0.1:${endpoint.port}/`);

process.once('SIGTERM', () => {
  endpoint.close();
  service.close();
});
