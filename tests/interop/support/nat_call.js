// What the cases of test/nat.test.js have in common.
import { after, before } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { Bench } from './bench.js';
import { Call } from './call.js';
import { EventLog } from './events.js';
import { Nat } from './nat.js';

export const FULL = { iceBackend: 'ICE_BACKEND_FULL' };

export const candidatesOf = (log) => log.of('iceCandidate').map(({ candidate }) => candidate).filter((candidate) => candidate?.candidate);

export async function received(call) {
  return Number((await call.inbound()).video?.packetsReceived ?? 0);
}

async function mediaFlows(call) {
  const before = await received(call);
  await until('media', async () => (await received(call)) > before + 50, { timeoutMs: 20_000 });
}

export async function publishing(t, bench, { configuration } = {}) {
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

const selectedRemote = (call) => call.page.evaluate(async () => (await globalThis.peer.selectedPair()).remote);

// The service's address in the pair that the page uses.
export async function remoteOfPage(call) {
  const { address, candidateType } = await selectedRemote(call);
  return { address, candidateType };
}

export const protocolOfPage = async (call) => (await selectedRemote(call)).protocol;

export function behind(kind, args, define) {
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
