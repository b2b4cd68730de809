// The oldest Node that the package runs on and the newest one, whichever runs these tests: testing/runtimes pins both.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const FOLDER = fileURLToPath(new URL('..', import.meta.url));
const W3C_FILES = await readdir(new URL('w3c/', import.meta.url));
const FILES = ['test/unary.test.js', 'test/stream.test.js', ...W3C_FILES.map((name) => `test/w3c/${name}`)];
const MOST_OUTPUT = 16 << 20;

describe('the tests of the API and of the W3C layer', { concurrency: true }, () => {
  for (const [name, version] of [['oldest', /^v18\./], ['newest', /^v2[6-9]\./]]) {
    test(`pass on the ${name} Node`, { timeout: 400_000 }, async () => {
      const node = `${FOLDER}testing/runtimes/node_modules/node-${name}/bin/node`;
      const { NODE_TEST_CONTEXT: _, ...env } = process.env; // It is a test run of its own.
      const run = (...args) => promisify(execFile)(node, args, { cwd: FOLDER, env, maxBuffer: MOST_OUTPUT });
      assert.match((await run('--version')).stdout, version);
      const { stdout } = await run('--test', '--test-reporter=tap', ...FILES).catch((error) => {
        throw new Error(error.stdout?.split('\n').filter((line) => /^\s*(not ok|#)|error:/.test(line)).join('\n') ?? error.message);
      });
      assert.match(stdout, /^# pass [1-9]\d\d$/m);
    });
  }
});
