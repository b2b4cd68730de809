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
 * @property {string} version What it says of itself must begin with it. The README's table has it, too. Browsers, which
 *   Debian renews: the oldest.
 * @property {boolean} [renewed] Whether it is such a browser.
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
  { name: 'Chromium', version: 'Chromium 156', renewed: true, command: () => [NODE, path('browser_peer.js'), 'chromium'] },
  { name: 'Firefox', version: 'Firefox 153', renewed: true, command: () => [NODE, path('browser_peer.js'), 'firefox'] },
  { name: 'aiortc', version: 'aiortc 1.4.0', command: () => [PYTHON, path('aiortc_peer.py')] },
  { name: 'GStreamer', version: 'GStreamer 1.22', command: () => [PYTHON, path('gstreamer_peer.py')] },
  {
    name: 'Janus (streaming)',
    version: 'Janus 1.1.2',
    command: () => [PYTHON, path('janus_peer.py'), 'streaming'],
    roles: ['offers'], // It answers an offer with one of its own.
    receives: false, // It only sends.
    messages: { ours: [], theirs: ['bytes'], late: true }, // It takes no messages, and sends datagrams.
  },
  {
    name: 'Janus (echo test)',
    version: 'Janus 1.1.2',
    command: () => [PYTHON, path('janus_peer.py'), 'echotest'],
    roles: ['answers'], // It never offers.
    media: 'echo',
    receives: false, // It counts nothing.
    messages: { ours: ['bytes', 'long'], theirs: [] }, // It writes something before each text.
  },
  { name: 'Pion', version: 'Pion 3.1.56', command: pion },
  { name: 'werift', version: 'werift 0.24.4', command: () => [NODE, path('werift_peer.js')] },
  { name: 'wrtc', version: '@roamhq/wrtc 0.10.0', command: () => [NODE, path('wrtc_peer.js')] },
];

/** Whether what a peer says of itself is of the version that it shall have. @param {PeerSpec} spec @param {string} said */
export function isOfVersion({ version, renewed }, said) {
  if (!renewed) return said === version || said.startsWith(`${version}.`) || said.startsWith(`${version} `);
  const [name, oldest] = version.split(' ');
  return said.startsWith(`${name} `) && parseInt(said.slice(name.length + 1), 10) >= Number(oldest);
}
