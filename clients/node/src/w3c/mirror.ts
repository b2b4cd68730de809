// One event of the service, applied to the mirror and told to the user, in one task.
import type { Event as ApiEvent, IceCandidateErrorEvent, IceCandidateEvent, IceConnectionState, PeerConnectionState } from '../gen/contract';
import { candidateFromApi } from './candidate';
import type { Connection, ConnectionStates } from './connection';
import { fromApi } from './enums';
import { RTCPeerConnectionIceErrorEvent, RTCPeerConnectionIceEvent } from './events';
import type { RTCIceConnectionState, RTCPeerConnectionState } from './states';

type Handlers = { [Name in NonNullable<ApiEvent['event']>]?: (connection: Connection, event: NonNullable<ApiEvent[Name]>) => void };

function onCandidate(connection: Connection, { candidate, transportId }: IceCandidateEvent): void {
  if (!candidate) {
    connection.fire(new RTCPeerConnectionIceEvent('icecandidate', { candidate: null }));
    return;
  }
  const local = candidateFromApi(candidate);
  connection.candidates.add(local);
  for (const name of ['currentLocalDescription', 'pendingLocalDescription'] as const) {
    connection.descriptions[name] = connection.candidates.asAnnounced(connection.descriptions[name]);
  }
  if (transportId && local.candidate !== '') connection.transports.ice(transportId).localCandidates.push(local);
  connection.fire(new RTCPeerConnectionIceEvent('icecandidate', { candidate: local, url: local.url }));
}

function onCandidateError(connection: Connection, event: IceCandidateErrorEvent): void {
  const { address, port, url, errorCode, errorText } = event;
  connection.fire(new RTCPeerConnectionIceErrorEvent('icecandidateerror', {
    address: address || null, port: port || null, url, errorCode, errorText,
  }));
}

/** The connection's states that come with a change of a transport. */
function statesOf(event: { iceConnectionState?: IceConnectionState; connectionState: PeerConnectionState }): ConnectionStates {
  const { iceConnectionState: ice, connectionState: all } = event;
  return {
    ...(ice === undefined || ice.endsWith('_UNSPECIFIED') ? {} : { iceConnectionState: fromApi<RTCIceConnectionState>(ice, 'ICE_CONNECTION_STATE') }),
    ...(all.endsWith('_UNSPECIFIED') ? {} : { connectionState: fromApi<RTCPeerConnectionState>(all, 'PEER_CONNECTION_STATE') }),
  };
}

const HANDLERS: Handlers = {
  negotiationNeeded: (connection) => {
    connection.negotiationNeeded = true;
    connection.updateNegotiationNeeded();
  },
  iceCandidate: onCandidate,
  iceCandidateError: onCandidateError,
  signalingStateChange: (connection, { signalingState }) =>
    connection.setSignalingState(fromApi(signalingState, 'SIGNALING_STATE')),
  iceGatheringStateChange: (connection, { iceGatheringState }) =>
    connection.setState('iceGatheringState', fromApi(iceGatheringState, 'ICE_GATHERING_STATE')),
  iceConnectionStateChange: (connection, { iceConnectionState }) =>
    connection.setState('iceConnectionState', fromApi(iceConnectionState, 'ICE_CONNECTION_STATE')),
  connectionStateChange: (connection, { connectionState }) =>
    connection.setState('connectionState', fromApi(connectionState, 'PEER_CONNECTION_STATE')),
  // By another controller of the connection; those of our own calls are applied with their responses.
  descriptionChange: (connection, { peerConnection, transceivers, numberedDataChannels }) => {
    connection.data.setIds(numberedDataChannels);
    connection.applyDescriptions(peerConnection, transceivers);
    connection.media.leaveStreams(transceivers);
    connection.updateNegotiationNeeded();
  },
  transceiverChange: (connection, { transceivers }) => connection.media.apply(transceivers),
  iceTransportChange: (connection, event) => {
    const { iceTransport } = event;
    if (iceTransport) connection.changeTogether(connection.transports.ice(iceTransport.transportId).take(iceTransport), statesOf(event));
  },
  dtlsTransportChange: (connection, event) => {
    const { dtlsTransport } = event;
    if (dtlsTransport) connection.changeTogether(connection.transports.dtls(dtlsTransport.transportId).take(event), statesOf(event));
  },
  sctpTransportChange: (connection, { sctpTransport }) => {
    if (sctpTransport) connection.transports.updateSctp(sctpTransport);
    connection.data.onSctpChange();
  },
  closed: (connection, { message }) => connection.onClosed(message),
  track: (connection, event) => connection.media.onTrack(event),
  trackRemoved: (connection, event) => connection.media.removeFromStreams(event),
  trackMuted: (connection, { trackId }) => connection.media.ofTrack(trackId)?.setMuted(true),
  trackUnmuted: (connection, { trackId }) => connection.media.ofTrack(trackId)?.setMuted(false),
  trackEnded: (connection, { trackId }) => connection.media.ofTrack(trackId)?.end(),
  localTrackChange: (connection, { track }) => {
    if (track) connection.localTracks.onSourceState(track.trackId, track.source?.state);
  },
  localTrackDeleted: (connection, { trackId }) => connection.localTracks.onDeleted(trackId),
  toneChange: (connection, { senderId, tone }) => connection.media.ofSender(senderId)?.dtmf?.onTone(tone),
};

/** Applies one event. */
export function dispatch(connection: Connection, event: ApiEvent): void {
  if (connection.closed || connection.withholds(event)) return;
  const handler = event.event && HANDLERS[event.event];
  const content = event.event && event[event.event];
  if (handler && content) (handler as (connection: Connection, content: unknown) => void)(connection, content);
  connection.data.onEvent(event);
}
