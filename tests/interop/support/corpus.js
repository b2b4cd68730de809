// Descriptions of other implementations, given to the service, and what it makes of them in a form that can be compared.

/** A connection that offers to receive sound and picture, or nothing, and opens a data channel. */
export async function makeOffer(client, { media }) {
  const { peerConnection: { peerConnectionId } } = await client.peerConnections.create({});
  for (const kind of media ? ['AUDIO', 'VIDEO'] : []) {
    await client.peerConnections.addTransceiver(
      { peerConnectionId, kind: `MEDIA_KIND_${kind}`, direction: 'RTP_TRANSCEIVER_DIRECTION_RECVONLY' });
  }
  await client.dataChannels.createDataChannel({ peerConnectionId, init: { label: 'ours' } });
  const { peerConnection } = await client.peerConnections.setLocalDescription({ peerConnectionId });
  return { peerConnectionId, sdp: peerConnection.localDescription.sdp };
}

// What is different each time, or on each machine: a pattern, and what is written in its place.
const CHANGING = [
  [/^o=.*/, 'o=- * * IN IP4 127.0.0.1'],
  [/^(m=\w+) (?!0 )\d+/, '$1 *'],
  [/^c=IN IP[46] .*/, 'c=*'],
  [/^(a=(?:ice-ufrag|ice-pwd):).*/, '$1*'],
  [/^(a=fingerprint:\S+) .*/, '$1 *'],
  [/^(a=msid:)(?!-).*/, '$1*'],
];
const LEFT_OUT = /^a=(candidate:|end-of-candidates|rtcp:)/;

/** A description without what is different each time, one line after the other with a line feed. */
export function normalised(sdp) {
  const lines = sdp.split('\r\n').filter((line) => !LEFT_OUT.test(line));
  return lines.map((line) => CHANGING.reduce((text, [pattern, by]) => text.replace(pattern, by), line)).join('\n');
}

/** The service's answer to an offer, normalised. */
export async function answerTo(client, sdp) {
  const { peerConnection: { peerConnectionId } } = await client.peerConnections.create({});
  await client.peerConnections.setRemoteDescription({ peerConnectionId, description: { type: 'SDP_TYPE_OFFER', sdp } });
  const { description } = await client.peerConnections.createAnswer({ peerConnectionId });
  await client.peerConnections.close({ peerConnectionId });
  return normalised(description.sdp);
}

const withoutPrefix = (value, prefix) => value.replace(`${prefix}_`, '').toLowerCase();

const directionOf = ({ currentDirection }) => withoutPrefix(currentDirection, 'RTP_TRANSCEIVER_DIRECTION');

// As `VP8/90000 96`, with what a=fmtp says.
const codecText = ({ payloadType, codec: { mimeType, clockRate, channels, sdpFmtpLine } }) =>
  [`${mimeType.split('/')[1]}/${clockRate}${channels > 1 ? `/${channels}` : ''}`, payloadType, sdpFmtpLine].filter((part) => part !== '').join(' ');

const parametersText = ({ codecs, headerExtensions, rtcp }) => ({
  codecs: codecs.map(codecText),
  headerExtensions: headerExtensions.map(({ id, uri }) => `${id} ${uri}`),
  reducedSizeRtcp: rtcp.reducedSize,
});

// As `kept, answered: VP8/90000 96`.
const decisionText = ({ subject, kept, rule }) => `${kept ? 'kept' : 'dropped'}, ${rule}: ${subject}`;

async function transceiverOutcome(client, peerConnectionId, transceiver) {
  const { mid, kind, receiver: { receiverId } } = transceiver;
  const { parameters } = await client.peerConnections.getReceiverParameters({ peerConnectionId, receiverId });
  return { mid, kind: withoutPrefix(kind, 'MEDIA_KIND'), currentDirection: directionOf(transceiver), receives: parametersText(parameters) };
}

// Sections that share a transport are named together; the role is that of the service (RFC 8842).
const transportsOf = ({ iceTransports, dtlsTransports }) => iceTransports.map(({ transportId, mids }) => ({
  mids,
  dtlsRole: withoutPrefix(dtlsTransports.find((dtls) => dtls.transportId === transportId).role, 'DTLS_ROLE'),
}));

/** What an answer to the service's offer leads to, as JSON. */
export async function outcomeOf(client, sdp) {
  const media = /^m=(audio|video)/m.test(sdp);
  const { peerConnectionId } = await makeOffer(client, { media });
  const { peerConnection, transceivers } = await client.peerConnections.setRemoteDescription(
    { peerConnectionId, description: { type: 'SDP_TYPE_ANSWER', sdp } });
  const { sections } = await client.peerConnections.explainNegotiation({ peerConnectionId });
  const outcome = {
    signalingState: withoutPrefix(peerConnection.signalingState, 'SIGNALING_STATE'),
    canTrickleIceCandidates: withoutPrefix(peerConnection.canTrickleIceCandidates, 'CAN_TRICKLE_ICE_CANDIDATES'),
    maxMessageSize: peerConnection.sctp?.maxMessageSize ?? null,
    transceivers: await Promise.all(transceivers.map((each) => transceiverOutcome(client, peerConnectionId, each))),
    transports: transportsOf(peerConnection),
    decisions: sections.map(({ mid, section, codecs, headerExtensions }) => ({
      mid, section: decisionText(section), codecs: codecs.map(decisionText), headerExtensions: headerExtensions.map(decisionText),
    })),
  };
  await client.peerConnections.close({ peerConnectionId });
  return `${JSON.stringify(outcome, null, 2)}\n`;
}
