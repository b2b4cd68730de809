// What users of `@peerconnectiond/client/w3c` import.
export { RTCIceCandidate } from './candidate';
export { RTCCertificate } from './certificate';
export { connect, type ConnectOptions, type Service } from './connect';
export { OverconstrainedError, type TrackConstraints, type TrackSettings } from './constraints';
export { RTCDataChannel } from './data_channel';
export { RTCSessionDescription } from './description';
export { RTCDTMFSender } from './dtmf';
export { RTCError } from './errors';
export {
  MediaStreamTrackEvent, RTCDataChannelEvent, RTCDTMFToneChangeEvent, RTCErrorEvent, RTCPeerConnectionIceErrorEvent,
  RTCPeerConnectionIceEvent, RTCTrackEvent,
} from './events';
export type { RtpContributingSource } from './heard';
export { install } from './install';
export { MediaStream } from './media_stream';
export { createMediaStreamTrack, firstFrame, MediaStreamTrack, type LocalTrackConstraints } from './media_stream_track';
export type { DataChannelInit, OfferOptions, TransceiverOptions } from './arguments';
export { RTCPeerConnection, type CreatedDescription } from './peer_connection';
export { RTCRtpReceiver } from './receiver';
export { RTCRtpSender } from './sender';
export { peerConnectionId, trackId } from './service_ids';
export type * from './states';
export { RTCStatsReport } from './stats';
export { RTCRtpTransceiver } from './transceiver';
export { RTCDtlsTransport, RTCIceCandidatePair, RTCIceTransport, RTCSctpTransport } from './transports';
