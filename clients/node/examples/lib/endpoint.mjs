// The HTTP of WHIP (RFC 9725) and WHEP: an offer is posted to the endpoint, which makes a resource; that takes candidates by
// PATCH, and ends by DELETE.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { RTCPeerConnection } from '@peerconnectiond/client/w3c';
import { addCandidates, FRAGMENT_TYPE } from './fragment.mjs';
import { answerTo, readBody } from './serve.mjs';

const SDP_TYPE = 'application/sdp';
// Pages of other origins may use it: what they may do, the token says.
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, PATCH, DELETE, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type',
  'access-control-expose-headers': 'location',
};

/** A refusal. */
export class HttpError extends Error {
  constructor(status, message, headers = {}) {
    super(message);
    Object.assign(this, { status, headers });
  }
}

// Types may have parameters (RFC 9110, 8.3.1).
function expectType(request, type) {
  const [given] = (request.headers['content-type'] ?? '').split(';');
  if (given.trim().toLowerCase() === type) return;
  const name = request.method === 'PATCH' ? 'accept-patch' : 'accept-post';
  throw new HttpError(415, `${type} is expected`, { [name]: type });
}

// Of an offer that was refused: the fault may be the service's.
function refusalOf(error) {
  const { code } = error.cause ?? {};
  if (code === 'RESOURCE_EXHAUSTED' || code === 'UNAVAILABLE') return new HttpError(503, error.message, { 'retry-after': '5' });
  return new HttpError(400, error.message);
}

const notAllowed = (allow) => new HttpError(405, `${allow} can be done with it`, { allow });

/**
 * Serves an endpoint on loopback.
 * @param {object} options
 * @param {number} options.port 0: any free one.
 * @param {string} options.path Of the endpoint, such as `/whip`.
 * @param {string} [options.token] Bearer token of every request; none: anybody may come.
 * @param {string} [options.page] HTML at `/`.
 * @param {number} [options.maxSessions]
 * @param {(connection: RTCPeerConnection, end: () => void) =>
 *   {onOffer?: () => void, onAnswer?: () => Promise<void>, onEnd?: () => void}} options.open Called with each connection,
 *   before its offer is applied; its functions when that is applied, when it is answered, and when the session ends.
 */
export async function serveEndpoint({ port, path, token, page, maxSessions = Infinity, open }) {
  const sessions = new Map(); // By the path of the resource.

  async function create(request) {
    expectType(request, SDP_TYPE);
    const offer = await readBody(request);
    if (sessions.size >= maxSessions) throw new HttpError(503, 'somebody else has it now', { 'retry-after': '5' });
    const connection = new RTCPeerConnection();
    const resource = `${path}/${randomUUID()}`;
    const end = () => {
      if (!sessions.delete(resource)) return;
      onEnd?.();
      connection.close();
    };
    sessions.set(resource, { connection, end });
    connection.addEventListener('connectionstatechange', () => {
      if (['failed', 'closed'].includes(connection.connectionState)) end();
    });
    const { onOffer, onAnswer, onEnd } = open(connection, end);
    try {
      await connection.setRemoteDescription({ type: 'offer', sdp: offer }).catch((error) => Promise.reject(refusalOf(error)));
      onOffer?.();
      const { sdp } = await answerTo(connection);
      await onAnswer?.();
      return { status: 201, headers: { 'content-type': SDP_TYPE, location: resource }, body: sdp };
    } catch (error) {
      end();
      throw error;
    }
  }

  async function useResource(request, { connection, end }) {
    if (request.method === 'DELETE') {
      end();
      return { status: 200 };
    }
    if (request.method !== 'PATCH') throw notAllowed('DELETE, OPTIONS, PATCH');
    expectType(request, FRAGMENT_TYPE);
    const fragment = await readBody(request);
    // What is not of this session, such as an ICE restart, is understood and cannot be done (RFC 9725, 4.3).
    await addCandidates(connection, fragment).catch((error) => {
      throw new HttpError(error.name === 'OperationError' ? 422 : 400, error.message);
    });
    return { status: 204 };
  }

  async function handle(request) {
    const { pathname } = new URL(request.url, 'http://localhost');
    const isEndpoint = pathname === path;
    if (request.method === 'OPTIONS') { // Browsers ask without a token.
      const accept = isEndpoint ? { 'accept-post': SDP_TYPE } : { 'accept-patch': FRAGMENT_TYPE };
      return { status: 204, headers: { ...accept, allow: isEndpoint ? 'OPTIONS, POST' : 'DELETE, OPTIONS, PATCH' } };
    }
    if (page !== undefined && pathname === '/') {
      if (request.method !== 'GET') throw notAllowed('GET');
      return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: page };
    }
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      throw new HttpError(401, 'the token is missing or wrong', { 'www-authenticate': 'Bearer' });
    }
    if (isEndpoint && request.method !== 'POST') throw notAllowed('OPTIONS, POST');
    if (isEndpoint) return create(request);
    const session = sessions.get(pathname);
    if (!session) throw new HttpError(404, 'there is no such resource');
    return useResource(request, session);
  }

  const server = createServer(async (request, response) => {
    const { status, headers, body } = await handle(request).catch((error) => (
      { status: error.status ?? 500, headers: { 'content-type': 'text/plain; charset=utf-8', ...error.headers }, body: error.message }));
    response.writeHead(status, { ...CORS, ...headers }).end(body);
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    close() {
      server.close();
      server.closeAllConnections();
      for (const { end } of [...sessions.values()]) end();
    },
  };
}
