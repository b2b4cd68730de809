// The examples of the Node client, run as programs, with Chromium on their page.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startChild } from '../../../clients/node/demo/lib/child.js';
import { openPortPair } from '../../../clients/node/demo/lib/ports.js';
import { until, within } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';

const EXAMPLES = fileURLToPath(new URL('../../../clients/node/examples/', import.meta.url));
const TIMEOUT = { timeout: 90_000 };

async function start(t, bench, name, ...args) {
  const child = startChild(process.execPath, [join(EXAMPLES, name), ...args, '--service', bench.address, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.stop());
  let output = '';
  child.process.stdout.on('data', (data) => (output += data));
  const url = await until(`${name} listens`, () => /open (http:\S+)/.exec(output)?.[1]);
  const page = await bench.browser.newPage();
  t.after(() => page.close());
  await page.goto(url);
  return { child, page, output: () => output };
}

// Two pairs that were free just now, for ffmpeg.
async function freePorts() {
  const pairs = [await openPortPair(), await openPortPair()];
  await Promise.all(pairs.map((pair) => pair.close()));
  return pairs.map(({ rtpPort }) => rtpPort).join(',');
}

describe('examples', () => {
  const bench = new Bench();
  let folder;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pcd-examples-'));
    await bench.start();
  });
  after(async () => {
    await bench.stop();
    await rm(folder, { recursive: true });
  });

  test('the echo bot echoes', TIMEOUT, async (t) => {
    const { page } = await start(t, bench, 'echo_bot.mjs');
    await until('the echo', async () => (await page.textContent('#log')).includes('hello'));
  });

  test('a file arrives as it was', TIMEOUT, async (t) => {
    const file = join(folder, 'file.bin');
    const content = randomBytes(5_000_000);
    await writeFile(file, content);
    const { page } = await start(t, bench, 'send_file.mjs', file);
    await until('the file', () => page.evaluate(() => globalThis.received !== undefined), { timeoutMs: 40_000 });
    const digest = await page.evaluate(async () => {
      const hash = await crypto.subtle.digest('SHA-256', await globalThis.received.arrayBuffer());
      return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    });
    assert.equal(digest, createHash('sha256').update(content).digest('hex'));
  });

  test('a recording has picture and sound', TIMEOUT, async (t) => {
    const out = join(folder, 'out.webm');
    const { child, output } = await start(t, bench, 'record.mjs', out, '--seconds', '3', '--rtp-ports', await freePorts());
    await within(child.ended, 'the recording', 60_000);
    assert.match(output(), /recorded/);
    assert.ok((await stat(out)).size > 10_000);
    const probe = ['-v', 'error', '-count_packets', '-show_entries', 'stream=codec_name,nb_read_packets', '-of', 'json', out];
    const { streams } = JSON.parse((await promisify(execFile)('ffprobe', probe)).stdout);
    assert.deepEqual(streams.map(({ codec_name: name }) => name).sort(), ['opus', 'vp8']);
    for (const { codec_name: name, nb_read_packets: packets } of streams) assert.ok(Number(packets) > 30, `${name}: ${packets}`);
  });
});
