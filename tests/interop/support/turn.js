// coturn as the STUN and TURN server of a test.
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, isIPv6 } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../../clients/node/demo/lib/wait.js';

const USERNAME = 'user';
const CREDENTIAL = 'secret';

/** An address of this machine that is not loopback: coturn relays to no other, and browsers have it too. */
export function outerAddress() {
  const found = Object.values(networkInterfaces()).flat().find(({ family, internal }) => family === 'IPv4' && !internal);
  if (!found) throw new Error('this machine has loopback addresses only');
  return found.address;
}

// A number that is free for UDP and TCP a moment ago; the server is about to take it.
async function freePort(host) {
  for (;;) {
    const tcp = createServer();
    tcp.listen(0, host);
    await once(tcp, 'listening');
    const { port } = tcp.address();
    const udp = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    const taken = await new Promise((resolve) => {
      udp.once('error', () => resolve(true));
      udp.bind(port, host, () => resolve(false));
    });
    if (!taken) await new Promise((resolve) => udp.close(resolve));
    await new Promise((resolve) => tcp.close(resolve));
    if (!taken) return port;
  }
}

// A STUN Binding request (RFC 8489) with a transaction id that says nothing.
const BINDING_REQUEST = Buffer.from('000100002112a442000102030405060708090a0b', 'hex');

async function answers(host, port) {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    const answer = new Promise((resolve) => {
      socket.once('message', () => resolve(true));
      socket.once('error', () => resolve(false));
      setTimeout(() => resolve(false), 300);
    });
    socket.send(BINDING_REQUEST, port, host);
    return await answer;
  } finally {
    socket.close();
  }
}

async function accepts(host, port) {
  const socket = connect(port, host);
  const accepted = await new Promise((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  return accepted;
}

const serves = async (host, port) => (await answers(host, port)) && accepts(host, port);

/** One coturn, which ends with the test. */
export class TurnServer {
  #child;
  #log = '';

  /**
   * @param {import('node:test').TestContext} t
   * @param {{command?: string[], host?: string, relay?: string, flags?: string[]}} [options] `command`: put in front, to run it
   *   elsewhere; `relay`: where it relays, if not at `host`.
   * @returns {Promise<TurnServer>}
   */
  static async start(t, { host = outerAddress(), relay = host, flags = [], command = [], port, waitFor = serves } = {}) {
    const server = new TurnServer();
    server.host = host;
    server.port = port ?? await freePort(host);
    const directory = await mkdtemp(join(tmpdir(), 'pcd-turn-'));
    t.after(async () => {
      await server.kill();
      await rm(directory, { recursive: true });
    });
    const [program, ...args] = [...command, 'turnserver', '-n', '--listening-ip', host, '--listening-port',
      String(server.port), '--relay-ip', relay, ...flags, '--lt-cred-mech', '--user', `${USERNAME}:${CREDENTIAL}`, '--realm', 'test',
      '--no-tls', '--no-dtls', '--no-cli', '--no-multicast-peers', '--log-file', 'stdout', '--simple-log',
      '--pidfile', join(directory, 'pid'), '--db', join(directory, 'db')];
    server.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: directory });
    for (const stream of [server.#child.stdout, server.#child.stderr]) {
      stream.on('data', (text) => (server.#log = (server.#log + text).slice(-8_000)));
    }
    server.#child.on('error', (error) => (server.#log += error.stack));
    await until('coturn answers', () => {
      if (server.#child.exitCode !== null || server.#child.pid === undefined) throw new Error(server.#log);
      return waitFor(host, server.port);
    }, { timeoutMs: 15_000 });
    return server;
  }

  // In a URL (RFC 7064, RFC 7065) an address of IPv6 has brackets.
  get #authority() {
    return `${isIPv6(this.host) ? `[${this.host}]` : this.host}:${this.port}`;
  }

  get log() {
    return this.#log;
  }

  /** `turn:` with `udp` or `tcp`. */
  turn(transport) {
    return `turn:${this.#authority}?transport=${transport}`;
  }

  stun() {
    return `stun:${this.#authority}`;
  }

  /** An RTCIceServer of it. */
  iceServer(...urls) {
    return { urls, username: USERNAME, credential: CREDENTIAL };
  }

  /** At once, without a word to anybody. */
  async kill() {
    const child = this.#child;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}
