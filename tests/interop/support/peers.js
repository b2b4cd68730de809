// Which peers there are, and how they are started.
import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(`../peers/${name}`, import.meta.url));
const NODE = process.execPath;
const PYTHON = '/usr/bin/python3'; // Debian's, which has Debian's packages.

/** @type {Array<{name: string, command: string[], prepare?: () => Promise<void>}>} */
export const PEERS = [
  { name: 'Chromium', command: [NODE, path('browser_peer.js'), 'chromium'] },
  { name: 'Firefox', command: [NODE, path('browser_peer.js'), 'firefox'] },
  { name: 'aiortc', command: [PYTHON, path('aiortc_peer.py')] },
  { name: 'werift', command: [NODE, path('werift_peer.js')] },
  { name: 'wrtc', command: [NODE, path('wrtc_peer.js')] },
];
