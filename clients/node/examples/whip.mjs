// A WHIP endpoint (RFC 9725): OBS, GStreamer or a page publishes to http://127.0.0.1:PORT/whip, and the media goes to UDP
// ports that ffplay, ffmpeg or GStreamer read:
//   node whip.mjs [--token SECRET] [--sdp live.sdp] [--rtp-ports 5004,5006] [--service 127.0.0.1:50051] [--port 8080]
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { connect, peerConnectionId, trackId } from '@peerconnectiond/client/w3c';
import { serveEndpoint } from './lib/endpoint.mjs';
import { OPTIONS } from './lib/serve.mjs';

const { values } = parseArgs({
  options: { ...OPTIONS, token: { type: 'string' }, sdp: { type: 'string' }, 'rtp-ports': { type: 'string', default: '5004,5006' } },
});
const service = await connect(values.service);
const ports = values['rtp-ports'].split(',').map(Number);

async function sendToPorts(connection, tracks) {
  const id = { peerConnectionId: await peerConnectionId(connection) };
  const sinkIds = [];
  for (const [i, track] of tracks.slice(0, ports.length).entries()) {
    const sinkId = `whip-${i}`;
    const destination = { host: '127.0.0.1', port: ports[i] };
    await service.client.media.createSink({ ...id, spec: { sinkId, selector: { trackId: trackId(track) }, destination } });
    sinkIds.push(sinkId);
  }
  const { sdp } = await service.client.media.getSinkSdp({ ...id, sinkIds });
  if (values.sdp) await writeFile(values.sdp, sdp);
}

const endpoint = await serveEndpoint({
  port: Number(values.port),
  path: '/whip',
  token: values.token,
  maxSessions: 1, // One publisher at a time has the UDP ports.
  open(connection) {
    const tracks = [];
    connection.ontrack = ({ track }) => tracks.push(track);
    return { onAnswer: () => sendToPorts(connection, tracks) };
  },
});
console.log(`open http://127.0.0.1:${endpoint.port}/whip`);

process.once('SIGTERM', () => {
  endpoint.close();
  service.close();
});
