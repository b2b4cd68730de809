// Which addresses are offered and used. Run by test/nat.test.js in a network of its own.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { INSIDE, INSIDE_V6, OUTSIDE, OUTSIDE_V6, ROUTER } from '../support/nat.js';
import { FULL, behind, candidatesOf, publishing, remoteOfPage } from '../support/nat_call.js';
import { TurnServer } from '../support/turn.js';

const TIMEOUT = { timeout: 60_000 };
const BACKENDS = [['on the shared port', {}], ['with full ICE', FULL]];

const hostAddresses = (log) => candidatesOf(log).map(({ address, type }) => [address, type]).sort();
const asHosts = (...addresses) => addresses.map((address) => [address, 'ICE_CANDIDATE_TYPE_HOST']).sort();

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

describe('a service behind a NAT that lets no UDP out', behind('masquerade', [], (bench, nat) => {
  test('is relayed by a TURN server over TCP, and tells that UDP found none', TIMEOUT, async (t) => {
    await nat().block('udp');
    t.after(() => nat().unblock());
    const turn = await TurnServer.start(t, { host: OUTSIDE });
    const configuration = { iceServers: [turn.iceServer(turn.turn('udp'), turn.turn('tcp'))] };
    const { call, log } = await publishing(t, bench, { configuration });
    assert.deepEqual(await remoteOfPage(call), { address: OUTSIDE, candidateType: 'relay' });
    await until('UDP is given up', () => log.of('iceCandidateError').length > 0, { timeoutMs: 20_000 });
    const found = candidatesOf(log).filter(({ type }) => type !== 'ICE_CANDIDATE_TYPE_HOST');
    assert.deepEqual(found.map(({ type, url, relayProtocol }) => [type, url, relayProtocol]),
      [['ICE_CANDIDATE_TYPE_RELAY', turn.turn('tcp'), 'tcp']]);
    assert.deepEqual(log.of('iceCandidateError').map(({ url, errorCode }) => [url, errorCode]), [[turn.turn('udp'), 701]]);
  });
}));

describe('a service behind 1:1 NAT', behind('oneToOne', [`--announce=${ROUTER}`, '--no-ice-loopback'], (bench) => {
  for (const [name, configuration] of BACKENDS) {
    test(`is offered by its announced address only, and is reached there, ${name}`, TIMEOUT, async (t) => {
      const { call, log } = await publishing(t, bench, { configuration });
      assert.deepEqual(hostAddresses(log), asHosts(ROUTER));
      assert.deepEqual(await remoteOfPage(call), { address: ROUTER, candidateType: 'host' });
    });
  }
}));

describe('a service behind 1:1 NAT that is told to announce more', behind('oneToOne', [`--announce=+${ROUTER}`, '--no-ice-loopback'], (bench) => {
  for (const [name, configuration] of BACKENDS) {
    test(`is offered by its own address, too, and is reached at the announced one, ${name}`, TIMEOUT, async (t) => {
      const { call, log } = await publishing(t, bench, { configuration });
      assert.deepEqual(hostAddresses(log), asHosts(INSIDE, ROUTER));
      assert.deepEqual(await remoteOfPage(call), { address: ROUTER, candidateType: 'host' });
    });
  }
}));

// It has lo, with an address of each family, and eth0 with both that the page can reach.
for (const [flags, addresses] of [
  [['--ice-exclude-interface=lo'], [INSIDE, INSIDE_V6]],
  [['--ice-interface=eth*'], [INSIDE, INSIDE_V6]],
  [['--ice-interface=eth0', '--ice-network=10.98.0.0/16'], [INSIDE]],
  [['--ice-exclude-interface=l*', '--ice-network=fd98::/16'], [INSIDE_V6]],
]) {
  describe(`a service with IPv4 and IPv6 and ${flags.join(' and ')}`, behind('routed', flags, (bench) => {
    for (const [name, configuration] of BACKENDS) {
      test(`is offered by ${addresses.join(' and ')} only, and is reached, ${name}`, TIMEOUT, async (t) => {
        const { call, log } = await publishing(t, bench, { configuration });
        assert.deepEqual(hostAddresses(log), asHosts(...addresses));
        assert.ok(addresses.includes((await remoteOfPage(call)).address));
      });
    }
  }));
}

// Of a network of its own, in which nothing else has a port.
describe('a service that may use some ports', behind('routed', ['--udp-ports=42000-42099'], (bench) => {
  test('has none but those with full ICE, of each address one, and is reached there', TIMEOUT, async (t) => {
    const calls = [];
    for (let i = 0; i < 2; ++i) calls.push(await publishing(t, bench, { configuration: FULL }));
    const all = calls.flatMap(({ log }) => candidatesOf(log));
    assert.equal(all.length, 2 * [INSIDE, INSIDE_V6, '127.0.0.1', '::1'].length);
    for (const { port, type } of all) {
      assert.equal(type, 'ICE_CANDIDATE_TYPE_HOST');
      assert.ok(port >= 42_000 && port <= 42_099, `port ${port}`);
    }
    assert.equal(new Set(all.map(({ address, port }) => `${address} ${port}`)).size, all.length);
  });
}));

describe('a service with IPv4 and IPv6', behind('routed', ['--no-ice-loopback'], (bench, nat) => {
  // Of which family a relayed address is, the server decides: by the rule (RFC 8656, 7.2) IPv4 where it is not asked for another,
  // and libnice does not ask.
  for (const [what, relay, flags] of [
    ['IPv6', OUTSIDE_V6, ['--allocation-default-address-family=keep']],
    ['IPv4', OUTSIDE, []],
  ]) {
    for (const protocol of ['udp', 'tcp']) {
      test(`is relayed by a TURN server that it reaches by IPv6 over ${protocol}, at an address of ${what}`, TIMEOUT, async (t) => {
        const turn = await TurnServer.start(t, { host: OUTSIDE_V6, relay, flags });
        const configuration = {
          iceServers: [turn.iceServer(turn.turn(protocol))],
          iceTransportPolicy: 'ICE_TRANSPORT_POLICY_RELAY',
        };
        const { call, log } = await publishing(t, bench, { configuration });
        assert.deepEqual(await remoteOfPage(call), { address: relay, candidateType: 'relay' });
        const found = candidatesOf(log).map(({ address, type, url, relayProtocol }) => [address, type, url, relayProtocol]);
        assert.deepEqual(found, [[relay, 'ICE_CANDIDATE_TYPE_RELAY', turn.turn(protocol), protocol]]);
        assert.deepEqual(log.of('iceCandidateError'), []);
      });
    }
  }

  test('tells that a TURN server which relays by IPv6 only, and when it is asked, gives nothing', TIMEOUT, async (t) => {
    const turn = await TurnServer.start(t, { host: OUTSIDE_V6 });
    const { log } = await publishing(t, bench, { configuration: { iceServers: [turn.iceServer(turn.turn('udp'))] } });
    await until('an error', () => log.of('iceCandidateError').length > 0);
    assert.deepEqual(log.of('iceCandidateError').map(({ url, errorCode }) => [url, errorCode]), [[turn.turn('udp'), 440]]);
    assert.deepEqual(candidatesOf(log).filter(({ type }) => type !== 'ICE_CANDIDATE_TYPE_HOST'), []);
  });

  // It sees the address that the host candidate has, which is no other candidate (RFC 8445, 5.1.3).
  test('asks a STUN server at an address of IPv6, which tells it nothing new', TIMEOUT, async (t) => {
    const stun = await TurnServer.start(t, { host: OUTSIDE_V6 });
    const { call, log } = await publishing(t, bench, { configuration: { iceServers: [{ urls: [stun.stun()] }] } });
    await until('all is gathered', () => log.of('iceGatheringStateChange').at(-1)?.iceGatheringState === 'ICE_GATHERING_STATE_COMPLETE');
    assert.deepEqual(hostAddresses(log), asHosts(INSIDE, INSIDE_V6));
    assert.deepEqual(log.of('iceCandidateError'), []);
    assert.match((await remoteOfPage(call)).candidateType, /host/);
  });

  for (const [name, configuration] of BACKENDS) {
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
}));
