// Which peers there are, and how they are started.
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const path = (name) => fileURLToPath(new URL(`../peers/${name}`, import.meta.url));
const BUILD = fileURLToPath(new URL('../../../build/interop/', import.meta.url));
const NODE = process.execPath;
const PYTHON = '/usr/bin/python3'; // Debian's, which has Debian's packages.
// Debian's Go packages are for GOPATH mode. Without C no compiler of it is needed.
const GO_ENVIRONMENT = { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode', CGO_ENABLED: '0' };

// Go keeps what it has compiled: the first time takes half a minute, each further time a second.
async function pion() {
  const program = `${BUILD}pion_peer`;
  await mkdir(BUILD, { recursive: true });
  await run('go', ['build', '-o', program, '.'], { cwd: path('pion'), env: GO_ENVIRONMENT });
  const { stdout } = await run('dpkg-query', ['-W', '-f', '${source:Upstream-Version}', 'golang-github-pion-webrtc.v3-dev']);
  return [program, stdout];
}

/**
 * @typedef {object} PeerSpec
 * @property {string} name
 * @property {() => string[] | Promise<string[]>} command Makes its command line.
 * @property {string[]} [roles] Unset: it can both offer and answer.
 * @property {'echo'} [media] It sends none of its own, and sends back what it gets. Unset: it sends its own.
 * @property {boolean} [receives] Whether it can be asked to receive media. Unset: yes.
 * @property {{ours: string[], theirs: string[], late?: boolean}} [messages] Which messages it sends back on our channel,
 *   and which it sends on its own; `late`: it does so at once, or loses them if it is not ready, so it
 *   is asked for them when the connection is there, and again until they come; what comes back it does not tell. Unset: all on both.
 */

/** @type {PeerSpec[]} */
export const PEERS = [
  { name: 'Chromium', command: () => [NODE, path('browser_peer.js'), 'chromium'] },
  { name: 'Firefox', command: () => [NODE, path('browser_peer.js'), 'firefox'] },
  { name: 'aiortc', command: () => [PYTHON, path('aiortc_peer.py')] },
  { name: 'GStreamer', command: () => [PYTHON, path('gstreamer_peer.py')] },
  {
    name: 'Janus (streaming)',
    command: () => [PYTHON, path('janus_peer.py'), 'streaming'],
    roles: ['offers'], // It answers an offer with one of its own.
    receives: false, // It only sends.
    messages: { ours: [], theirs: ['bytes'], late: true }, // It takes no messages, and sends datagrams.
  },
  {
    name: 'Janus (echo test)',
    command: () => [PYTHON, path('janus_peer.py'), 'echotest'],
    roles: ['answers'], // It never offers.
    media: 'echo',
    receives: false, // It counts nothing.
    messages: { ours: ['bytes', 'long'], theirs: [] }, // It writes something before each text.
  },
  { name: 'Pion', command: pion },
  { name: 'werift', command: () => [NODE, path('werift_peer.js')] },
  { name: 'wrtc', command: () => [NODE, path('wrtc_peer.js')] },
];
