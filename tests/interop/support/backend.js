// Which ICE backend the whole run is about.
import assert from 'node:assert/strict';

const FULL_ICE = (process.env.SERVICE_FLAGS ?? '').split(' ').includes('--ice-backend=full');

/**
 * In a run with full ICE: that this connection has it, so that no test passes on the other backend unnoticed.
 * @param {import('../../../clients/node/dist/index.js').Client} client
 * @param {string} peerConnectionId
 * @param {string} [chosen] The backend that the test chose itself, if it did.
 */
export async function assertBackend(client, peerConnectionId, chosen) {
  if (!FULL_ICE || chosen !== undefined) return;
  const { peerConnection } = await client.peerConnections.get({ peerConnectionId });
  assert.equal(peerConnection.iceBackend, 'ICE_BACKEND_FULL');
}
