// The port of a peer changes in mid-call: its router forgets the mapping and makes another. Run by test/nat.test.js in a network of
// its own. Two calls at once, one on each ICE backend.
//
// Nobody tells the peer. What it sends comes from an address that has passed no check, and is not taken until its next check has:
// Chromium checks a pair every 2.5 s, or twice a second while its own checks remain unanswered.
//
// On the shared port that check is all it takes. With full ICE media is taken as well, but goes on one way only: libnice learns the
// new address as peer-reflexive, checks it, has it nominated, and stays with the old pair all the same, as the new one's priority
// is not higher. Our own checks go there, so that consent runs out. We tell that we are disconnected, and an ICE restart mends it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { delay, until } from '../../../clients/node/demo/lib/wait.js';
import { INSIDE_ROUTER } from '../support/nat.js';
import { FULL, behind, publishing } from '../support/nat_call.js';

const PORTS = [[20_000, 20_999], [30_000, 30_999], [40_000, 40_999]];
const MOST_SILENT_MS = 3_500;
const TOLD_WITHIN_MS = 20_000;
const CONSENT_MS = 32_000; // Longer than consent lasts.

// Who sends, as the service sees it.
async function remoteOf(call) {
  const entries = await call.stats('STATS_TYPE_TRANSPORT', 'STATS_TYPE_CANDIDATE_PAIR', 'STATS_TYPE_REMOTE_CANDIDATE');
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const { transport } = entries.find((entry) => entry.transport);
  const pair = byId.get(transport.selectedCandidatePairId)?.candidatePair;
  return byId.get(pair?.remoteCandidateId)?.remoteCandidate;
}

const isAt = (remote, [first, last]) => remote?.address === INSIDE_ROUTER && remote.port >= first && remote.port <= last;

async function video(call) {
  const { packetsReceived, packetsLost } = (await call.inbound()).video;
  return { received: Number(packetsReceived), lost: Number(packetsLost) };
}

const sent = async (call) => (await call.outbound()).video.packetsSent;

// Watches until media has come for three seconds since it was last silent. How long that was.
async function silence(call, arrived) {
  let last = 0;
  let [since, ended] = [performance.now(), performance.now()];
  let longest = 0;
  await until('media flows on', async () => {
    const { received } = await video(call);
    const now = performance.now();
    if (received > last) {
      if (now - since > longest) [longest, ended] = [now - since, now];
      [last, since] = [received, now];
    }
    return now - ended > 3_000 && arrived();
  }, { timeoutMs: 30_000, intervalMs: 10 });
  return longest;
}

async function followed(t, { name, call }, ports, sentBefore) {
  const silentMs = await silence(call, async () => isAt(await remoteOf(call), ports));
  const { lost } = await video(call);
  t.diagnostic(`${name}: ${Math.round(silentMs)} ms without media, ${lost} packets lost since the call began`);
  assert.ok(silentMs < MOST_SILENT_MS, `${name}: ${silentMs} ms without media`);
  assert.ok(lost < (await sent(call)) - sentBefore, `${name}: ${lost} packets lost`);
}

async function restarted(t, { name, call, log }, ports, began) {
  const silentMs = await silence(call, () => true);
  t.diagnostic(`${name}: ${Math.round(silentMs)} ms without media`);
  assert.ok(silentMs < MOST_SILENT_MS, `${name}: ${silentMs} ms without media`);
  const told = () => statesOf(log).at(-1) === 'DISCONNECTED';
  await until(`${name}: disconnected`, told, { timeoutMs: TOLD_WITHIN_MS });
  t.diagnostic(`${name}: disconnected after ${((performance.now() - began) / 1000).toFixed(1)} s`);
  await call.page.evaluate(() => globalThis.peer.connection.restartIce());
  await call.pageOffers();
  await until(`${name}: connected by a restart`, async () => statesOf(log).at(-1) === 'CONNECTED' && isAt(await remoteOf(call), ports));
}

const statesOf = (log) => log.of('connectionStateChange').map(({ connectionState }) => connectionState.replace('PEER_CONNECTION_STATE_', ''));

describe('a peer whose port changes in mid-call', behind('routed', ['--no-ice-loopback'], (bench, nat) => {
  test('is followed on the shared port, and by an ICE restart with full ICE', { timeout: 180_000 }, async (t) => {
    await nat().block('ipv6');
    await nat().hideOutside(PORTS[0]);
    const onSharedPort = { name: 'on the shared port', ...await publishing(t, bench) };
    const withFullIce = { name: 'with full ICE', ...await publishing(t, bench, { configuration: FULL }) };
    const calls = [onSharedPort, withFullIce];
    for (const { name, call } of calls) {
      const remote = await remoteOf(call);
      assert.ok(isAt(remote, PORTS[0]), `${name}: from ${remote.address}:${remote.port}`);
    }
    for (const ports of PORTS.slice(1)) {
      const before = await sent(onSharedPort.call);
      const began = performance.now();
      await nat().hideOutside(ports);
      await Promise.all([followed(t, onSharedPort, ports, before), restarted(t, withFullIce, ports, began)]);
    }
    // What each side sends goes to where the other is now: consent goes on.
    await delay(CONSENT_MS);
    for (const { name, call, log } of calls) {
      const before = await video(call);
      await until(`${name}: media`, async () => (await video(call)).received > before.received + 50);
      assert.equal((await call.pageState()).connectionState, 'connected', name);
      assert.equal(statesOf(log).at(-1), 'CONNECTED', name);
    }
    assert.deepEqual(statesOf(onSharedPort.log), ['CONNECTING', 'CONNECTED']);
  });
}));
