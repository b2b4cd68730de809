// The API documentation can be made: no comment refers to what is not there.
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const FOLDER = fileURLToPath(new URL('..', import.meta.url));

test('typedoc finds nothing to warn of', { timeout: 180_000 }, async () => {
  await promisify(execFile)(process.execPath, ['node_modules/typedoc/bin/typedoc', '--emit', 'none'], { cwd: FOLDER });
});
