// Captures the corpus anew: what each peer offers, and what it answers to the service.
//   ./namespace.sh node corpus/capture.mjs [peer …]
import { readFile, writeFile } from 'node:fs/promises';
import { Bench } from '../support/bench.js';
import { makeOffer } from '../support/corpus.js';
import { Peer } from '../support/json_lines.js';
import { PEERS } from '../support/peers.js';

const wanted = process.argv.slice(2);
const file = (name) => new URL(name, import.meta.url);
const index = JSON.parse(await readFile(file('index.json'), 'utf8'));

async function capture(spec, role, describe) {
  const name = `${spec.name.toLowerCase().replace(/[^a-z]+/g, '_').replace(/_$/, '')}_${role}`;
  const peer = new Peer(await spec.command());
  try {
    await peer.started();
    if (spec.media !== false) await peer.request('publish');
    if (role === 'offer' && !spec.messages?.late) await peer.request('channel', { label: 'theirs', messages: [] });
    const { sdp } = await describe(peer);
    await writeFile(file(`${name}.sdp`), sdp);
    index[name] = { source: 'captured', from: peer.version };
    console.log(name, peer.version);
  } finally {
    await peer.close();
  }
}

const bench = new Bench();
await bench.start({ browser: false });
try {
  for (const spec of PEERS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    const { roles = ['offers', 'answers'] } = spec;
    if (roles.includes('offers')) await capture(spec, 'offer', (peer) => peer.request('offer'));
    if (roles.includes('answers')) {
      const { sdp } = await makeOffer(bench.client, { media: spec.media !== false });
      await capture(spec, 'answer', (peer) => peer.request('answer', { sdp }));
    }
  }
} finally {
  await bench.stop();
}
const sorted = Object.fromEntries(Object.entries(index).sort(([a], [b]) => (a < b ? -1 : 1)));
await writeFile(file('index.json'), `${JSON.stringify(sorted, null, 2)}\n`);
