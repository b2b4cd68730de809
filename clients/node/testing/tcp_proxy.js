// A way to the service that can be cut.
import { connect, createServer } from 'node:net';

/**
 * @param {string} address Of the service.
 * @returns {Promise<{address: string, cut: () => void, hold: () => void, release: () => void, stop: () => Promise<void>}>}
 *   `cut` breaks what is open; `hold` does so, too, and nothing gets through again until `release`.
 */
export async function startProxy(address) {
  const [host, port] = address.split(':');
  const sockets = new Set();
  let held = false;
  const server = createServer((client) => {
    if (held) return client.destroy();
    const upstream = connect(Number(port), host);
    for (const [from, to] of [[client, upstream], [upstream, client]]) {
      sockets.add(from);
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
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
    stop: () => {
      cut();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
