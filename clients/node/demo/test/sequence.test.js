import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SequenceCheck } from '../lib/sequence.js';

const checkOf = (sequences) => {
  const check = new SequenceCheck();
  for (const sequence of sequences) check.add(sequence);
  const { received, missing, duplicates, reordered } = check;
  return { received, missing, duplicates, reordered };
};

test('an unbroken run over the wrap has no gap', () => {
  assert.deepEqual(checkOf([65534, 65535, 0, 1]), { received: 4, missing: 0, duplicates: 0, reordered: 0 });
});

test('what never came is missing', () => {
  assert.deepEqual(checkOf([65533, 1]), { received: 2, missing: 3, duplicates: 0, reordered: 0 });
});

test('what comes late is out of order, not missing', () => {
  assert.deepEqual(checkOf([10, 12, 13, 11]), { received: 4, missing: 0, duplicates: 0, reordered: 1 });
  assert.deepEqual(checkOf([65535, 1, 0, 2]), { received: 4, missing: 0, duplicates: 0, reordered: 1 });
});

test('what comes twice is counted, at once or later', () => {
  assert.deepEqual(checkOf([5, 5, 6, 7, 6]), { received: 5, missing: 0, duplicates: 2, reordered: 0 });
});

test('the wrap is followed many times', () => {
  const sequences = Array.from({ length: 200_000 }, (_, i) => (i + 1000) % 65536);
  sequences.splice(150_000, 1);
  assert.deepEqual(checkOf(sequences), { received: 199_999, missing: 1, duplicates: 0, reordered: 0 });
});

test('a wide gap is counted in full', () => {
  assert.equal(checkOf([0, 30_000, 60_000]).missing, 59_998);
});
