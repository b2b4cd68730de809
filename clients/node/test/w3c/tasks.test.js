// In which order operations begin and end, whatever order their answers come in.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { tasksRun } from '../../testing/w3c.js';

const require = createRequire(import.meta.url);
const { OperationsChain } = require('../../dist/w3c/chain.js');
const { Pipeline } = require('../../dist/w3c/tasks.js');

// Operations that begin, are answered when the test says so, and end: what happened, in order.
function recorder() {
  const seen = [];
  const answers = {};
  const operation = (name) => () => {
    seen.push(`${name} begins`);
    return new Promise((resolve, reject) => (answers[name] = { resolve, reject }));
  };
  const note = (name, promise) => promise.then(() => seen.push(`${name} ends`), (error) => seen.push(`${name} ${error}`));
  const happened = async () => {
    await tasksRun();
    return seen.splice(0);
  };
  const answer = (name) => answers[name].resolve();
  const fail = (name) => answers[name].reject('fails');
  return { operation, note, happened, answer, fail };
}

describe('calls (Pipeline)', () => {
  test('begin without waiting, and end in the order of their arrival', async () => {
    const { operation, note, happened, answer, fail } = recorder();
    const calls = new Pipeline();
    for (const name of 'abc') note(name, calls.run(operation(name)));
    assert.deepEqual(await happened(), ['a begins', 'b begins', 'c begins']);
    answer('c');
    fail('b');
    assert.deepEqual(await happened(), []);
    answer('a');
    assert.deepEqual(await happened(), ['a ends', 'b fails', 'c ends']);
  });

  test('one alone waits for all before it, and those after it wait for it', async () => {
    const { operation, note, happened, answer, fail } = recorder();
    const calls = new Pipeline();
    note('a', calls.run(operation('a')));
    note('alone', calls.alone(operation('alone')));
    for (const name of 'bc') note(name, calls.run(operation(name)));
    assert.deepEqual(await happened(), ['a begins']);
    answer('a');
    assert.deepEqual(await happened(), ['a ends', 'alone begins']);
    fail('alone');
    assert.deepEqual(await happened(), ['alone fails', 'b begins', 'c begins']);
    note('last', calls.alone(operation('last')));
    answer('b');
    assert.deepEqual(await happened(), ['b ends']);
    answer('c');
    assert.deepEqual(await happened(), ['c ends', 'last begins']);
  });

  test('what follows from a call has happened before one begins that is alone', async () => {
    const { operation, note, happened, answer, fail } = recorder();
    const calls = new Pipeline();
    note('a', calls.run(operation('a')));
    const settled = [];
    void calls.run(operation('b'), () => settled.push('b'), () => settled.push('b failed'));
    note('alone', calls.alone(() => operation(`alone after ${settled}`)()));
    assert.deepEqual(await happened(), ['a begins', 'b begins']);
    fail('b');
    answer('a');
    assert.deepEqual(await happened(), ['a ends', 'alone after b failed begins']);
  });
});

describe('the operations chain (4.4.1.2)', () => {
  function makeChain() {
    const seen = recorder();
    const state = { closed: false, emptied: 0 };
    const chain = new OperationsChain(() => state.closed, () => ++state.emptied);
    const add = (name, ahead) => seen.note(name, chain.add(seen.operation(name), ahead));
    return { ...seen, state, chain, add };
  }

  test('one after the other', async () => {
    const { chain, state, add, happened, answer, fail } = makeChain();
    for (const name of 'ab') add(name, false);
    assert.deepEqual(await happened(), ['a begins']);
    fail('a');
    assert.deepEqual(await happened(), ['b begins', 'a fails']);
    assert.equal(state.emptied, 0);
    answer('b');
    assert.deepEqual([await happened(), chain.empty, state.emptied], [['b ends'], true, 1]);
  });

  test('those that are sent ahead begin together, and end in order; the others wait for all, and all for them', async () => {
    const { state, add, happened, answer } = makeChain();
    for (const [name, ahead] of [['a', true], ['b', true], ['c', false], ['d', true], ['e', true]]) add(name, ahead);
    assert.deepEqual(await happened(), ['a begins', 'b begins']);
    answer('b');
    assert.deepEqual(await happened(), []);
    answer('a');
    assert.deepEqual(await happened(), ['c begins', 'a ends', 'b ends']);
    answer('c');
    assert.deepEqual(await happened(), ['d begins', 'e begins', 'c ends']);
    answer('e');
    answer('d');
    assert.deepEqual([await happened(), state.emptied], [['d ends', 'e ends'], 1]);
  });

  test('nothing ends once it is closed', async () => {
    const { state, add, happened, answer } = makeChain();
    for (const name of 'ab') add(name, true);
    await happened();
    state.closed = true;
    for (const name of 'ab') answer(name);
    assert.deepEqual([await happened(), state.emptied], [[], 0]);
  });
});
