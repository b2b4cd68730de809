// `make demo` itself, as users run it: what it says and how it exits.
import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startChild } from '../../../clients/node/demo/lib/child.js';

const MAIN = fileURLToPath(new URL('../../../clients/node/demo/main.js', import.meta.url));
const TIMEOUT = { timeout: 240_000 };

async function scratch(t) {
  const directory = await mkdtemp(join(tmpdir(), 'pcd-demo-'));
  t.after(() => rm(directory, { recursive: true }));
  return directory;
}

async function runDemo(t, browser, environment = {}) {
  const directory = await scratch(t);
  const demo = startChild(process.execPath, [MAIN, browser, directory], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => demo.stop());
  let output = '';
  demo.process.stdout.on('data', (data) => {
    output += data;
  });
  const how = await demo.ended;
  return { how, output, files: await readdir(directory) };
}

async function script(t, name, text) {
  const directory = await scratch(t);
  await writeFile(join(directory, name), `#!/bin/sh\n${text}\n`);
  await chmod(join(directory, name), 0o755);
  return directory;
}

describe('the demo', () => {
  for (const browser of ['chromium', 'firefox']) {
    test(`with ${browser} ends by itself, with status 0 when all of its checks hold`, TIMEOUT, async (t) => {
      const { how, output, files } = await runDemo(t, browser);
      assert.equal(how, 'exit status 0', output);
      assert.match(output, /All \d+ checks hold/);
      assert.equal(files.filter((file) => file.endsWith('.png')).length, 2);
      assert.equal(files.filter((file) => file.endsWith('.wav')).length, 1);
    });
  }

  test('fails, and says which checks did and what was measured, when ffmpeg ends before its time', TIMEOUT, async (t) => {
    const path = await script(t, 'ffmpeg', 'PATH=$REAL_PATH exec timeout 4 ffmpeg "$@"');
    const { how, output } = await runDemo(t, 'chromium', {
      REAL_PATH: process.env.PATH,
      PATH: `${path}${delimiter}${process.env.PATH}`,
    });
    assert.equal(how, 'exit status 1', output);
    assert.match(output, /FAILED\s+at least 5 s decoded/);
    assert.match(output, /^ {2}at least 5 s decoded: video [0-4]\.\d s, audio [0-4]\.\d s$/m);
    assert.match(output, /ok\s+video: no gap in RTP sequence numbers/);
  });

  test('fails when the service does not start, and says so', TIMEOUT, async (t) => {
    const path = await script(t, 'peerconnectiond', 'echo "no such flag" >&2; exit 2');
    const { how, output } = await runDemo(t, 'chromium', { PEERCONNECTIOND: join(path, 'peerconnectiond') });
    assert.equal(how, 'exit status 1', output);
    assert.match(output, /FAILED: .*did not start \(exit status 2\): no such flag/);
  });

  test('a browser that it does not know is a mistake of the caller', TIMEOUT, async (t) => {
    const { how, output } = await runDemo(t, 'lynx');
    assert.equal(how, 'exit status 2');
    assert.match(output, /chromium and firefox/);
  });
});
