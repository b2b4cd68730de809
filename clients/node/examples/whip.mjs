// A WHIP endpoint (RFC 9725): OBS, GStreamer or a page publishes to http://127.0.0.1:PORT/whip, and the media goes to UDP
// ports that ffplay, ffmpeg or GStreamer read:
//   node whip.mjs [--token SECRET] [--sdp live.sdp] [--rtp-ports 5004,5006] [--service 127.0.0.1:50051] [--port 8080]
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { connect, peerConnectionId, RTCPeerConnection, trackId } from '@peerconnectiond/client/w3c';
import { addCandidates, FRAGMENT_TYPE } from './lib/fragment.mjs';
import { answerTo, OPTIONS, readBody } from './lib/serve.mjs';

const { values } = parseArgs({
  options: { ...OPTIONS, token: { type: 'string' }, sdp: { type: 'string' }, 'rtp-ports': { type: 'string', default: '5004,5006' } },
});
const service = await connect(values.service);
const ports = values['rtp-ports'].split(',').map(Number);
const sessions = new Map(); // By the path of its resource.

class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

// One publisher at a time has the UDP ports.
async function publish(request) {
  if (request.headers['content-type'] !== 'application/sdp') throw new HttpError(415, 'application/sdp is expected');
  if (sessions.size > 0) throw new HttpError(503, 'somebody else is publishing');
  const connection = new RTCPeerConnection();
  const path = `/whip/${randomUUID()}`;
  sessions.set(path, connection);
  const end = () => {
    sessions.delete(path);
    connection.close();
  };
  connection.onconnectionstatechange = () => {
    if (['failed', 'closed'].includes(connection.connectionState)) end();
  };
  try {
    const tracks = [];
    connection.ontrack = ({ track }) => tracks.push(track);
    const { sdp } = await answerTo(connection, { type: 'offer', sdp: await readBody(request) });
    await sendToPorts(connection, tracks);
    return { status: 201, headers: { 'content-type': 'application/sdp', location: path }, body: sdp };
  } catch (error) {
    end();
    throw new HttpError(400, error.message);
  }
}

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

async function handle(request) {
  if (request.method === 'OPTIONS') return { status: 204, headers: { 'accept-post': 'application/sdp' } };
  if (values.token !== undefined && request.headers.authorization !== `Bearer ${values.token}`) {
    throw new HttpError(401, 'the token is missing or wrong');
  }
  if (request.url === '/whip') {
    if (request.method !== 'POST') throw new HttpError(405, 'POST an offer');
    return publish(request);
  }
  const connection = sessions.get(request.url);
  if (!connection) throw new HttpError(404, 'there is no such resource');
  if (request.method === 'PATCH') {
    if (request.headers['content-type'] !== FRAGMENT_TYPE) throw new HttpError(415, `${FRAGMENT_TYPE} is expected`);
    await addCandidates(connection, await readBody(request));
    return { status: 204 };
  }
  if (request.method !== 'DELETE') throw new HttpError(405, 'PATCH or DELETE');
  sessions.delete(request.url);
  connection.close();
  return { status: 200 };
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, PATCH, DELETE, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type',
  'access-control-expose-headers': 'location',
};

const server = createServer(async (request, response) => {
  const { status, headers, body } = await handle(request).catch((error) => ({ status: error.status ?? 500, body: error.message }));
  response.writeHead(status, { ...CORS, ...headers }).end(body);
});
await new Promise((resolve) => server.listen(Number(values.port), '127.0.0.1', resolve));
console.log(`open http://127.0.0.1:${server.address().port}/whip`);

process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  for (const connection of sessions.values()) connection.close();
  service.close();
});
