// STUN and TURN servers: coturn between the service and Chromium.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from '../support/bench.js';
import { Call, openPage } from '../support/call.js';
import { EventLog } from '../support/events.js';
import { assertUnbroken } from '../support/media.js';
import { TurnServer } from '../support/turn.js';

const TIMEOUT = { timeout: 90_000 };
const RELAY = 'ICE_TRANSPORT_POLICY_RELAY';

const candidatesOf = (sdp) => [...sdp.matchAll(/^a=candidate:(.*)\r$/gm)].map(([, line]) => line);

async function get({ client, peerConnectionId }) {
  return (await client.peerConnections.get({ peerConnectionId })).peerConnection;
}

// Our end of the selected pair.
async function selected(call) {
  const stats = await call.stats('STATS_TYPE_TRANSPORT', 'STATS_TYPE_CANDIDATE_PAIR', 'STATS_TYPE_LOCAL_CANDIDATE');
  const pairId = stats.find(({ transport }) => transport).transport.selectedCandidatePairId;
  const pair = stats.find(({ id }) => id === pairId)?.candidatePair;
  return stats.find(({ id }) => id === pair?.localCandidateId)?.localCandidate;
}

async function publish(call) {
  await call.trickleFromPage();
  await call.addSink('video');
  await call.page.evaluate(() => globalThis.peer.publish({ video: true }));
}

const gathered = (call) => until('all is gathered', async () =>
  (await get(call)).iceGatheringState === 'ICE_GATHERING_STATE_COMPLETE', { timeoutMs: 30_000 });

async function mediaFlows(call) {
  const { packets } = call.sinks.video;
  await until('media', () => call.sinks.video.packets > packets + 50, { timeoutMs: 30_000 });
}

describe('a TURN server', () => {
  const bench = new Bench();
  before(() => bench.start());
  after(() => bench.stop());

  for (const protocol of ['udp', 'tcp']) {
    test(`carries all media and data where the policy is relay, over ${protocol}`, TIMEOUT, async (t) => {
      const turn = await TurnServer.start(t);
      const url = turn.turn(protocol);
      const call = await Call.create(t, bench, { configuration: { iceServers: [turn.iceServer(url)], iceTransportPolicy: RELAY } });
      const log = new EventLog(t, call.client, call.peerConnectionId);
      await publish(call);
      await call.page.evaluate(() => globalThis.peer.createChannel('page'));
      await call.pageOffers();
      await call.connected();
      await mediaFlows(call);
      await call.page.evaluate(() => globalThis.peer.channels.get('page').channel.send('over the relay'));
      await until('the message', async () => {
        const [entry] = await call.stats('STATS_TYPE_DATA_CHANNEL');
        return Number(entry?.dataChannel.messagesReceived) === 1;
      }, { timeoutMs: 15_000 });

      await gathered(call);
      const peerConnection = await get(call);
      assert.equal(peerConnection.iceBackend, 'ICE_BACKEND_FULL');
      const lines = candidatesOf(peerConnection.localDescription.sdp);
      assert.ok(lines.length > 0);
      // Nothing but relays, and no word about where we are ourselves.
      for (const line of lines) assert.match(line, / typ relay raddr 0\.0\.0\.0 rport 0 /);
      for (const { candidate } of log.of('iceCandidate')) {
        if (!candidate?.candidate) continue;
        assert.equal(candidate.type, 'ICE_CANDIDATE_TYPE_RELAY');
        assert.equal(candidate.relayProtocol, protocol);
        assert.equal(candidate.url, url);
      }
      const local = await selected(call);
      assert.equal(local.candidateType, 'ICE_CANDIDATE_TYPE_RELAY');
      assert.equal(local.relayProtocol, protocol);
      assert.equal(local.url, url);
      const remotes = await call.page.evaluate(async () => [...(await globalThis.peer.connection.getStats()).values()]
        .filter(({ type }) => type === 'remote-candidate').map(({ candidateType }) => candidateType));
      assert.deepEqual([...new Set(remotes)], ['relay']);
      assert.deepEqual(log.of('iceCandidateError'), []);
      await call.stopSending();
      assertUnbroken('video', call.sinks.video);
    });
  }

  test('is one way among others where the policy is all', TIMEOUT, async (t) => {
    const turn = await TurnServer.start(t);
    const page = await openPage(t, bench);
    await page.evaluate(() => globalThis.peer.publish({ video: true }));
    const sdp = await page.evaluate(() => globalThis.peer.offer());
    const { peerConnection, answer, gatheringComplete } = await bench.client.peerConnections.acceptOffer({
      offer: { type: 'SDP_TYPE_OFFER', sdp },
      configuration: { iceServers: [turn.iceServer(turn.stun(), turn.turn('udp'))] },
    });
    assert.ok(gatheringComplete);
    assert.equal(peerConnection.iceBackend, 'ICE_BACKEND_FULL');
    const types = candidatesOf(answer.sdp).map((line) => / typ (\w+)/.exec(line)[1]);
    assert.ok(types.includes('host'));
    // There is no NAT: what the server sees is the host candidate.
    assert.ok(!types.includes('srflx'));
    assert.equal(types.filter((type) => type === 'relay').length, 1);
    const call = await Call.forConnection(t, bench, peerConnection.peerConnectionId, page);
    const log = new EventLog(t, call.client, call.peerConnectionId);
    await page.evaluate((accepted) => globalThis.peer.accept(accepted), answer.sdp);
    await call.connected();
    await until('the host candidate is preferred', async () =>
      (await selected(call))?.candidateType === 'ICE_CANDIDATE_TYPE_HOST', { timeoutMs: 15_000 });
    assert.deepEqual(log.of('iceCandidateError'), []);
  });

  test('that refuses the credential is told as an error of its URL', TIMEOUT, async (t) => {
    const turn = await TurnServer.start(t);
    const iceServers = [{ ...turn.iceServer(turn.turn('udp')), credential: 'wrong' }];
    const call = await Call.create(t, bench, { configuration: { iceServers } });
    const log = new EventLog(t, call.client, call.peerConnectionId);
    await publish(call);
    await call.pageOffers();
    await gathered(call);
    const errors = await until('an error', () => log.of('iceCandidateError').length === 1 && log.of('iceCandidateError'));
    assert.deepEqual(errors.map(({ url, errorCode }) => [url, errorCode]), [[turn.turn('udp'), 401]]);
    assert.ok(candidatesOf((await get(call)).localDescription.sdp).every((line) => !line.includes('relay')));
    await call.connected(); // By its host candidates.
  });

  for (const protocol of ['udp', 'tcp']) {
    test(`that is gone is told, and the other one is used, over ${protocol}`, TIMEOUT, async (t) => {
      const gone = await TurnServer.start(t);
      const turn = await TurnServer.start(t);
      await gone.kill();
      const url = gone.turn(protocol);
      const configuration = {
        iceServers: [gone.iceServer(url), turn.iceServer(turn.turn(protocol))],
        iceTransportPolicy: RELAY,
      };
      const call = await Call.create(t, bench, { configuration });
      const log = new EventLog(t, call.client, call.peerConnectionId);
      await publish(call);
      await call.pageOffers();
      await call.connected();
      await mediaFlows(call);
      await gathered(call);
      assert.deepEqual(log.of('iceCandidateError').map((error) => [error.url, error.errorCode]), [[url, 701]]);
      assert.equal((await selected(call)).url, turn.turn(protocol));
    });

    test(`that dies is told as disconnected, and an ICE restart leads to the other one, over ${protocol}`, TIMEOUT, async (t) => {
      const first = await TurnServer.start(t);
      const second = await TurnServer.start(t);
      const configuration = (...servers) => ({
        iceServers: servers.map((server) => server.iceServer(server.turn(protocol))),
        iceTransportPolicy: RELAY,
      });
      const call = await Call.create(t, bench, { configuration: configuration(first) });
      await publish(call);
      await call.pageOffers();
      await call.connected();
      await mediaFlows(call);
      await first.kill();
      await until('disconnected', () => call.watcher.connectionState === 'disconnected', { timeoutMs: 20_000 });
      const { client, peerConnectionId } = call;
      await client.peerConnections.setConfiguration({ peerConnectionId, configuration: configuration(first, second) });
      await client.peerConnections.restartIce({ peerConnectionId });
      await call.serviceOffers();
      await until('connected', () => call.watcher.connectionState === 'connected', { timeoutMs: 30_000 });
      await mediaFlows(call);
      assert.equal((await selected(call)).url, second.turn(protocol));
    });
  }

  test('given later is used from the next ICE restart on', TIMEOUT, async (t) => {
    const turn = await TurnServer.start(t);
    const call = await Call.create(t, bench, { configuration: { iceBackend: 'ICE_BACKEND_FULL' } });
    await publish(call);
    await call.pageOffers();
    await call.connected();
    assert.equal((await selected(call)).candidateType, 'ICE_CANDIDATE_TYPE_HOST');
    const { client, peerConnectionId } = call;
    const configuration = {
      iceBackend: 'ICE_BACKEND_FULL',
      iceServers: [turn.iceServer(turn.turn('udp'))],
      iceTransportPolicy: RELAY,
    };
    await client.peerConnections.setConfiguration({ peerConnectionId, configuration });
    await mediaFlows(call);
    assert.equal((await selected(call)).candidateType, 'ICE_CANDIDATE_TYPE_HOST');
    await client.peerConnections.restartIce({ peerConnectionId });
    await call.serviceOffers();
    await until('the relay is used', async () => (await selected(call))?.candidateType === 'ICE_CANDIDATE_TYPE_RELAY',
      { timeoutMs: 30_000 });
    await mediaFlows(call);
  });

  test('given to a connection on the shared port is used from the next offer on, which leaves that port', TIMEOUT, async (t) => {
    const turn = await TurnServer.start(t);
    const call = await Call.create(t, bench);
    const log = new EventLog(t, call.client, call.peerConnectionId);
    await publish(call);
    await call.page.evaluate(() => globalThis.peer.createChannel('page'));
    await call.pageOffers();
    await call.connected();
    await mediaFlows(call);
    assert.equal((await get(call)).iceBackend, 'ICE_BACKEND_SHARED_PORT');
    assert.match((await get(call)).localDescription.sdp, /^a=ice-lite\r$/m);
    const { client, peerConnectionId } = call;
    const configuration = { iceServers: [turn.iceServer(turn.turn('udp'))], iceTransportPolicy: RELAY };
    await client.peerConnections.setConfiguration({ peerConnectionId, configuration });
    await mediaFlows(call);
    assert.equal((await get(call)).iceBackend, 'ICE_BACKEND_SHARED_PORT');
    const states = log.of('connectionStateChange').length;
    await call.serviceOffers();
    assert.equal((await get(call)).iceBackend, 'ICE_BACKEND_FULL');
    assert.doesNotMatch((await get(call)).localDescription.sdp, /ice-lite/);
    await until('the relay is used', async () => (await selected(call))?.candidateType === 'ICE_CANDIDATE_TYPE_RELAY',
      { timeoutMs: 30_000 });
    await mediaFlows(call);
    await call.page.evaluate(() => globalThis.peer.channels.get('page').channel.send('over the relay'));
    await until('the message', async () => {
      const [entry] = await call.stats('STATS_TYPE_DATA_CHANNEL');
      return Number(entry?.dataChannel.messagesReceived) === 1;
    }, { timeoutMs: 15_000 });
    // The one before went on until then: nobody was disconnected.
    assert.equal(log.of('connectionStateChange').length, states);
    await call.stopSending();
    assertUnbroken('video', call.sinks.video);
  });

  test('over TLS is an error of its URL, and the others are used', TIMEOUT, async (t) => {
    const turn = await TurnServer.start(t);
    const secure = [`turns:${turn.host}:${turn.port}?transport=tcp`, 'turns:turn.invalid', `stuns:${turn.host}`];
    const configuration = { iceServers: [turn.iceServer(...secure, turn.turn('udp'))], iceTransportPolicy: RELAY };
    const call = await Call.create(t, bench, { configuration });
    const log = new EventLog(t, call.client, call.peerConnectionId);
    await publish(call);
    await call.pageOffers();
    await call.connected();
    await mediaFlows(call);
    await gathered(call);
    const errors = log.of('iceCandidateError');
    assert.deepEqual(errors.map(({ url, errorCode }) => [url, errorCode]), secure.map((url) => [url, 701]));
    for (const { errorText } of errors) assert.match(errorText, /TLS to STUN and TURN servers is not implemented/);
    assert.equal((await selected(call)).url, turn.turn('udp'));
  });

  test('on an address that the node does not allow is refused', TIMEOUT, async () => {
    for (const url of ['turn:127.0.0.1', 'turn:169.254.169.254?transport=udp', 'turn:[::1]']) {
      await assert.rejects(
        bench.client.peerConnections.create({ configuration: { iceServers: [{ urls: [url], username: 'u', credential: 'c' }] } }),
        { code: 'PERMISSION_DENIED', reason: 'ICE_SERVER_DENIED' });
    }
  });
});
