// The signaling server that PeerJS speaks to: it hands messages on from one peer to another by id.
import { createServer } from 'node:http';
import { load } from './libraries.js';

/** @returns {Promise<{port: number, stop: () => Promise<void>}>} */
export async function startPeerServer() {
  const { WebSocketServer } = load('ws');
  const http = createServer((request, response) => response.writeHead(404).end());
  const sockets = new Map();
  const server = new WebSocketServer({ server: http });
  server.on('connection', (socket, { url }) => {
    const id = new URL(url, 'http://localhost').searchParams.get('id');
    sockets.set(id, socket);
    socket.send(JSON.stringify({ type: 'OPEN' }));
    socket.on('message', (text) => {
      const message = JSON.parse(text);
      if (message.dst) sockets.get(message.dst)?.send(JSON.stringify({ ...message, src: id }));
    });
  });
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    for (const socket of sockets.values()) socket.terminate();
    server.close();
    return new Promise((resolve) => http.close(resolve));
  };
  return { port: http.address().port, stop };
}
