// Networks with NAT, two address families and one-way breaks. The cases (network/*_cases.js) add interfaces, so
// they run in network namespaces beside the one of the other files; at once, as most of them is waiting.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

describe('a service in networks of many kinds', { concurrency: true }, () => {
  for (const name of ['address', 'tcp', 'silence_in', 'silence_out', 'consent', 'roaming']) {
    test(`${name} cases`, { timeout: 600_000 }, async (t) => {
      const { INTEROP_NAMESPACE: _outer, NODE_TEST_CONTEXT: _context, ...env } = process.env;
      const args = [process.execPath, '--test', '--test-reporter=spec', path(`network/${name}_cases.js`)];
      const { code, output } = await new Promise((resolve) => {
        const child = execFile(path('namespace.sh'), args, { env, maxBuffer: 1 << 24 }, (error, stdout, stderr) =>
          resolve({ code: error ? (error.code ?? 1) : 0, output: stdout + stderr }));
        t.signal.addEventListener('abort', () => child.kill());
      });
      t.diagnostic(output);
      assert.equal(code, 0, output);
    });
  }
});
