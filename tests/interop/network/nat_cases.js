// The cases of test/nat.test.js, which runs them in a network of their own.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call } from '../support/call.js';
import { EventLog } from '../support/events.js';
import { INSIDE, INSIDE_V6, Nat, OUTSIDE, ROUTER } from '../support/nat.js';
import { TurnServer } from '../support/turn.js';

const TIMEOUT = { timeout: 60_000 };
const LONG_TIMEOUT = { timeout: 120_000 };
const FULL = { iceBackend: 'ICE_BACKEND_FULL' };

const candidatesOf = (log) => log.of('iceCandidate').map(({ candidate }) => candidate).filter((candidate) => candidate?.candidate);

async function received(call) {
  return Number((await call.inbound()).video?.packetsReceived ?? 0);
}

async function mediaFlows(call) {
  const before = await received(call);
  await until('media', async () => (await received(call)) > before + 50, { timeoutMs: 20_000 });
}

async function publishing(t, bench, { configuration } = {}) {
  const call = await Call.create(t, bench, { configuration });
  const log = new EventLog(t, call.client, call.peerConnectionId);
  await call.trickleFromPage();
  await call.client.peerConnections.addTransceiver({
    peerConnectionId: call.peerConnectionId, kind: 'MEDIA_KIND_VIDEO', direction: 'RTP_TRANSCEIVER_DIRECTION_RECVONLY',
  });
  await call.page.evaluate(() => globalThis.peer.publish({ video: true }));
  await call.pageOffers();
  await call.connected();
  await mediaFlows(call);
  return { call, log };
}

// The service's address in the pair that the page uses.
const remoteOfPage = (call) => call.page.evaluate(async () => {
  const stats = await globalThis.peer.connection.getStats();
  const transport = [...stats.values()].find(({ type }) => type === 'transport');
  const { address, candidateType } = stats.get(stats.get(transport.selectedCandidatePairId).remoteCandidateId);
  return { address, candidateType };
});

function behind(kind, args, define) {
  return () => {
    const bench = new Bench();
    let nat;
    before(async () => {
      nat = await Nat.start(kind);
      await bench.start({ args, start: nat.startService });
    });
    after(async () => {
      await bench.stop();
      await nat?.stop();
    });
    define(bench, () => nat);
  };
}

describe('a service behind a NAT that masquerades', behind('masquerade', [], (bench) => {
  test('learns its outer address from a STUN server, and is reached there', TIMEOUT, async (t) => {
    const stun = await TurnServer.start(t, { host: OUTSIDE });
    const { call, log } = await publishing(t, bench, { configuration: { iceServers: [{ urls: [stun.stun()] }] } });
    const reflexive = candidatesOf(log).filter(({ type }) => type === 'ICE_CANDIDATE_TYPE_SRFLX');
    assert.equal(reflexive.length, 1);
    const [{ address, relatedAddress, relatedPort, url }] = reflexive;
    assert.equal(address, ROUTER);
    assert.equal(relatedAddress, INSIDE);
    assert.equal(url, stun.stun());
    const host = candidatesOf(log).find(({ type }) => type === 'ICE_CANDIDATE_TYPE_HOST');
    assert.deepEqual([relatedAddress, relatedPort], [host.address, host.port]);
    assert.equal((await remoteOfPage(call)).address, ROUTER);
    assert.deepEqual(log.of('iceCandidateError'), []);
  });

  test('is relayed by a TURN server outside', TIMEOUT, async (t) => {
    const turn = await TurnServer.start(t, { host: OUTSIDE });
    const configuration = {
      iceServers: [turn.iceServer(turn.turn('udp'))],
      iceTransportPolicy: 'ICE_TRANSPORT_POLICY_RELAY',
    };
    const { call } = await publishing(t, bench, { configuration });
    assert.deepEqual(await remoteOfPage(call), { address: OUTSIDE, candidateType: 'relay' });
  });
}));

describe('a service behind 1:1 NAT', behind('oneToOne', [`--announce=${ROUTER}`, '--no-ice-loopback'], (bench) => {
  for (const [name, configuration] of [['on the shared port', {}], ['with full ICE', FULL]]) {
    test(`is offered by its announced address only, and is reached there, ${name}`, TIMEOUT, async (t) => {
      const { call, log } = await publishing(t, bench, { configuration });
      assert.deepEqual(candidatesOf(log).map(({ address, type }) => [address, type]), [[ROUTER, 'ICE_CANDIDATE_TYPE_HOST']]);
      assert.deepEqual(await remoteOfPage(call), { address: ROUTER, candidateType: 'host' });
    });
  }
}));

describe('a service with IPv4 and IPv6', behind('routed', ['--no-ice-loopback'], (bench, nat) => {
  for (const [name, configuration] of [['on the shared port', {}], ['with full ICE', FULL]]) {
    for (const [wanted, other] of [[INSIDE, 'ipv6'], [INSIDE_V6, 'ipv4']]) {
      test(`offers both, and is reached by ${wanted} where ${other} is broken, ${name}`, TIMEOUT, async (t) => {
        await nat().block(other);
        t.after(() => nat().unblock());
        const { call, log } = await publishing(t, bench, { configuration });
        assert.deepEqual(candidatesOf(log).map(({ address }) => address).sort(), [INSIDE, INSIDE_V6].sort());
        assert.equal((await remoteOfPage(call)).address, wanted);
      });
    }
  }

  for (const direction of ['in', 'out']) {
    test(`stops after 30 s of silence when nothing passes ${direction} any more, and says so`, LONG_TIMEOUT, async (t) => {
      const { call } = await publishing(t, bench, { configuration: FULL });
      const begin = performance.now();
      await nat().block(direction);
      let blocked = true;
      t.after(() => blocked && nat().unblock());
      await until('disconnected', () => call.watcher.connectionState === 'disconnected', { timeoutMs: 60_000 });
      await until('failed', () => call.watcher.connectionState === 'failed', { timeoutMs: 60_000 });
      const seconds = (performance.now() - begin) / 1000;
      // The page goes on sending to us until it has missed our answers for its own time.
      const most = direction === 'in' ? 40 : 80;
      assert.ok(seconds > 20 && seconds < most, `failed after ${seconds} s`);
      const sent = async () => (await call.stats('STATS_TYPE_TRANSPORT'))[0].transport.packetsSent;
      const [before, arrived] = [await sent(), await received(call)];
      await nat().unblock();
      blocked = false;
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      assert.equal(await sent(), before);
      assert.equal(await received(call), arrived);
    });
  }
}));
