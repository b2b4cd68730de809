// A way to the service that can be cut.
import { connect, createServer } from 'node:net';

/**
 * @param {string} address Of the service.
 * @returns {Promise<{address: string, cut: () => void, hold: () => void, release: () => void, deafen: () => void,
 *   refused: () => number, stop: () => Promise<void>}>}
 *   `cut` breaks what is open; `hold` does so, too, and nothing gets through again until `release`; `refused` is how many
 *   tried. After `deafen` nothing that the service says arrives, until `cut`.
 */
export async function startProxy(address) {
  const [host, port] = address.split(':');
  const sockets = new Set();
  let held = false;
  let deaf = false;
  let refused = 0;
  const server = createServer((client) => {
    if (held) {
      ++refused;
      return client.destroy();
    }
    const upstream = connect(Number(port), host);
    for (const [from, to] of [[client, upstream], [upstream, client]]) {
      sockets.add(from);
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (data) => {
      if (deaf) return;
      if (!client.write(data)) upstream.pause();
    });
    client.on('drain', () => upstream.resume());
    upstream.on('end', () => client.end());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    deaf = false;
    for (const socket of [...sockets]) socket.destroy();
  };
  return {
    address: `127.0.0.1:${server.address().port}`,
    cut,
    hold: () => {
      held = true;
      cut();
    },
    release: () => (held = false),
    deafen: () => (deaf = true),
    refused: () => refused,
    stop: () => {
      cut();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
