// A way to the service that can be cut.
import { connect, createServer } from 'node:net';

/** @param {string} address Of the service. @returns {Promise<{address: string, cut: () => void, stop: () => Promise<void>}>} */
export async function startProxy(address) {
  const [host, port] = address.split(':');
  const sockets = new Set();
  const server = createServer((client) => {
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
    stop: () => {
      cut();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
