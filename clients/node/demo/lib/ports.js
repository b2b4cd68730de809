// Pairs of UDP ports on loopback: RTP on an even port, RTCP on the next (RFC 3550, 11).
import dgram from 'node:dgram';

export const HOST = '127.0.0.1';
const RECEIVE_BUFFER_BYTES = 4 << 20;
const ATTEMPTS = 200;

function bind(port) {
  return new Promise((resolve, reject) => {
    const socket = dgram.createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
    socket.once('error', reject);
    socket.bind({ address: HOST, port, exclusive: true }, () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

const close = (socket) => new Promise((resolve) => socket.close(resolve));

/** Two bound sockets on neighbouring ports. */
export class PortPair {
  /** @param {dgram.Socket} rtp @param {dgram.Socket} rtcp */
  constructor(rtp, rtcp) {
    this.rtp = rtp;
    this.rtcp = rtcp;
    this.rtpPort = rtp.address().port;
    this.rtcpPort = rtcp.address().port;
  }

  /** Frees both ports, for example for a process that shall bind them next. */
  async close() {
    await Promise.all([close(this.rtp), close(this.rtcp)]);
  }
}

/**
 * Binds a free pair of ports.
 * @returns {Promise<PortPair>}
 */
export async function openPortPair() {
  for (let attempt = 0; attempt < ATTEMPTS; ++attempt) {
    const rtp = await bind(0);
    const { port } = rtp.address();
    if (port % 2 === 0) {
      try {
        return new PortPair(rtp, await bind(port + 1));
      } catch (error) {
        if (error.code !== 'EADDRINUSE') throw error;
      }
    }
    await close(rtp);
  }
  throw new Error('no free pair of UDP ports on loopback');
}
