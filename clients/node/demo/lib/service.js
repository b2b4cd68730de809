// Runs peerconnectiond for as long as it is needed: on loopback, on a port that the system chooses.
import { createWriteStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startChild } from './child.js';
import { within } from './wait.js';

/** Where `make build` leaves the service; PEERCONNECTIOND in the environment names another. */
export const SERVICE_BINARY =
  process.env.PEERCONNECTIOND ??
  fileURLToPath(new URL('../../../../bazel-bin/service/peerconnectiond', import.meta.url));

const START_TIMEOUT_MS = 20_000;
const LISTENING = /listening on (127\.0\.0\.1:\d+)/;

/**
 * Starts the service and waits until it listens.
 * @param {{logFile: string, args?: string[]}} options `logFile` takes all that it writes.
 * @returns {Promise<{address: string, child: import('./child.js').Child}>}
 */
export async function startService({ logFile, args = [] }) {
  const child = startChild(SERVICE_BINARY, ['--listen=127.0.0.1:0', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const log = createWriteStream(logFile);
  let output = '';
  const listening = new Promise((resolve) => {
    for (const stream of [child.process.stdout, child.process.stderr]) {
      stream.on('data', (data) => {
        log.write(data);
        if (output === null) return;
        output += data;
        const found = LISTENING.exec(output);
        if (found) {
          output = null;
          resolve(found[1]);
        }
      });
    }
  });
  const early = child.ended.then((how) => {
    throw new Error(`${SERVICE_BINARY} did not start (${how}): ${(output ?? '').trim()}`);
  });
  early.catch(() => {}); // Later ends are the caller's to notice, by child.ended.
  try {
    return { address: await within(Promise.race([listening, early]), 'start of peerconnectiond', START_TIMEOUT_MS), child };
  } catch (error) {
    await child.stop();
    throw error;
  }
}
