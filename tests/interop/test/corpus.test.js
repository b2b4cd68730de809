// What other implementations offer and answer (corpus/README.md), and what the service makes of it.
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { Bench } from '../support/bench.js';
import { answerTo, outcomeOf } from '../support/corpus.js';

const CORPUS = new URL('../corpus/', import.meta.url);
const INDEX = JSON.parse(await readFile(new URL('index.json', CORPUS), 'utf8'));
const SAMPLES = new URL('../../../engine/sdp/', import.meta.url); // Of the parser and the negotiator, without a peer.
const SOURCES = ['captured', 'transcribed', 'synthesised'];
const WRITE = process.env.CORPUS_WRITE === '1';

async function matches(file, found) {
  const url = new URL(`expected/${file}`, CORPUS);
  if (WRITE) await writeFile(url, found);
  assert.equal(found, await readFile(url, 'utf8'));
}

test('every description says where it comes from', async () => {
  const samples = JSON.parse(await readFile(new URL('parser_corpus_index.json', SAMPLES), 'utf8'));
  assert.deepEqual(Object.keys(samples), (await readdir(new URL('parser_corpus/', SAMPLES))).sort());
  const own = (await readdir(CORPUS)).filter((file) => file.endsWith('.sdp')).map((file) => file.slice(0, -'.sdp'.length));
  assert.deepEqual(Object.keys(INDEX).filter((name) => !INDEX[name].path), own.sort());
  for (const [name, { source, from }] of [...Object.entries(samples), ...Object.entries(INDEX)]) {
    assert.ok(SOURCES.includes(source), `${name}: ${source}`);
    assert.ok(from, name);
  }
});

describe('descriptions of other implementations', () => {
  const bench = new Bench();
  before(() => bench.start({ browser: false }));
  after(() => bench.stop());

  for (const [name, { source, from, path = `${name}.sdp` }] of Object.entries(INDEX)) {
    const read = () => readFile(new URL(path, CORPUS), 'utf8');
    if (name.endsWith('_offer')) {
      test(`the offer of ${from} (${source}) has the answer that is expected`, async () =>
        matches(`${name}.sdp`, await answerTo(bench.client, await read())));
    } else {
      test(`the answer of ${from} (${source}) leads where it is expected to`, async () =>
        matches(`${name}.json`, await outcomeOf(bench.client, await read())));
    }
  }
});
