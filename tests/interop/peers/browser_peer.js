// A page in Chromium or Firefox as a peer; see README.md for what it is asked.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { BROWSERS } from '../../../clients/node/demo/lib/browsers.js';
import { serve, tell } from '../support/json_lines.js';

const ACTIONS = ['publish', 'receive', 'received', 'channel', 'offer', 'answer', 'accept', 'candidate', 'stop'];
const FILES = {
  '/': ['browser_page.html', 'text/html; charset=utf-8'],
  '/w3c_actions.js': ['w3c_actions.js', 'text/javascript; charset=utf-8'],
};

// Camera and microphone need a secure context: a page from loopback is one.
async function servePage() {
  const server = createServer(async ({ url }, response) => {
    const [file, type] = FILES[url] ?? [];
    if (!file) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': type }).end(await readFile(new URL(file, import.meta.url)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const server = await servePage();
const { label, launch } = BROWSERS[process.argv[2]];
const browser = await launch();
const page = await browser.newPage();
await page.exposeFunction('tellTest', tell);
await page.goto(`http://127.0.0.1:${server.address().port}/`);

const act = (what) => (request) => page.evaluate(([action, details]) => globalThis.actions[action](details), [what, request]);
const version = (await browser.version()).replace(/^\w+\//, '');
await serve(`${label} ${version}`, Object.fromEntries(ACTIONS.map((what) => [what, act(what)])), async () => {
  await browser.close();
  server.close();
});
