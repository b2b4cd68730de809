// Consent that is answered goes on (RFC 7675). Run by test/nat.test.js in a network of its own.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { OUTSIDE } from '../support/nat.js';
import { FULL, behind, publishing, remoteOfPage } from '../support/nat_call.js';
import { TurnServer } from '../support/turn.js';

const TIMEOUT = { timeout: 120_000 };
// The service checks every 6 s at the latest: more than 30 s, after which consent expires without an answer.
const ANSWERS = 8;

// How many checks of the service the page has answered on the selected pair.
const answered = (call) => call.page.evaluate(async () => {
  const stats = await globalThis.peer.connection.getStats();
  const transport = [...stats.values()].find(({ type }) => type === 'transport');
  return stats.get(transport.selectedCandidatePairId).responsesSent;
});

describe('a service with full ICE', { concurrency: true }, behind('routed', ['--no-ice-loopback'], (bench) => {
  const stays = async ({ call, log }) => {
    const before = await answered(call);
    await until('answers of the page', async () => (await answered(call)) >= before + ANSWERS, { timeoutMs: 90_000 });
    assert.deepEqual(log.of('connectionStateChange').map(({ connectionState }) => connectionState),
      ['PEER_CONNECTION_STATE_CONNECTING', 'PEER_CONNECTION_STATE_CONNECTED']);
  };

  test('stays connected for as long as the peer answers its checks', TIMEOUT, async (t) => {
    await stays(await publishing(t, bench, { configuration: FULL }));
  });

  test('stays connected through a relay, too', TIMEOUT, async (t) => {
    const turn = await TurnServer.start(t, { host: OUTSIDE });
    const configuration = {
      iceServers: [turn.iceServer(turn.turn('udp'))],
      iceTransportPolicy: 'ICE_TRANSPORT_POLICY_RELAY',
    };
    const publisher = await publishing(t, bench, { configuration });
    assert.equal((await remoteOfPage(publisher.call)).candidateType, 'relay');
    await stays(publisher);
  });
}));
