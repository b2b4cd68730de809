// An RTCPeerConnection of Node and another implementation (peers/), with candidates trickled both ways.
import { RTCPeerConnection } from '../../../clients/node/esm/w3c.mjs';
import { Peer } from './json_lines.js';

/** Starts a peer, and makes a connection of ours; both end with the test. */
export async function startPeer(t, spec) {
  const peer = new Peer(await spec.command());
  t.after(() => peer.close());
  await peer.started();
  const connection = new RTCPeerConnection();
  t.after(() => connection.close());
  return { peer, connection };
}

/** Offer and answer, candidates trickled both ways. @returns {Promise<Error[]>} What candidates fail with. */
export async function negotiate(connection, peer, weOffer) {
  const early = [];
  connection.onicecandidate = ({ candidate }) => early.push(candidate);
  if (weOffer) {
    await connection.setLocalDescription();
    const { sdp } = await peer.request('answer', { sdp: connection.localDescription.sdp });
    await connection.setRemoteDescription({ type: 'answer', sdp });
  } else {
    const { sdp } = await peer.request('offer');
    await connection.setRemoteDescription({ type: 'offer', sdp });
    await connection.setLocalDescription();
    await peer.request('accept', { sdp: connection.localDescription.sdp });
  }
  const errors = [];
  const toPeer = (candidate) => peer.request('candidate', { candidate: candidate?.toJSON() ?? null }).catch((error) => errors.push(error));
  for (const candidate of early) void toPeer(candidate);
  connection.onicecandidate = ({ candidate }) => void toPeer(candidate);
  peer.takeCandidates((candidate) => connection.addIceCandidate(candidate ?? undefined).catch((error) => errors.push(error)));
  return errors;
}
