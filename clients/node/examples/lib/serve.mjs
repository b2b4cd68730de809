// What every example needs: a web server on loopback whose page sends an offer and gets an answer, both with all
// candidates, so that one request is all the signaling there is.
import { createServer } from 'node:http';

const MAX_BODY_BYTES = 256 << 10;

// In the page: makes a connection, lets `setUp` add to it, and exchanges the descriptions.
async function connectToNode(setUp) {
  const connection = new RTCPeerConnection();
  await setUp(connection);
  await connection.setLocalDescription();
  while (connection.iceGatheringState !== 'complete') {
    await new Promise((resolve) => connection.addEventListener('icegatheringstatechange', resolve, { once: true }));
  }
  const response = await fetch('/offer', { method: 'POST', body: JSON.stringify(connection.localDescription) });
  await connection.setRemoteDescription(await response.json());
  return connection;
}

/** The text of a request; the error of one that is too long has its `status`. */
export async function readBody(request) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > MAX_BODY_BYTES) throw Object.assign(new Error('the offer is too long'), { status: 413 });
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** Resolves when a connection has all its candidates. */
export async function gathered(connection) {
  while (connection.iceGatheringState !== 'complete') {
    await new Promise((resolve) => connection.addEventListener('icegatheringstatechange', resolve, { once: true }));
  }
}

/** Applies an offer, unless that was done before, and returns the answer with all candidates. */
export async function answerTo(connection, offer) {
  if (offer) await connection.setRemoteDescription(offer);
  await connection.setLocalDescription();
  await gathered(connection);
  return connection.localDescription;
}

/**
 * Serves a page and answers its offers.
 * @param {number} port 0: any free one.
 * @param {string} script Of the page; `connectToNode(setUp)` is there for it.
 * @param {(offer: RTCSessionDescriptionInit) => Promise<RTCSessionDescription>} onOffer
 */
export async function serve(port, script, onOffer) {
  const html = `<!doctype html><meta charset="utf-8"><title>example</title><body><pre id="log"></pre>
<script>${connectToNode}
${script}</script>`;
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST' || request.url !== '/offer') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
      return;
    }
    try {
      const answer = await onOffer(JSON.parse(await readBody(request)));
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    } catch (error) {
      response.writeHead(error.status ?? 400, { 'content-type': 'text/plain; charset=utf-8' }).end(`${error}`);
    }
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

/** Options of the command line, all alike: `--service host:port --port n`, and what else is given. */
export const OPTIONS = {
  service: { type: 'string', default: '127.0.0.1:50051' },
  port: { type: 'string', default: '8080' },
};
