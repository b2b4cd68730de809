// How a page talks to the service: it does not. It talks to a web server of yours (this one), which calls the service.
//
//   POST /offer       the page's offer in, the answer out
//   POST /candidate   one candidate of the page; `null` is the end
//   GET  /candidates  candidates of the service, as server-sent events
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(new URL('../page/', import.meta.url));
const FILES = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/publish.js': ['publish.js', 'text/javascript; charset=utf-8'],
};
const MAX_BODY_BYTES = 256 << 10;

async function readJson(request) {
  let body = '';
  for await (const part of request.setEncoding('utf8')) {
    body += part;
    if (body.length > MAX_BODY_BYTES) throw new Error('the request is too long');
  }
  return JSON.parse(body);
}

/** The web server for one page and one connection. */
export class Signaling {
  #client;
  #peerConnectionId;
  #server;
  #candidates = []; // All so far, for a page that begins to listen late.
  #listeners = new Set();
  counts = { fromPage: 0, toPage: 0 };

  /** @param {import('../../dist/index.js').Client} client @param {string} peerConnectionId */
  constructor(client, peerConnectionId) {
    this.#client = client;
    this.#peerConnectionId = peerConnectionId;
    this.#server = createServer((request, response) => {
      this.#route(request, response).catch((error) => {
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
        response.end(error.message);
      });
    });
  }

  /** Starts on a free port of loopback. @returns {Promise<string>} The page's URL. */
  async listen() {
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${this.#server.address().port}/`;
  }

  /** Hands a candidate of the service to the page; null: there are no more. */
  sendCandidate(candidate) {
    if (candidate?.candidate) ++this.counts.toPage;
    this.#candidates.push(candidate);
    for (const response of this.#listeners) response.write(`data: ${JSON.stringify(candidate)}\n\n`);
  }

  async #route(request, response) {
    const route = `${request.method} ${request.url}`;
    if (route === 'POST /offer') return this.#onOffer(request, response);
    if (route === 'POST /candidate') return this.#onCandidate(request, response);
    if (route === 'GET /candidates') return this.#onListener(response);
    const [file, type] = FILES[request.url] ?? [];
    if (request.method !== 'GET' || !file) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': type }).end(await readFile(PAGE + file));
  }

  async #onOffer(request, response) {
    const { sdp } = await readJson(request);
    const peerConnectionId = this.#peerConnectionId;
    const { peerConnections } = this.#client;
    await peerConnections.setRemoteDescription({ peerConnectionId, description: { type: 'SDP_TYPE_OFFER', sdp } });
    const { peerConnection } = await peerConnections.setLocalDescription({ peerConnectionId });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ type: 'answer', sdp: peerConnection.localDescription.sdp }));
  }

  async #onCandidate(request, response) {
    const candidate = await readJson(request); // An RTCIceCandidateInit has the fields that the API has.
    if (candidate?.candidate) ++this.counts.fromPage;
    await this.#client.peerConnections.addIceCandidate({ peerConnectionId: this.#peerConnectionId, candidate });
    response.writeHead(204).end();
  }

  #onListener(response) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    for (const candidate of this.#candidates) response.write(`data: ${JSON.stringify(candidate)}\n\n`);
    response.flushHeaders();
    this.#listeners.add(response);
    response.once('close', () => this.#listeners.delete(response));
  }

  /** Ends all requests and the server. @returns {Promise<void>} */
  close() {
    for (const response of this.#listeners) response.end();
    return new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }
}
