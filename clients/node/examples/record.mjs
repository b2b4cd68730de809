// Records a browser's camera and microphone with ffmpeg, without decoding:
//   node record.mjs OUT.webm [--seconds 10] [--rtp-ports 5004,5006] [--service 127.0.0.1:50051] [--port 8080]
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connect, firstFrame, peerConnectionId, RTCPeerConnection, trackId } from '@peerconnectiond/client/w3c';
import { answerTo, OPTIONS, serve } from './lib/serve.mjs';

const { values, positionals } = parseArgs({
  options: { ...OPTIONS, seconds: { type: 'string', default: '10' }, 'rtp-ports': { type: 'string', default: '5004,5006' } },
  allowPositionals: true,
});
const [output] = positionals;
if (!output) throw new Error('into which file?');
const service = await connect(values.service);
const { client } = service;
const ports = values['rtp-ports'].split(',').map(Number);

const PAGE = `
connectToNode(async (connection) => {
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  for (const track of media.getTracks()) connection.addTrack(track, media);
}).then((connection) => (globalThis.connection = connection));`;

// Media never comes to Node: the service sends it to UDP ports, and ffmpeg listens there. The sinks are paused until it
// does, and begin with a key frame.
async function record(connection, tracks) {
  await Promise.all(tracks.map(firstFrame));
  const id = await peerConnectionId(connection);
  const sinkIds = [];
  for (const [i, track] of tracks.entries()) {
    const sinkId = `record-${track.kind}`;
    const destination = { host: '127.0.0.1', port: ports[i] };
    const spec = { sinkId, selector: { trackId: trackId(track) }, destination, paused: true };
    await client.media.createSink({ peerConnectionId: id, spec });
    sinkIds.push(sinkId);
  }
  const { sdp } = await client.media.getSinkSdp({ peerConnectionId: id, sinkIds });
  const folder = await mkdtemp(join(tmpdir(), 'record-'));
  await writeFile(join(folder, 'sinks.sdp'), sdp);
  const ended = runFfmpeg(join(folder, 'sinks.sdp'));
  await new Promise((resolve) => setTimeout(resolve, 1000)); // ffmpeg says nothing when it begins to listen.
  for (const sinkId of sinkIds) {
    await client.media.updateSink({ peerConnectionId: id, sinkId, spec: { paused: false }, updateMask: { paths: ['paused'] } });
  }
  const status = await ended;
  await rm(folder, { recursive: true });
  return status;
}

function runFfmpeg(sdp) {
  const input = ['-protocol_whitelist', 'file,udp,rtp', '-analyzeduration', '2M', '-i', sdp];
  const child = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-nostdin', ...input, '-c', 'copy', '-t', values.seconds, '-y', output], {
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject));
}

const server = await serve(Number(values.port), PAGE, async (offer) => {
  const connection = new RTCPeerConnection();
  const tracks = [];
  connection.ontrack = ({ track }) => tracks.push(track);
  const answer = await answerTo(connection, offer);
  record(connection, tracks).then((status) => {
    console.log(status === 0 ? `recorded ${output}` : `ffmpeg ended with status ${status}`);
    connection.close();
    server.close();
    server.closeAllConnections();
    service.close();
  }, (error) => {
    console.log(`nothing was recorded: ${error.message}`); // The page went before its media came; another may come.
    connection.close();
  });
  return answer;
});
console.log(`open http://127.0.0.1:${server.address().port}/`);
