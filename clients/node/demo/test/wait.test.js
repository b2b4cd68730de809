import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cleanup } from '../lib/cleanup.js';
import { startChild } from '../lib/child.js';
import { Timeout, until, within } from '../lib/wait.js';

const never = new Promise(() => {});

test('what takes too long is named', async () => {
  await assert.rejects(within(never, 'the sun', 5), (error) => error instanceof Timeout && /the sun/.test(error.message));
  await assert.rejects(until('the moon', () => false, { timeoutMs: 5, intervalMs: 1 }), /the moon: not within/);
});

test('a condition that becomes true ends the wait with its value', async () => {
  let calls = 0;
  assert.equal(await until('it', async () => (++calls === 3 ? 'done' : null), { intervalMs: 1 }), 'done');
});

test('everything is undone in reverse order, whatever fails', async () => {
  const cleanup = new Cleanup();
  const order = [];
  cleanup.defer('first', () => order.push('first'));
  cleanup.defer('second', () => {
    throw new Error('broken');
  });
  cleanup.defer('third', async () => order.push('third'));
  assert.deepEqual(await cleanup.run(), ['second: broken']);
  assert.deepEqual(order, ['third', 'first']);
});

test('a child that does not heed the signal is ended by force', async () => {
  const deaf = startChild('sh', ['-c', "trap '' TERM; echo ready; while :; do sleep 0.1; done"], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise((resolve) => deaf.process.stdout.once('data', resolve));
  assert.match(await deaf.stop('SIGTERM', 50), /^signal SIGKILL after/);
  assert.equal(deaf.howEnded, 'signal SIGKILL');
});

test('a child that cannot be started says so', async () => {
  assert.match(await startChild('/nonexistent', []).ended, /ENOENT/);
});
