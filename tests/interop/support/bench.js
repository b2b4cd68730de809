// What every test file needs once: a service on a port of its own, a browser, and a page on loopback.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '../../../clients/node/dist/index.js';
import { launchBrowser } from '../../../clients/node/demo/lib/browser.js';
import { launchFirefox } from '../../../clients/node/demo/lib/firefox.js';
import { Cleanup } from '../../../clients/node/demo/lib/cleanup.js';
import { startService } from '../../../clients/node/demo/lib/service.js';

// For runs of the whole matrix in another configuration, such as --ice-backend=full.
const MORE_FLAGS = (process.env.SERVICE_FLAGS ?? '').split(' ').filter((flag) => flag !== '');

const PEER_SCRIPT = new URL('peer.js', import.meta.url);

// Camera and microphone need a secure context: a page from loopback is one, an empty page is not.
async function servePage() {
  const script = await readFile(PEER_SCRIPT, 'utf8');
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(`<!doctype html><title>interop</title><script>${script}</script>`);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Service, client, browser and page server of one test file. */
export class Bench {
  #cleanup = new Cleanup();

  /**
   * Starts all of it. Call it in `before`, and `stop` in `after`.
   * @param {{args?: string[], hideAddresses?: boolean, browser?: 'chromium' | 'firefox' | boolean, start?: typeof startService}}
   *   [options] `args`: further
   *   flags of the service; `browser`: which one is needed; true: Chromium; false: none; `start`: another way to start the service.
   */
  async start({ args = [], hideAddresses = false, browser = true, start = startService } = {}) {
    const directory = await mkdtemp(join(tmpdir(), 'pcd-interop-'));
    this.logFile = join(directory, 'service.log');
    this.#cleanup.defer('logs', () => rm(directory, { recursive: true }));
    const service = await start({ logFile: this.logFile, args: [...args, ...MORE_FLAGS] });
    this.service = service.child;
    this.#cleanup.defer('peerconnectiond', () => service.child.stop());
    this.address = service.address;
    this.client = new Client({ address: service.address });
    this.#cleanup.defer('client', () => this.client.close());
    if (!browser) return;
    const server = await servePage();
    this.url = `http://127.0.0.1:${server.address().port}/`;
    this.#cleanup.defer('page server', () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }));
    this.browser = await (browser === 'firefox' ? launchFirefox() : launchBrowser({ hideAddresses }));
    this.#cleanup.defer('browser', () => this.browser.close());
  }

  /** Ends all of it; throws if something did not end as it should, or if the service had died before. */
  async stop() {
    const died = this.service?.howEnded;
    const log = died ? await readFile(this.logFile, 'utf8') : '';
    const failures = await this.#cleanup.run();
    if (died) failures.push(`the service had ended before: ${died}\n${log.slice(-4000)}`);
    if (failures.length > 0) throw new Error(failures.join('\n'));
  }
}
