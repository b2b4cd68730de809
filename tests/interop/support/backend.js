// Which ICE backend the whole run is about.
import assert from 'node:assert/strict';

const FULL_ICE = (process.env.SERVICE_FLAGS ?? '').split(' ').includes('--ice-backend=full');

/** In a run with full ICE: that this connection has it, so that no test passes on the other backend unnoticed. */
export async function assertBackend(client, peerConnectionId) {
  if (!FULL_ICE) return;
  const { peerConnection } = await client.peerConnections.get({ peerConnectionId });
  assert.equal(peerConnection.iceBackend, 'ICE_BACKEND_FULL');
}
