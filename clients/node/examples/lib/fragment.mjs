// Candidates that come later, for WHIP and WHEP (RFC 9725, 4.3.2): a fragment of SDP (RFC 8840), in which each candidate
// belongs to the m-section before it.

/** The type of a request that brings one. */
export const FRAGMENT_TYPE = 'application/trickle-ice-sdpfrag';

/** Adds the candidates of a fragment. @param {RTCPeerConnection} connection @param {string} fragment */
export async function addCandidates(connection, fragment) {
  let sdpMid = null;
  let usernameFragment = null;
  for (const line of fragment.split(/\r?\n/)) {
    if (line.startsWith('a=ice-ufrag:')) usernameFragment = line.slice('a=ice-ufrag:'.length);
    if (line.startsWith('a=mid:')) sdpMid = line.slice('a=mid:'.length);
    if (line.startsWith('a=candidate:')) await connection.addIceCandidate({ candidate: line.slice(2), sdpMid, usernameFragment });
    if (line === 'a=end-of-candidates') await connection.addIceCandidate({ candidate: '', sdpMid, usernameFragment });
  }
}
