// What the service sends, the built-in clip, with every WebRTC implementation that Debian or npm packages: those that
// decode decode it, the others count its packets.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../clients/node/demo/lib/wait.js';
import { formatTable } from '../../../clients/node/demo/lib/table.js';
import { Bench } from '../support/bench.js';
import { PeerCall } from '../support/peer_call.js';
import { PEERS } from '../support/peers.js';

const TIMEOUT = { timeout: 180_000 }; // A compiler may have to run first.
const KINDS = { audio: 'MEDIA_KIND_AUDIO', video: 'MEDIA_KIND_VIDEO' };
const LEAST = { audio: 100, video: 40 }; // Frames or packets.

async function sendClip(call) {
  const { client, peerConnectionId } = call;
  for (const [trackId, kind] of Object.entries(KINDS)) {
    await client.media.createLocalTrack({ peerConnectionId, trackId, kind, source: { test: {} } });
    await client.peerConnections.addTrack({ peerConnectionId, trackId, streamIds: ['stream'] });
  }
}

// By kind, what the service has sent and what the peer has reported.
async function sentStats({ client, peerConnectionId }) {
  const { report } = await client.peerConnections.getStats({
    peerConnectionId,
    types: ['STATS_TYPE_OUTBOUND_RTP', 'STATS_TYPE_REMOTE_INBOUND_RTP'],
  });
  const entries = Object.values(report.stats);
  const of = (name) => entries.filter((entry) => entry[name]).map((entry) => entry[name]);
  return { outbound: of('outboundRtp'), reported: of('remoteInboundRtp') };
}

describe('peers receive', () => {
  const bench = new Bench();
  const rows = [];
  before(async () => {
    assert.ok(process.env.INTEROP_NAMESPACE, 'some peers leave out loopback: run it by ./namespace.sh');
    await bench.start({ browser: false });
  });
  after(async () => {
    console.log(formatTable([['peer', 'role', 'video', 'audio', 'counted', 'reported lost'], ...rows]));
    await bench.stop();
  });

  const run = async (t, spec, role) => {
    const call = await PeerCall.create(t, bench, await spec.command());
    try {
      await call.peer.request('receive', { offers: role === 'offers' });
      await sendClip(call);
      await (role === 'offers' ? call.peerOffers(t) : call.serviceOffers(t));
      await call.connected();
      const received = await until('media at the peer', async () => {
        const { decoded, packets } = await call.peer.request('received');
        const counts = decoded ?? packets;
        return Object.keys(LEAST).every((kind) => counts[kind] >= LEAST[kind]) && { counts, what: decoded ? 'frames decoded' : 'packets' };
      }, { timeoutMs: 60_000, intervalMs: 200 });
      const reported = await until('receiver reports', async () => {
        const stats = await sentStats(call);
        return stats.reported.length === 2 && stats.reported;
      }, { timeoutMs: 20_000, intervalMs: 200 });
      const lost = reported.map(({ packetsLost }) => Number(packetsLost));
      // GStreamer counts the first packet as one too many.
      assert.ok(lost.every((count) => count <= 0), `${lost} lost`);
      rows.push([call.peer.version, role, `${received.counts.video}`, `${received.counts.audio}`, received.what, `${lost.join(', ')}`]);
    } catch (error) {
      error.message += `\n${call.peer.log}`;
      throw error;
    }
  };

  for (const spec of PEERS) {
    if (spec.receives === false) continue;
    for (const role of spec.roles ?? ['offers', 'answers']) test(`${spec.name} ${role}`, TIMEOUT, (t) => run(t, spec, role));
  }
});
